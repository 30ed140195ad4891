/**
 * Training on a corpus, a running text or lines. train() is one from its first report to its last.
 *
 * @module
 */
import type { Batch } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { TrainingLoop } from "./loop.ts";
import type { TrainOptions, TrainReport } from "./options.ts";
import type { TrainingSetting } from "./state.ts";
import type { TrainingStep } from "./step.ts";
import { LinesCourse } from "./lines_course.ts";
import { TextCourse } from "./text_course.ts";

/**
 * A training of a model on a corpus: it has the model's parameters until it is disposed.
 *
 * @example A training that stops and goes on
 * ```ts
 * import { Corpus, openDevice, RNN, RNNModel, Training, type TrainingState } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const makeModel = () =>
 *   new RNNModel(new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 }), 4);
 * const options = { epochs: 2, batchSize: 2, numSteps: 5 };
 *
 * let state: TrainingState;
 * const first = new Training(makeModel(), corpus, { ...options, epochs: 1 });
 * for await (const _report of first.run()) state = await first.state();
 *
 * using second = new Training(makeModel(), corpus, options);
 * second.restore(state!);
 * for await (const { epoch } of second.run()) assertEquals(epoch, 2);
 * ```
 */
export class Training<S extends State = State> extends TrainingLoop<TrainReport, TrainingSetting> {
  readonly #course: TextCourse<S> | LinesCourse<S>;

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
    const ofLines = corpus?.vocabulary?.newlines === "lines";
    const course = ofLines ? new LinesCourse(model, corpus, options) : new TextCourse(model, corpus, options);
    super(course);
    this.#course = course;
  }

  /**
   * The recorded step of a running text, for measurements.
   *
   * @internal
   */
  get step(): TrainingStep<S> {
    return this.#course.step as TrainingStep<S>;
  }

  /**
   * What the steps of an epoch are of: a batch each, or as many rows as all of its batches have.
   *
   * @param epoch The epoch, from 1.
   */
  batches(epoch: number): Iterable<Batch> {
    return this.#course.batches(epoch);
  }
}
