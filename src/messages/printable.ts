/**
 * How an object stands on a console and in a notebook: in a line, as its toString() says.
 *
 * @module
 */

const DENO: unique symbol = Symbol.for("Deno.customInspect");
const NODE: unique symbol = Symbol.for("nodejs.util.inspect.custom");
const NOTEBOOK: unique symbol = Symbol.for("Jupyter.display");

/** What console.log() of Deno, inspect() of Node and a cell of Jupyter show as text. */
export abstract class Printable {
  /** The object in a line. */
  abstract toString(): string;

  /** For console.log() of Deno. */
  [DENO](): string {
    return this.toString();
  }

  /** For console.log() of Node and Bun. */
  [NODE](): string {
    return this.toString();
  }

  /** For a cell of a notebook. */
  [NOTEBOOK](): { "text/plain": string } {
    return { "text/plain": this.toString() };
  }
}

/**
 * Gives an object without a class a line of its own.
 *
 * @example Use
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Deno.inspect(printable({ size: 3 }, () => "three")), "three");
 * ```
 *
 * @param members the object
 * @param text its line, when it is asked for
 * @returns the object
 */
export function printable<T extends object>(members: T, text: () => string): T {
  const line = Object.assign(Object.create(Printable.prototype), { toString: text });
  return Object.setPrototypeOf(members, line);
}

/**
 * A number with its thousands marked.
 *
 * @example Use
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(thousands(593411), "593,411");
 * ```
 *
 * @param value a whole number
 * @returns as English writes it
 */
export function thousands(value: number): string {
  return value.toLocaleString("en-US");
}

/**
 * How many there are of something.
 *
 * @example Use
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([counted(1, "word"), counted(2, "pass", "passes")], ["1 word", "2 passes"]);
 * ```
 *
 * @param count a whole number
 * @param unit one of them
 * @param units several of them
 * @returns number and noun
 */
export function counted(count: number, unit: string, units: string = `${unit}s`): string {
  return `${thousands(count)} ${count === 1 ? unit : units}`;
}

/**
 * The first of many.
 *
 * @example Use
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(firstOf([1, 2, 3, 4], 3), "1, 2, 3, …");
 * ```
 *
 * @param items any
 * @param most how many to show
 * @returns these, and a mark where there are more
 */
export function firstOf(items: ArrayLike<unknown>, most: number): string {
  const shown = Array.from({ length: Math.min(items.length, most) }, (_, index) => String(items[index]));
  return [...shown, ...(items.length > most ? ["…"] : [])].join(", ");
}

/**
 * Options as a line has them: those that differ from their defaults.
 *
 * @example Use
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(optionsText({ numLayers: 2, bias: true }, { bias: true }), ["numLayers: 2"]);
 * ```
 *
 * @param options by name
 * @param defaults by name
 * @returns a text an option
 */
export function optionsText(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): string[] {
  return Object.entries(options).filter(([name, value]) => value !== undefined && value !== defaults[name])
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`);
}
