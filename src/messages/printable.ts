/**
 * How an object stands on a console and in a notebook: in a line, as its toString() says.
 *
 * @module
 */

import { visible } from "./visible.ts";

const DENO: unique symbol = Symbol.for("Deno.customInspect");
const NODE: unique symbol = Symbol.for("nodejs.util.inspect.custom");
/** Where Jupyter looks for what a cell shows. */
const NOTEBOOK: unique symbol = Symbol.for("Jupyter.display");

/** What console.log() of Deno, inspect() of Node and a cell of Jupyter show as text. */
export abstract class Printable {
  /** The object in a line. */
  abstract toString(): string;

  /** For console.log() of Deno. */
  [DENO](): string {
    return lineOf(this);
  }

  /** For console.log() of Node and Bun. */
  [NODE](): string {
    return lineOf(this);
  }

  /** For a cell of a notebook: beside the line a picture, where there is a method that draws it. */
  [NOTEBOOK](): { "text/plain": string; "image/svg+xml"?: string } {
    const line = { "text/plain": lineOf(this) };
    return isDrawn(this) ? { ...line, "image/svg+xml": this.svg() } : line;
  }
}

/** A subclass has svg(), not [NOTEBOOK](): bundlers keep a class whose key is computed, though no app uses it. */
function isDrawn(thing: Printable): thing is Printable & { svg(): string } {
  return "svg" in thing;
}

/**
 * A line for any object, without characters that a terminal obeys. A class' prototype, or a proxy, lacks what toString()
 * reads, and a console must not throw.
 */
function lineOf(thing: Printable): string {
  try {
    return visible(thing.toString());
  } catch {
    return `[${thing.constructor.name}]`;
  }
}

/**
 * Gives an object without a class a line of its own.
 *
 * @param members The object.
 * @param text Its line, when it is asked for.
 * @returns The object.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Deno.inspect(printable({ size: 3 }, () => "three")), "three");
 * ```
 */
export function printable<T extends object>(members: T, text: () => string): T {
  const line = Object.assign(Object.create(Printable.prototype), { toString: text });
  return Object.setPrototypeOf(members, line);
}

/**
 * A number with its thousands marked.
 *
 * @param value A whole number.
 * @returns As English writes it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(thousands(593411), "593,411");
 * ```
 */
export function thousands(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return value.toLocaleString("en-US");
  return String(value).replace(/\B(?=(\d{3})+$)/g, ","); // 0.2 µs instead of 11
}

/** Units of memory, each 1,024 of the one before. */
const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/**
 * An amount of memory.
 *
 * @param bytes The amount.
 * @returns It in the largest unit of which there is one, to a tenth.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([300, 2 ** 32, 13_000_000_000].map(bytesText), ["300 bytes", "4.0 GiB", "12.1 GiB"]);
 * ```
 */
export function bytesText(bytes: number): string {
  const exponent = Math.floor(Math.log2(Math.max(1, bytes)) / 10);
  const unit = Math.min(exponent, UNITS.length - 1);
  if (unit === 0) return counted(bytes, "byte");
  const amount = bytes / 1024 ** unit;
  return `${amount < 1024 ? amount.toFixed(1) : thousands(Math.round(amount))} ${UNITS[unit]}`;
}

/** Units of time, in seconds. */
const TIMES = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const;

/**
 * About how long something takes.
 *
 * @param seconds The time.
 * @returns It in whole units, of which there are two or more where that can be.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([1, 125, 400, 9000].map(durationText), ["1 second", "2 minutes", "7 minutes", "3 hours"]);
 * ```
 */
export function durationText(seconds: number): string {
  const [unit, size] = TIMES.find(([, size]) => seconds >= 2 * size) ?? TIMES.at(-1)!;
  return counted(Math.round(seconds / size), unit);
}

/**
 * How many there are of something.
 *
 * @param count A whole number.
 * @param unit The noun for one of them.
 * @param units Several of them.
 * @returns The number and the noun.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([counted(1, "word"), counted(2, "pass", "passes")], ["1 word", "2 passes"]);
 * ```
 */
export function counted(count: number, unit: string, units: string = `${unit}s`): string {
  return `${thousands(count)} ${count === 1 ? unit : units}`;
}

/**
 * The first of many.
 *
 * @param items The items, of any type.
 * @param most How many to show.
 * @returns These, and a mark where there are more.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(firstOf([1, 2, 3, 4], 3), "1, 2, 3, …");
 * ```
 */
export function firstOf(items: ArrayLike<unknown>, most: number): string {
  const shown = Array.from({ length: Math.min(items.length, most) }, (_, index) => String(items[index]));
  return [...shown, ...(items.length > most ? ["…"] : [])].join(", ");
}

/**
 * Options as a line has them: those that differ from their defaults.
 *
 * @param options The options by name.
 * @param defaults The defaults by name.
 * @returns A text an option.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(optionsText({ numLayers: 2, bias: true }, { bias: true }), ["numLayers: 2"]);
 * ```
 */
export function optionsText(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): string[] {
  return Object.entries(options).filter(([name, value]) => value !== undefined && value !== defaults[name])
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`);
}
