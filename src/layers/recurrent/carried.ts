/**
 * The state that a recorded program carries from run to run, as it lies on the device.
 *
 * @module
 */
import { ALIGNMENT, type Block } from "../../device/device.ts";
import { copy } from "../../tensors/copy.ts";
import type { BatchPart } from "../../tensors/tape_builder.ts";

/** Where in a block something lies. */
export interface Place {
  /** Its first word. */
  readonly offset: number;
  /** Its size in words. */
  readonly length: number;
}

/** What one direction of one layer left: h (B, R), and for LSTM c (B, H). */
export class Carried {
  readonly #block: Block;
  readonly #places: readonly Place[];

  /**
   * Names the state of a direction.
   *
   * @param block The direction's states.
   * @param places Where in it h and c lie that the last step wrote, which the next run begins with.
   */
  constructor(block: Block, places: readonly Place[]) {
    this.#block = block;
    this.#places = places;
  }

  /**
   * Where the states of a run's steps lie, the last of which is what is carried, in a layer that reads forwards.
   *
   * @param steps T: how many steps a run takes.
   * @param state The output h, or an LSTM's cell state c.
   * @returns The block, and where in it h (T, B, R) or c (T, B, H) lies.
   */
  trail(steps: number, state: "h" | "c"): Place & { block: Block } {
    const { offset, length } = this.#places["hc".indexOf(state)]!;
    return { block: this.#block, offset: offset - (steps - 1) * length, length: steps * length };
  }

  /**
   * Reads the states of a run's steps, in a layer that reads forwards.
   *
   * @param steps T: how many steps a run takes.
   * @param state The output h, or an LSTM's cell state c.
   * @returns The numbers of h (T, B, R) or c (T, B, H).
   */
  async readTrail(steps: number, state: "h" | "c"): Promise<Float32Array> {
    return await this.#read(this.trail(steps, state));
  }

  /** Sets it to zero. */
  clear(): void {
    this.#block.device.clear(this.#block);
  }

  /**
   * Reads it.
   *
   * @returns The numbers of h, and those of c behind them.
   */
  async read(): Promise<Float32Array> {
    const parts = await Promise.all(this.#places.map((place) => this.#read(place)));
    const all = new Float32Array(this.length);
    let end = 0;
    for (const part of parts) {
      all.set(part, end);
      end += part.length;
    }
    return all;
  }

  /**
   * Writes it: the next run begins with these values.
   *
   * @param values What read() gave.
   */
  write(values: Float32Array): void {
    let start = 0;
    for (const place of this.#places) {
      const { view, lead } = this.#around(place);
      const words = new Float32Array(lead + place.length); // no run reads what lies in front
      words.set(values.subarray(start, start + place.length), lead);
      view.device.write(view, words);
      start += place.length;
    }
  }

  /**
   * Sets that of a row to zero.
   *
   * @param row The row, of those of the batch.
   * @param from `rows`: B; `zeros`: a block with as many zeros as a row has numbers at most.
   */
  clearRow(row: number, { rows, zeros }: { rows: number; zeros: Block }): void {
    for (const { offset, length } of this.#places) {
      const columns = length / rows;
      copy(zeros.device, { block: zeros }, { block: this.#block, offset: offset + row * columns }, {
        columns,
      });
    }
  }

  /**
   * The same of a batch of several parts, h (parts·B, R) and c (parts·B, H) behind it, for clearRow() alone.
   *
   * @param all Where it lies.
   * @param parts How many parts there are.
   */
  ofParts(all: Block, parts: number): Carried {
    let end = 0;
    const places = this.#places.map(({ length }): Place => {
      const offset = end;
      end += parts * length;
      return { offset, length: parts * length };
    });
    return new Carried(all, places);
  }

  /**
   * Copies it to where the states of all parts of a batch lie: h (parts·B, R), and c (parts·B, H) behind it.
   *
   * @param all That block.
   * @param part Whose rows it has.
   */
  copyTo(all: Block, part: BatchPart): void {
    this.#eachOf(part, ({ offset, length }, start) => {
      copy(all.device, { block: this.#block, offset }, { block: all, offset: start }, { columns: length });
    });
  }

  /**
   * Copies it from there: the next run begins with the state of that part.
   *
   * @param all That block.
   * @param part Whose rows are wanted.
   */
  copyFrom(all: Block, part: BatchPart): void {
    this.#eachOf(part, ({ offset, length }, start) => {
      copy(all.device, { block: all, offset: start }, { block: this.#block, offset }, { columns: length });
    });
  }

  /** h and c, and where a part's have their first word among those of all parts. */
  #eachOf({ part, parts }: BatchPart, act: (place: Place, start: number) => void): void {
    let before = 0;
    for (const place of this.#places) {
      act(place, before + part * place.length);
      before += parts * place.length;
    }
  }

  /** How many numbers it has. */
  get length(): number {
    return this.lengths.reduce((sum, length) => sum + length, 0);
  }

  /** How many numbers h has, and c of LSTM. */
  get lengths(): readonly number[] {
    return this.#places.map(({ length }) => length);
  }

  async #read(place: Place): Promise<Float32Array> {
    const { view, lead } = this.#around(place);
    return new Float32Array(await view.device.read(view)).subarray(lead);
  }

  /** A view that ends with a place, and the words in front of it. */
  #around({ offset, length }: Place): { view: Block; lead: number } {
    const lead = offset % ALIGNMENT;
    return { view: this.#block.view(offset - lead, lead + length), lead };
  }
}
