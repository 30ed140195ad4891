/**
 * JSON that nobody vouches for: members of objects, each of the type that it must have.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import { damaged } from "./unfit.ts";

/** An object of JSON. */
export type Members = Readonly<Record<string, unknown>>;

/** How deep brackets may lie in each other: no model needs as many, and a parser may run out of stack. */
const DEEPEST = 200;

/**
 * Parses JSON that is an object.
 *
 * @param text The JSON.
 * @param what What it is in a sentence: "its config.json".
 * @returns The object.
 * @throws {SyntaxError} If it is none.
 */
export function parseObject(text: string, what: string): Members {
  let depth = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{}\]]/gs)) {
    if (mark === "[" || mark === "{") depth++;
    else if (mark === "]" || mark === "}") depth--;
    if (depth > DEEPEST) throw damaged(`${what} is nested deeper than ${DEEPEST} levels`);
  }
  try {
    return membersOf(JSON.parse(text), what);
  } catch (cause) {
    throw cause instanceof SyntaxError && cause.message.startsWith("Cannot")
      ? cause
      : Object.assign(damaged(`${what} is not JSON`), { cause });
  }
}

/**
 * The members of an object.
 *
 * @param value What may be one.
 * @param what What it is in a sentence.
 * @throws {SyntaxError} If it is none.
 */
export function membersOf(value: unknown, what: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw damaged(`${what} is no object`);
}

/**
 * The items of a list.
 *
 * @param value What may be one.
 * @param what What it is in a sentence.
 * @throws {SyntaxError} If it is none.
 */
export function itemsOf(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw damaged(`${what} is no list`);
}

/**
 * A member that is a text.
 *
 * @param members The object.
 * @param key The member's name.
 * @param what What the object is in a sentence.
 * @throws {SyntaxError} If it is none.
 */
export function textIn(members: Members, key: string, what: string): string {
  const value = members[key];
  if (typeof value === "string") return value;
  throw damaged(`${quote(key)} of ${what} is no text`);
}

/**
 * A member that is a size: a whole number from 1.
 *
 * @param members The object.
 * @param key The member's name.
 * @param what What the object is in a sentence.
 * @throws {SyntaxError} If it is none.
 */
export function sizeIn(members: Members, key: string, what: string): number {
  const value = members[key];
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw damaged(`${quote(key)} of ${what} is no size`);
}

/**
 * A member that is true or false.
 *
 * @param members The object.
 * @param key The member's name.
 * @param what What the object is in a sentence.
 * @param otherwise What holds where it is not there.
 * @throws {SyntaxError} If it is something else.
 */
export function flagIn(members: Members, key: string, what: string, otherwise: boolean): boolean {
  const value = members[key] ?? otherwise;
  if (typeof value === "boolean") return value;
  throw damaged(`${quote(key)} of ${what} is neither true nor false`);
}
