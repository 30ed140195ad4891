/**
 * Weights that stay packed from run to run. `generate_steps` packs all weights into its threads' scratch; the next run of the
 * same model finds them there, unless something has written to the weights or to the scratch since. Nothing is stored beside the scratch.
 *
 * @module
 */

import { isWritten, kernelEntry } from "../../kernels.ts";
import type { Command } from "../command.ts";

/** The first byte of a part of the memory, and how many. */
export type Range = readonly [address: number, bytes: number];

/** What a list of commands does to the memory. */
export interface Uses {
  /** Whether a kernel of it works in the scratch. */
  readonly scratch: boolean;
  /** Blocks that it writes. */
  readonly writes: readonly Range[];
  /** Set where the only one that works in the scratch packs weights, by a plan that the list leaves as it is. */
  readonly packing: Packing | undefined;
}

/** Weights that are packed. */
export interface Packing {
  /** Equal for runs that pack the same in the same way, if their plans are equal, too. */
  readonly key: string;
  /** Where the weights lie. */
  readonly weights: Range;
  /** Where it says which they are. */
  readonly plan: Range;
}

/**
 * What lies packed in the scratch. Each packing has a number, by which a thread knows it again. Every word of the memory that
 * changes is written by a command, an upload or an allocation, and told here.
 */
export class Packed {
  /** Those of the memory. */
  readonly #words: Uint32Array;
  #weights: Range | undefined;
  #key: string | undefined;
  #number = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /**
   * Takes note of a run, before it.
   *
   * @param uses What it does.
   * @param threads How many take part: each packs its share.
   * @returns The number of its packing: that of an earlier run where that is still there; 0 where threads keep none.
   */
  run({ scratch, writes, packing }: Uses, threads: number): number {
    if (scratch) {
      const key = packing && `${threads} ${this.#keyOf(packing)}`;
      if (key === undefined || key !== this.#key) this.#number++;
      this.#key = key;
      this.#weights = packing?.weights;
    }
    for (const range of writes) this.write(range);
    return scratch && this.#weights ? this.#number : 0;
  }

  #keyOf({ key, plan: [address, bytes] }: Packing): string {
    return `${key}: ${this.#words.subarray(address / 4, (address + bytes) / 4).join(" ")}`;
  }

  /** Takes note that words are written. */
  write(range: Range): void {
    if (this.#weights && overlap(range, this.#weights)) this.forget();
  }

  /** Takes note that the scratch is another. */
  forget(): void {
    this.#weights = undefined;
    this.#key = undefined;
  }
}

function overlap([a, bytesOfA]: Range, [b, bytesOfB]: Range): boolean {
  return a < b + bytesOfB && b < a + bytesOfA;
}

/**
 * What a list does to the memory.
 *
 * @param commands The list; addresses as handles.
 * @returns What to tell Packed before it runs.
 */
export function usesOf(commands: readonly Command<number>[]): Uses {
  const writes: Range[] = [];
  const packings: (Packing | undefined)[] = [];
  for (const { kernel, blocks, params } of commands) {
    const ranges = blocks.map(({ handle, start, length }): Range => [handle + start * 4, length * 4]);
    if (kernel === "clear") {
      writes.push(...ranges);
      continue;
    }
    const { buffers, scratch } = kernelEntry(kernel);
    const accesses = Object.values(buffers);
    writes.push(...ranges.filter((_, index) => isWritten(accesses[index]!)));
    if (!scratch) continue;
    const weights = ranges[0]!;
    const plan = ranges[Object.keys(buffers).indexOf("plan")];
    packings.push(plan && { key: [kernel, ...weights, ...params].join(" "), weights, plan });
  }
  const packing = packings.length === 1 ? packings[0] : undefined;
  const planned = packing && !writes.some((range) => overlap(range, packing.plan));
  return { scratch: packings.length > 0, writes, packing: planned ? packing : undefined };
}
