/**
 * What a value is, for sentences about another type.
 *
 * @module
 */

/**
 * The type of a value.
 *
 * @param value The value, of any type.
 * @returns Its class, or what typeof says.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([new Int32Array(1), [1], "1", null].map(typeName), ["Int32Array", "Array", "string", "null"]);
 * ```
 */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "object" : typeof value;
}
