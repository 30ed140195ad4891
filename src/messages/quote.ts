/**
 * How sentences quote what somebody gave, or what a file holds.
 *
 * @module
 */
import { typeName } from "./type_name.ts";
import { replaceControls } from "./visible.ts";

/** A quotation is cut here, in UTF-16 units: a name may be as long as a file. */
const LONGEST = 80;

/**
 * A value as sentences have it: a text in quotation marks, its beginning where it is long, control characters escaped.
 *
 * @param value The value, of any type.
 * @returns A short text of one line.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([quote("a\n"), quote(NaN), quote([1, "b"])], ['"a\\n"', "NaN", '[1,"b"]']);
 * assertEquals(quote("a\u202e\x9b"), '"a\\u202e\\u009b"');
 * assertEquals(quote("a".repeat(1000)).length, 83);
 * ```
 */
export function quote(value: unknown): string {
  return replaceControls(textOf(value), escaped);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cut(value));
  try {
    const text = isPlain(value) ? JSON.stringify(value) : String(value);
    return text.startsWith("[object ") ? typeName(value) : cut(text);
  } catch {
    return typeName(value); // it has no text, or holds itself
  }
}

/** Whether JSON shows all of a value. */
function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A character as JSON may have it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
