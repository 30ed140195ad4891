/**
 * Training: a step is recorded once as a program and replayed; between two reports nothing is read back.
 *
 * @module
 */
import type { Corpus } from "./data/corpus.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import type { RNNModel } from "./model.ts";
import type { TrainOptions, TrainReport } from "./train/options.ts";
import { Training } from "./train/training.ts";

export type { LoopOptions, TrainSchedule } from "./train/loop_options.ts";
export type { TrainOptions, TrainProgress, TrainReport, ValidationProgress } from "./train/options.ts";

/**
 * Trains a model on a corpus. The state starts at zero in each epoch and is carried, without history, from batch to batch.
 *
 * A model is in one training at a time, from the first report that is asked for to the end of the loop. Who takes reports
 * by next() and stops early calls return().
 *
 * @param model The model whose parameters are trained.
 * @param corpus The corpus, of ids of the model's vocabulary.
 * @param options The epochs, the batch's size, the learning rate, and how often to report.
 * @returns A report as often as `logEvery` says, every epoch unless it is given.
 * @throws {RangeError} If a corpus is too small, a number or an id is out of range, the gradients were not finite at
 * some step, or its update would have made weights that float32 cannot hold: from then on the weights stay, and all are
 * finite.
 * @throws {TypeError} If a corpus has another number of tokens than the model, the schedule's unit does not suit it,
 * the optimizer is of another device, or an option is unknown.
 * @throws {DeviceError} If another training of the model's parameters has begun and not ended.
 *
 * @example Usage
 * ```ts
 * import { Corpus, openDevice, RNN, RNNModel, train } from "@refrain/refrain";
 * import { assert } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const model = new RNNModel(layer, corpus.vocabulary.size);
 * let last = Infinity;
 * for await (const report of train(model, corpus, { epochs: 20, batchSize: 2, numSteps: 5, learningRate: 1e-2 })) {
 *   last = report.perplexity;
 * }
 * assert(last < 2);
 * ```
 */
export async function* train<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: TrainOptions,
): AsyncGenerator<TrainReport, void, void> {
  options?.signal?.throwIfAborted();
  const training = new Training(model, corpus, options);
  try {
    yield* training.run();
  } finally {
    training[Symbol.dispose]();
  }
}
