/**
 * The model of a run on the disk: how `train` writes it, and what it tells people of the file, which it reads first.
 *
 * @module
 */
import { readFile } from "../files/atomic_file.ts";
import { makeDirectory } from "../files/paths.ts";
import { modelPath } from "../files/find_run.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { decodeSafetensors } from "../files/safetensors.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { RNNModel } from "../model.ts";
import { encodeModel } from "../exchange/model_file.ts";
import { health } from "../optimizers/clip_grad_norm.ts";
import { assertHealthy } from "../train/health.ts";

/** A model in training, and its file in the run's folder. */
export class KeptModel {
  readonly #run: RunFolder;
  readonly #model: RNNModel;
  readonly #vocabulary: Vocabulary;

  /** Writes nothing yet. */
  constructor(run: RunFolder, model: RNNModel, vocabulary: Vocabulary) {
    this.#run = run;
    this.#model = model;
    this.#vocabulary = vocabulary;
  }

  /**
   * Writes the model in place of the one before, which stays where that fails.
   *
   * @throws {RangeError} If a weight is not finite, or the file cannot be written.
   */
  async write(): Promise<void> {
    await this.#run.writeModel(await encodeModel(this.#model, this.#vocabulary));
  }

  /**
   * Writes the model of a run that was stopped.
   *
   * @returns Why there is none to write, or undefined.
   */
  async stop(): Promise<unknown> {
    try {
      await assertHealthy(this.#model.parameters());
      await this.write();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /**
   * Rescues the weights of a run that failed, says what is kept, and removes the folder of a run that kept nothing. A part
   * of an update never takes the place of a whole model.
   *
   * @param trained Whether there was a step at all.
   */
  async afterFailure(trained: boolean): Promise<void> {
    const { path } = this.#run;
    const inPart = await this.#isInPart();
    const saved = trained && !(inPart && await this.#isThere()) && await this.#rescue();
    if (!await this.#isThere()) return await this.#run.discard();
    if (!saved) console.error(`The model of the last report is kept in ${path}`);
    else if (inPart) console.error(`The model is kept as the step that failed left it, in ${path}`);
    else console.error(`The last good model is kept in ${path}`);
  }

  /** Whether the last step was taken in part. */
  async #isInPart(): Promise<boolean> {
    try {
      return (await health(this.#model.parameters())).brokenBy === "update";
    } catch {
      return false; // a lost device: there is nothing to rescue either
    }
  }

  /** Whether the file is there and can be read. */
  async #isThere(): Promise<boolean> {
    try {
      decodeSafetensors(await readFile(await modelPath(this.#run.path)));
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the model where that is possible, in a folder made anew where it was removed. */
  async #rescue(): Promise<boolean> {
    try {
      await makeDirectory(this.#run.path);
      await this.write();
      return true;
    } catch {
      return false; // a full disk: the first error is the one that matters
    }
  }
}
