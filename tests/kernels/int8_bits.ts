/**
 * What generate_steps_int8 makes of models of all kinds, as a line of numbers: equal wherever its bits are. As a program it
 * prints that line.
 *
 * @module
 */
import { openDevice } from "../../src/device/open_device.ts";
import { CELLS } from "../../src/kernels.ts";
import { type Case, runCase } from "../../src/verify/cases/check_kernel.ts";
import { int8Case, type Int8CaseOptions } from "../../src/verify/cases/generate_int8.ts";

/** One row and several, several layers, embeddings, and depths at which sums exceed 2^24. */
const MODELS: readonly Int8CaseOptions[] = [
  ...CELLS.flatMap((cell) => [
    { cell, batch: 7, hidden: 67, columns: 131, temperature: 1, extreme: true },
    { cell, batch: 1, hidden: 45, columns: 67, embedding: 31 },
    { cell, batch: 16, hidden: 33, columns: 65, layers: 3, embedding: 17, extreme: true, bias: false },
    { cell, batch: 13, hidden: 21, columns: 19, steps: 3, given: true, idle: true },
    { cell, batch: 13, hidden: 21, columns: 19, steps: 3, temperature: 1, idle: true, pad: 3 },
  ]),
  { cell: "relu", batch: 1, hidden: 1057, columns: 9, layers: 1, extreme: true },
  { cell: "relu", batch: 10, hidden: 1057, columns: 9, layers: 1, extreme: true },
];

let made: Case<"generate_steps_int8">[] | undefined;

function cases(): Case<"generate_steps_int8">[] {
  made ??= MODELS.map((model) => int8Case({ ...model, close: true }));
  return made;
}

/** How the device is opened, and which models it is given. */
export interface BitsOptions {
  threads?: number;
  wideTiles?: boolean;
  deterministic?: boolean;
  /** Models of relu alone: no cell of these is a polynomial, whose bits are those of a build. */
  relu?: boolean;
}

/** A number a model, of all that its run leaves. */
export async function int8Bits({ relu = false, ...options }: BitsOptions = {}): Promise<string> {
  using device = await openDevice("wasm", { wideTiles: false, ...options });
  const numbers: number[] = [];
  for (const given of cases()) {
    if (relu && CELLS[given.params.cell] !== "relu") continue;
    const { states, logits, ids, history } = await runCase(device, given);
    const drawn = history!.filter((_, word) => word % 2 === 0); // beside logarithms, whose bits are those of a build
    const words = [...states!, ...logits!, ...ids!, ...drawn];
    numbers.push(words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5) >>> 0);
  }
  return numbers.join(" ");
}

if (import.meta.main) console.log(await int8Bits({ threads: 1 }));
