/**
 * The loss of a step over batches that nothing is learnt from.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { copy } from "../../tensors/copy.ts";
import { turn, unlessAborted } from "../../turn.ts";
import { MeanLoss } from "../mean_loss.ts";
import type { BatchReader } from "./batch.ts";
import { type AnyStep, Recordings } from "./recordings.ts";

/** A validation: its recordings have no tape, and its losses are its own. */
export class FitValidation implements Disposable {
  readonly #device: Device;
  readonly #loss: MeanLoss;
  readonly #recordings: Recordings;

  /**
   * Has recorded nothing.
   *
   * @param device Where the step computes.
   * @param step Gives the loss of a batch.
   * @param reader Checks batches.
   */
  constructor(device: Device, step: AnyStep, reader: BatchReader) {
    this.#device = device;
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
   * The mean loss over batches.
   *
   * @param batches What is read, one batch at least.
   * @param signal Ends it.
   */
  async run(
    batches: Iterable<unknown>,
    signal: AbortSignal | undefined,
  ): Promise<{ loss: number }> {
    this.#loss.reset();
    for (const batch of batches) {
      if (this.#recordings.prepare(batch)) await unlessAborted(this.#device.ready(), signal);
      this.#recordings.run(batch, 0);
      await this.#loss.runEnded();
      await turn({ signal });
    }
    return { loss: this.#loss.meanOf(await this.#loss.sum({ ends: true })) };
  }

  /** Frees the recordings. */
  [Symbol.dispose](): void {
    this.#recordings[Symbol.dispose]();
    this.#loss.losses[Symbol.dispose]();
  }
}
