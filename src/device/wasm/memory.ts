/**
 * Who owns which part of one WebAssembly memory: first fit, or last, over a sorted list of holes, joined when freed. Knows
 * addresses, not what lies there.
 *
 * @module
 */
import type { DeviceMemory } from "../device.ts";
import { outOfMemory } from "../memory_limit.ts";

/** Addresses of one memory, handed out and taken back. */
export class WasmMemory {
  /** Free ranges by address: [first byte, bytes]. */
  readonly #holes: [number, number][];
  readonly #size: number;
  #used = 0;
  #peak = 0;

  /**
   * @param begin The first byte that may be handed out.
   * @param end The byte after the last.
   */
  constructor(begin: number, end: number) {
    this.#size = end - begin;
    this.#holes = [[begin, this.#size]];
  }

  /** What there is, and what is handed out. */
  get state(): Omit<DeviceMemory, "scratch"> {
    return { size: this.#size, used: this.#used, peak: this.#peak };
  }

  /**
   * Takes `bytes` (a multiple of the alignment).
   *
   * @param bytes How many.
   * @param from The side of the memory: what stays lies at its end, so that it does not part the room for the rest.
   * @returns The first byte's address.
   * @throws {DeviceError} If no hole is large enough.
   */
  take(bytes: number, from: "begin" | "end" = "begin"): number {
    const fits = ([, size]: readonly [number, number]): boolean => size >= bytes;
    const index = from === "begin" ? this.#holes.findIndex(fits) : this.#holes.findLastIndex(fits);
    if (index < 0) {
      throw outOfMemory("WebAssembly", { asked: bytes, used: this.#used, all: this.#size });
    }
    const hole = this.#holes[index]!;
    hole[1] -= bytes;
    const address = from === "begin" ? hole[0] : hole[0] + hole[1];
    if (from === "begin") hole[0] += bytes;
    if (hole[1] === 0) this.#holes.splice(index, 1);
    this.#used += bytes;
    this.#peak = Math.max(this.#peak, this.#used);
    return address;
  }

  /** Gives back what take() gave. */
  give(address: number, bytes: number): void {
    let index = this.#holes.findIndex(([begin]) => begin > address);
    if (index < 0) index = this.#holes.length;
    this.#holes.splice(index, 0, [address, bytes]);
    for (const at of [index, index - 1]) {
      const left = this.#holes[at];
      const right = this.#holes[at + 1];
      if (left && right && left[0] + left[1] === right[0]) {
        left[1] += right[1];
        this.#holes.splice(at + 1, 1);
      }
    }
    this.#used -= bytes;
  }
}
