/**
 * src/kernels/numbers.ts for AssemblyScript.
 *
 * @module
 */
import * as NUMBERS from "../../src/kernels/numbers.ts";

/** The text of `assembly/numbers.ts`, which is not kept. */
export function assemblyNumbers(): string {
  return Object.entries(NUMBERS).flatMap(([name, value]) => {
    if (typeof value === "number") return [`export const ${name}: u32 = ${value};`];
    return Object.entries(value).map(([word, index]) => `export const ${word}: usize = ${index * 4};`);
  }).join("\n");
}
