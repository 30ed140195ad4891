/**
 * The loss of a step over batches that nothing is learnt from.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { Measured } from "../../losses/accuracy.ts";
import { quote } from "../../messages/quote.ts";
import { copy } from "../../tensors/copy.ts";
import { turn, unlessAborted } from "../../turn.ts";
import { MeanLoss } from "../mean_loss.ts";
import type { BatchReader } from "./batch.ts";
import { type AnyStep, Recordings, type Tensors } from "./recordings.ts";

/** A measure as fit() is told it, whatever its batches are. */
export type AnyMeasure = (batch: Tensors) => Measured | Promise<Measured>;

/** A validation: its recordings have no tape, and its losses are its own. */
export class FitValidation implements Disposable {
  readonly #device: Device;
  readonly #loss: MeanLoss;
  readonly #recordings: Recordings;
  readonly #measure: AnyMeasure | undefined;

  /**
   * Has recorded nothing.
   *
   * @param device Where the step computes.
   * @param step Gives the loss of a batch.
   * @param reader Checks batches.
   * @param measure What else is told of a batch.
   */
  constructor(device: Device, step: AnyStep, reader: BatchReader, measure?: AnyMeasure) {
    this.#device = device;
    this.#measure = measure;
    this.#loss = new MeanLoss(device, 1);
    const target = { block: this.#loss.losses };
    this.#recordings = new Recordings(
      device,
      step,
      (loss) => copy(device, loss, target, { columns: 1, accumulate: 1 }),
      { reader, learns: false },
    );
  }

  /**
   * The mean loss over batches, and the mean of what is measured.
   *
   * @param batches What is read, one batch at least.
   * @param signal Ends it.
   */
  async run(
    batches: Iterable<unknown>,
    signal: AbortSignal | undefined,
  ): Promise<{ loss: number; measure?: number }> {
    this.#loss.reset();
    let [sum, count] = [0, 0];
    for (const batch of batches) {
      if (this.#recordings.prepare(batch)) await unlessAborted(this.#device.ready(), signal);
      this.#recordings.run(batch, 0);
      if (this.#measure) {
        const measured = checkMeasured(await this.#measure(this.#recordings.tensors));
        sum += measured.sum;
        count += measured.count;
      }
      await this.#loss.runEnded();
      await turn({ signal });
    }
    const loss = this.#loss.meanOf(await this.#loss.sum({ ends: true }));
    return this.#measure ? { loss, measure: sum / count } : { loss };
  }

  /** Frees the recordings. */
  [Symbol.dispose](): void {
    this.#recordings[Symbol.dispose]();
    this.#loss.losses[Symbol.dispose]();
  }
}

function checkMeasured(given: Measured): Measured {
  if (typeof given?.sum === "number" && typeof given.count === "number") return given;
  throw new TypeError(
    `Cannot validate as measure must give a sum and of how many it is, { sum, count }: it gave ${
      quote(given)
    }`,
  );
}
