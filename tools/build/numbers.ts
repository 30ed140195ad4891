/**
 * src/kernels/numbers.ts, cells.ts and the kinds of activations and pools for AssemblyScript.
 *
 * @module
 */
import { ACTIVATION_KINDS } from "../../src/kernels/activations.ts";
import { CELL_GATES, CELL_SLOTS, CELLS } from "../../src/kernels/cells.ts";
import { POOL_KINDS } from "../../src/kernels/pools.ts";
import * as NUMBERS from "../../src/kernels/numbers.ts";

/** The text of `assembly/numbers.ts`, which is not kept. */
export function assemblyNumbers(): string {
  const numbers = Object.entries(NUMBERS).flatMap(([name, value]) => {
    if (typeof value === "number") return [`export const ${name}: u32 = ${value};`];
    return Object.entries(value).map(([word, index]) => `export const ${word}: usize = ${index * 4};`);
  });
  const cells = CELLS.map((cell) => cell.toUpperCase()).flatMap((name, index) => [
    `export const ${name}: u32 = ${index};`,
    `export const ${name}_GATES: u32 = ${CELL_GATES[index]};`,
    `export const ${name}_SLOTS: u32 = ${CELL_SLOTS[index]};`,
  ]);
  const kinds = (prefix: string, names: readonly string[]): string[] =>
    names.map((name, index) => `export const ${prefix}_${name.toUpperCase()}: u32 = ${index};`);
  return [...numbers, ...cells, ...kinds("KIND", ACTIVATION_KINDS), ...kinds("POOL", POOL_KINDS)].join("\n");
}
