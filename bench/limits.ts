/**
 * What a device can do at most, measured in the run that states shares of it: multiplications and additions in registers
 * alone, and a stream of loads from a working set. How is said by limits_wasm.ts and limits_webgpu.ts.
 *
 * Both fill the machine for some time, whatever the size of the set: the limit of a small kernel is what the machine does
 * with many of its kind at once. It has no start of a kernel in it, nor cores that have nothing to do. So a small share of
 * a small kernel says first that it does not fill the machine.
 *
 * @module
 */

/** Bytes of working sets in all levels of caches, and in memory. */
export const WORKING_SETS = [2 ** 16, 2 ** 18, 2 ** 20, 2 ** 22, 2 ** 24, 2 ** 26];
/** The largest. */
export const LARGEST_SET = WORKING_SETS.at(-1)!;
/** Measurements of which the greatest counts: other work on the machine only ever takes away. */
const TIMES = 3;

/** The size of a working set that is measured for one of `bytes`: not so small that a loop ends at once, nor larger. */
function clamped(bytes: number): number {
  return Math.min(LARGEST_SET, Math.max(WORKING_SETS[0]!, Math.ceil(bytes / 4096) * 4096));
}

/** The limits of a device. */
export abstract class Limits implements Disposable {
  /** What computes, in words. */
  abstract readonly title: string;
  /** The greatest rates so far, a second: of products under 0, of streams under the bytes of their set. */
  readonly #best: Map<number, number> = new Map();

  /** Floating-point operations a second in registers. */
  protected abstract multiplyAdd(): Promise<number>;
  /** Bytes a second that are read from a working set of so many bytes. */
  protected abstract read(bytes: number): Promise<number>;
  abstract [Symbol.dispose](): void;

  /** Measures the products, and the stream from working sets of these sizes in bytes. */
  async measure(sizes: readonly number[] = WORKING_SETS): Promise<void> {
    for (let time = 0; time < TIMES; time++) {
      this.#keep(0, await this.multiplyAdd());
      for (const size of sizes.map(clamped)) this.#keep(size, await this.read(size));
    }
  }

  #keep(key: number, rate: number): void {
    this.#best.set(key, Math.max(rate, this.#best.get(key) ?? 0));
  }

  /** Floating-point operations a second that stay in registers. */
  get flops(): number {
    return this.#best.get(0)!;
  }

  /** Bytes a second that are read from a working set of `size` bytes, which was measured. */
  stream(size: number): number {
    return this.#best.get(clamped(size))!;
  }

  /** One line for people. */
  describe(): string {
    const sizes = WORKING_SETS.map((set) =>
      `${set < 2 ** 20 ? `${set / 2 ** 10} KiB` : `${set / 2 ** 20} MiB`} ${
        (this.stream(set) / 1e9).toFixed(1)
      }`
    );
    return `${this.title}: ${(this.flops / 1e9).toFixed(1)} GFLOP/s in registers; read from ${
      sizes.join(", ")
    } GB/s`;
  }
}
