/**
 * Lines as what a training is of: each is an example of its own, from a zero state, in batches of whole lines.
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import { type LineBatch, LineBatches } from "../data/line_batches.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { errorNaming } from "../messages/naming.ts";
import { counted } from "../messages/printable.ts";
import type { RNNModel } from "../model.ts";
import { CorpusCourse } from "./corpus_course.ts";
import { checkText, checkTokens } from "./check_text.ts";
import { LinesStep } from "./lines_step.ts";
import { settingsOf, type TrainOptions, type TrainSettings } from "./options.ts";
import { type Ranks, rowsOf, shareOf } from "./ranks.ts";
import { checkLinesRoom } from "./room.ts";
import type { Bounds, TrainingSetting } from "./state.ts";

/** Options of running text, which lines have no use for. */
const OF_TEXT = ["numSteps", "sampling", "carryState", "resetProbability"] as const;

/** A model and the lines that it is trained on. */
export class LinesCourse<S extends State> extends CorpusCourse<S, LineBatch> {
  readonly step: LinesStep<S>;
  readonly #batches: LineBatches;
  readonly #settings: TrainSettings;

  /**
   * Checks everything, claims the model's parameters and records the step for each length.
   *
   * @param model The model to train.
   * @param corpus A corpus of lines, of ids of the model's vocabulary.
   * @param options The options of train().
   * @throws {RangeError} If a number or an id is out of range, or an option is of running text.
   * @throws {TypeError} If the model has another number of tokens, the schedule's unit does not suit it, or the optimizer
   * is of another device.
   * @throws {DeviceError} If another training has the parameters, or the device has no room for the batches.
   */
  constructor(model: RNNModel<S>, corpus: Corpus, options: TrainOptions) {
    const settings = settingsOf(options);
    refuseOfText(options);
    const { optimizer, validation } = options;
    checkTokens(corpus, model, "train");
    if (validation) checkText(validation, model, "validate");
    const { ranks } = options;
    shareOf(settings.batchSize, ranks);
    const batches = new LineBatches(corpus, settings);
    const { lengths, padding, tokens, lines } = batches;
    const batchSize = shareOfLines(batches, ranks);
    const { accumulateSteps: parts, clip } = settings;
    const sizes = { batchSize, lengths, accumulateSteps: parts };
    checkLinesRoom(model, sizes, { validation, adam: optimizer === undefined });
    super(model, corpus, options, settings);
    this.#batches = batches;
    this.#settings = settings;
    try {
      this.takeModel();
      const counting = {
        padding,
        tokensPerRow: tokens / lines,
        tokensPerRun: tokens / batches.stepsPerEpoch / parts / (ranks?.size ?? 1),
      };
      const step = { batchSize, lengths, parts, clip, ranks, ...counting };
      this.step = this.own(new LinesStep(model, this.optimizer, step));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  get stepsPerEpoch(): number {
    return this.#batches.stepsPerEpoch;
  }

  get setting(): TrainingSetting {
    const { batchSize, numSteps, accumulateSteps, sampling, carryState, resetProbability, seed } =
      this.#settings;
    const cut = { batchSize, numSteps, accumulateSteps, sampling, lines: true };
    return { tokens: this.#batches.tokens + 1, ...cut, carryState, resetProbability, seed };
  }

  get bounds(): Bounds {
    return { stepsPerEpoch: this.stepsPerEpoch, runsPerStep: this.#settings.accumulateSteps };
  }

  /**
   * What the steps of an epoch are of.
   *
   * @param epoch The epoch, from 1.
   */
  batches(epoch: number): Iterable<Batch> {
    return this.#batches.of(epoch);
  }

  override items(epoch: number): Iterable<LineBatch> {
    return this.#batches.of(epoch);
  }

  override *give(batch: LineBatch): Generator<number, void, void> {
    const { accumulateSteps } = this.#settings;
    const { batchSize } = this.#batches;
    const [begin, end] = rowsOf({ batchSize, accumulateSteps }, this.ranks);
    const own = (ids: Uint32Array): Uint32Array => ids.subarray(begin * batch.steps, end * batch.steps);
    for (
      const part of this.step.parts({ ...batch, inputs: own(batch.inputs), targets: own(batch.targets) })
    ) {
      if (part < accumulateSteps - 1) yield part;
    }
  }

  override update(): Promise<void> | undefined {
    return this.step.update();
  }

  override tokensOf({ tokens }: LineBatch): number {
    return tokens;
  }
}

/** Lines of a batch that a rank has: fewer than it may have make a batch of their own number. */
function shareOfLines({ batchSize }: LineBatches, ranks: Ranks | undefined): number {
  if (!ranks || batchSize % ranks.size === 0) return shareOf(batchSize, ranks);
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot share a batch of ${counted(batchSize, "line")}, as there are no more, out among ${
        counted(ranks.size, "rank")
      }: ${option("batchSize")} must be a multiple of ${ranks.size} and at most ${batchSize}`,
  );
}

function refuseOfText(options: TrainOptions): void {
  const name = OF_TEXT.find((name) => options[name] !== undefined);
  if (name === undefined) return;
  throw errorNaming(
    RangeError,
    (option) => `Cannot train on lines with ${option(name)}: each line is a row, from a zero state`,
  );
}
