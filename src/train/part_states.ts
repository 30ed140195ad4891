/**
 * The states of the parts of a batch that are run one after the other by one recorded pass: each part goes on from the
 * state that it left, so they take turns in the place where the pass carries one.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import type { Carried } from "../layers/recurrent/carried.ts";

/** What a direction of a layer left of all rows of a batch: as a pass over the whole batch would carry it. */
export class PartStates {
  readonly #carried: Carried;
  readonly #parts: number;
  /** h (parts·B, R), and for LSTM c (parts·B, H) behind it. */
  readonly #all: Block;
  /** The rows in it, to clear them. */
  readonly #rows: Carried;

  /**
   * Begins with zeros. What it takes while a program is recorded is that program's.
   *
   * @param device Where the pass runs.
   * @param carried The state that the pass carries.
   * @param parts How many parts there are.
   */
  constructor(device: Device, carried: Carried, parts: number) {
    this.#carried = carried;
    this.#parts = parts;
    this.#all = device.alloc(this.length);
    this.#rows = carried.ofParts(this.#all, parts);
  }

  /** How many numbers it has. */
  get length(): number {
    return this.#parts * this.#carried.length;
  }

  /** How many numbers h of all rows has, and c of LSTM. */
  get lengths(): readonly number[] {
    return this.#rows.lengths;
  }

  /** Has the next run begin with the state of a part. */
  load(part: number): void {
    this.#carried.copyFrom(this.#all, { part, parts: this.#parts });
  }

  /** Keeps what a part's run left. */
  store(part: number): void {
    this.#carried.copyTo(this.#all, { part, parts: this.#parts });
  }

  /** Sets all to zero. */
  clear(): void {
    this.#all.device.clear(this.#all);
  }

  /**
   * Sets that of a row to zero.
   *
   * @param row The row, of those of all parts.
   * @param from How many there are, and a block of zeros.
   */
  clearRow(row: number, from: { rows: number; zeros: Block }): void {
    this.#rows.clearRow(row, from);
  }

  /** Reads it: h of all rows, and c behind it. */
  async read(): Promise<Float32Array> {
    return new Float32Array(await this.#all.device.read(this.#all));
  }

  /** Writes what read() gave. */
  write(values: Float32Array): void {
    this.#all.device.write(this.#all, values);
  }
}
