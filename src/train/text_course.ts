/**
 * Running text as what a training is of: a corpus cut into batches, the state carried from each to the next.
 *
 * @module
 */
import { type Batch, checkFits, consecutiveBatches, randomBatches, stepsPerEpoch } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { CorpusCourse } from "./corpus_course.ts";
import { checkText, checkTokens } from "./check_text.ts";
import { settingsOf, type TrainOptions, type TrainSettings } from "./options.ts";
import { rowsOf, shareOf } from "./ranks.ts";
import { rowsToReset } from "./resets.ts";
import { checkTrainingRoom } from "./room.ts";
import type { Bounds, TrainingSetting } from "./state.ts";
import { TrainingStep } from "./step.ts";

/** What a step is of: a batch, and the rows that begin it from a zero state. */
interface Item {
  readonly batch: Batch;
  readonly rows: readonly number[];
}

/** A model and the corpus that it is trained on. */
export class TextCourse<S extends State> extends CorpusCourse<S, Item> {
  readonly step: TrainingStep<S>;
  readonly #corpus: Corpus;
  readonly #settings: TrainSettings;
  readonly stepsPerEpoch: number;

  /**
   * Checks everything, claims the model's parameters and records the step.
   *
   * @param model The model to train.
   * @param corpus The corpus, of ids of the model's vocabulary.
   * @param options The options of train().
   * @throws {RangeError} If a corpus is too small, or a number or an id is out of range.
   * @throws {TypeError} If the model has another number of tokens, the schedule's unit does not suit it, or the optimizer
   * is of another device.
   * @throws {DeviceError} If another training has the parameters, or the device has no room for a batch.
   */
  constructor(model: RNNModel<S>, corpus: Corpus, options: TrainOptions) {
    const settings = check(model, corpus, options);
    super(model, corpus, options, settings);
    const { batchSize, numSteps, accumulateSteps: parts, sampling, resetProbability, clip } = settings;
    this.#corpus = corpus;
    this.#settings = settings;
    this.stepsPerEpoch = stepsPerEpoch(corpus.size, cutOf(settings));
    try {
      this.takeModel();
      const carry = sampling === "consecutive";
      const sizes = { batchSize: shareOf(batchSize, this.ranks), numSteps, parts };
      const step = { ...sizes, clip, carry, resetProbability, ranks: this.ranks };
      this.step = this.own(new TrainingStep(model, this.optimizer, step));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get setting(): TrainingSetting {
    const { batchSize, numSteps, accumulateSteps, sampling, carryState, resetProbability, seed } =
      this.#settings;
    const cut = { batchSize, numSteps, accumulateSteps, sampling };
    return { tokens: this.#corpus.size, ...cut, carryState, resetProbability, seed };
  }

  get bounds(): Bounds {
    return { stepsPerEpoch: this.stepsPerEpoch, runsPerStep: this.#settings.accumulateSteps };
  }

  /**
   * What the steps of an epoch are of: a batch each, or as many rows as all of its batches have.
   *
   * @param epoch The epoch, from 1.
   */
  batches(epoch: number): Iterable<Batch> {
    const { numSteps, accumulateSteps, sampling, seed } = this.#settings;
    const batchSize = this.#settings.batchSize * accumulateSteps;
    const { ids } = this.#corpus;
    return sampling === "random"
      ? randomBatches(ids, { batchSize, numSteps, seed, epoch })
      : consecutiveBatches(ids, { batchSize, numSteps });
  }

  override beginEpoch(): void {
    if (!this.#settings.carryState) this.step.resetState();
    this.step.loss.reset();
  }

  override *items(epoch: number): Generator<Item, void, void> {
    const resets = rowsToReset(this.#settings, epoch);
    for (const batch of this.batches(epoch)) yield { batch, rows: resets.next().value };
  }

  override *give({ batch, rows }: Item): Generator<number, void, void> {
    const { accumulateSteps, numSteps } = this.#settings;
    const [begin, end] = rowsOf(this.#settings, this.ranks);
    this.step.resetRows(rows.filter((row) => row >= begin && row < end).map((row) => row - begin));
    const own = (ids: Uint32Array): Uint32Array => ids.subarray(begin * numSteps, end * numSteps);
    for (const part of this.step.parts({ inputs: own(batch.inputs), targets: own(batch.targets) })) {
      if (part < accumulateSteps - 1) yield part;
    }
  }

  override update(): Promise<void> | undefined {
    return this.step.update();
  }

  override tokensOf({ batch }: Item): number {
    return batch.inputs.length;
  }
}

/** Checks all that can be checked before anything is taken. */
function check<S extends State>(model: RNNModel<S>, corpus: Corpus, options: TrainOptions): TrainSettings {
  const settings = settingsOf(options);
  const { optimizer, validation } = options;
  checkTokens(corpus, model, "train");
  checkFits(corpus.size, { ...cutOf(settings), kind: corpus.vocabulary.kind });
  if (validation) checkText(validation, model, "validate");
  const batchSize = shareOf(settings.batchSize, options.ranks);
  checkTrainingRoom(model, { ...settings, batchSize }, { validation, adam: optimizer === undefined });
  return settings;
}

/** How a corpus is cut. */
function cutOf(
  { batchSize, numSteps, accumulateSteps, sampling }: TrainSettings,
): Pick<TrainSettings, "batchSize" | "numSteps" | "accumulateSteps" | "sampling"> {
  return { batchSize, numSteps, accumulateSteps, sampling };
}
