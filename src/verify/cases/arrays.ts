/**
 * Arrays for tests: seeded random ones, their way to a device and back, and blocks between guard words.
 *
 * @module
 */
import { align, ALIGNMENT, type Block, type Device } from "../../device/device.ts";
import { fillUniform, Random } from "../../random.ts";
import { Mismatch } from "./assert_close.ts";

/** Random f32 numbers from [low, high). */
export function uniformArray(length: number, seed: number, low = -1, high = 1): Float32Array {
  const array = new Float32Array(length);
  fillUniform(array, low, high, seed, 0);
  return array;
}

/** Random f32 numbers in float64, as references take them. */
export function uniformNumbers(length: number, seed: number, low = -1, high = 1): Float64Array {
  return Float64Array.from(uniformArray(length, seed, low, high));
}

/** Random integers below `limit`, in float64, as references take them. */
export function integerNumbers(length: number, seed: number, limit: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => random.integer(limit));
}

/** A new block with these words. */
export function upload(device: Device, words: Float32Array | Uint32Array): Block {
  const block = device.alloc(words.length);
  device.write(block, words);
  return block;
}

/** A block's words as f32. */
export async function download(device: Device, block: Block): Promise<Float32Array> {
  return new Float32Array(await device.read(block), 0, block.length);
}

/** A block's words as u32. */
export async function downloadIds(device: Device, block: Block): Promise<Uint32Array> {
  return new Uint32Array(await device.read(block), 0, block.length);
}

/** Before and after a guarded block: NaN as f32, so that a kernel that uses a word beyond the range shows it too. */
const GUARD = 0x7fc0ffee;

/** A block whose neighbours on both sides are known, so that a write beyond its range is found. */
export class GuardedBlock implements Disposable {
  /** The block to hand to a kernel. */
  readonly block: Block;
  readonly #root: Block;
  readonly #device: Device;

  /** Uploads words between guards. */
  constructor(device: Device, words: Uint32Array) {
    const all = new Uint32Array(ALIGNMENT + align(words.length) + ALIGNMENT).fill(GUARD);
    all.set(words, ALIGNMENT);
    this.#device = device;
    this.#root = upload(device, all);
    this.block = this.#root.view(ALIGNMENT, words.length);
  }

  /**
   * The block's words.
   *
   * @param what Its name for the failure.
   * @throws {Mismatch} If a guard word has changed.
   */
  async read(what: string): Promise<Uint32Array> {
    const all = await downloadIds(this.#device, this.#root);
    const end = ALIGNMENT + this.block.length;
    const damaged = all.findIndex((word, i) => (i < ALIGNMENT || i >= end) && word !== GUARD);
    if (damaged >= 0) {
      throw new Mismatch(
        `${what}: word ${
          damaged - ALIGNMENT
        } was written, outside of the ${this.block.length} words of the block`,
      );
    }
    return all.slice(ALIGNMENT, end);
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]();
  }
}
