/**
 * src/kernels/numbers.ts, cells.ts and the kinds of activation for AssemblyScript.
 *
 * @module
 */
import { ACTIVATION_KINDS } from "../../src/kernels/activations.ts";
import { CELL_GATES, CELL_SLOTS, CELLS } from "../../src/kernels/cells.ts";
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
  const kinds = ACTIVATION_KINDS.map((kind, index) =>
    `export const KIND_${kind.toUpperCase()}: u32 = ${index};`
  );
  return [...numbers, ...cells, ...kinds].join("\n");
}
