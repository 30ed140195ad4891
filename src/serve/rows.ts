/**
 * The rows in which texts are drawn: as many as are needed, so that few texts do not pay for many rows.
 *
 * @module
 */
import { streamsOf } from "../generate/choose.ts";
import { goesByStep, rowsWithRoom } from "../generate/demand.ts";
import { firstOf } from "../generate/first.ts";
import type { Streams } from "../generate/streams.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { Pace } from "../turn.ts";
import type { Text } from "./text.ts";

/** Steps of a run at most: who joins waits for its end. */
export const RUN_STEPS = 16;
/** Runs with half the rows idle, after which there are fewer: each change packs the weights anew. */
const PATIENCE = 8;

/** Rows of one model, and the texts in them. */
export class Rows<S extends State> implements Disposable {
  readonly #model: RNNModel<S>;
  readonly #most: number;
  readonly #byStep: boolean;
  readonly #texts: (Text | undefined)[] = [];
  #streams: Streams | undefined;
  #pace: Pace = new Pace(1);
  #idle = 0;

  /** Begins without rows; there are never more than `most`. */
  constructor(model: RNNModel<S>, most: number) {
    this.#model = model;
    this.#most = most;
    // One way for any number of rows, so that these may move.
    this.#byStep = goesByStep(model.device, configOf(model), { batch: most });
  }

  /** The texts that are drawn. */
  get texts(): Text[] {
    return this.#texts.filter((text) => text !== undefined);
  }

  /** How many there are. */
  get batch(): number {
    return this.#streams?.batch ?? 0;
  }

  /** The rows. */
  get streams(): Streams {
    return this.#streams!;
  }

  /** How many steps a run takes. */
  get pace(): Pace {
    return this.#pace;
  }

  /** Makes room for so many texts, as far as there is memory, or gives room back. */
  async fit(wanted: number): Promise<void> {
    const size = Math.min(this.#most, 2 ** Math.ceil(Math.log2(Math.max(1, wanted))));
    this.#idle = 2 * size <= this.batch ? this.#idle + 1 : 0;
    const empty = this.#texts.every((text) => text === undefined);
    if (size === this.batch) return;
    if (size > this.batch) {
      const next = rowsWithRoom(this.#model, { rows: size, length: RUN_STEPS });
      if (next > this.batch) await this.#become(next);
    } else if (this.#idle > 0 && (empty || this.#idle > PATIENCE)) {
      await this.#become(size);
    }
  }

  async #become(batch: number): Promise<void> {
    const before = this.#streams;
    const { device } = this.#model;
    const next = streamsOf(this.#model, { batch, most: RUN_STEPS }, this.#byStep);
    const texts = this.texts;
    this.#texts.length = 0;
    for (const [row, text] of texts.entries()) {
      next.take(row, text.row!, before!);
      text.row = row;
      this.#texts[row] = text;
    }
    this.#streams = next;
    before?.[Symbol.dispose]();
    this.#idle = 0;
    this.#pace = new Pace(RUN_STEPS, firstOf(device, this.#model.parameterCount(), batch));
    await device.ready();
  }

  /** Takes a text up; gives whether there was a row for it. */
  join(text: Text): boolean {
    for (let row = 0; row < this.batch; row++) {
      if (this.#texts[row]) continue;
      text.row = row;
      this.#texts[row] = text;
      this.streams.join(row, text.asked.prefix);
      return true;
    }
    return false;
  }

  /** Ends a text's row. */
  leave(text: Text): void {
    if (text.row === undefined) return;
    this.#texts[text.row] = undefined;
    this.#streams?.leave(text.row);
    text.row = undefined;
  }

  /** Gives the rows back. */
  [Symbol.dispose](): void {
    this.#streams?.[Symbol.dispose]();
    this.#streams = undefined;
  }
}
