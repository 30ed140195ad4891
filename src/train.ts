/**
 * Training: a step is recorded once as a program and replayed; between two reports nothing is read back.
 *
 * @module
 */
import { type Batch, checkFits, consecutiveBatches, randomBatches, stepsPerEpoch } from "./data/batches.ts";
import type { Corpus } from "./data/corpus.ts";
import type { Block, Device, Program } from "./device/device.ts";
import { turn } from "./device/turn.ts";
import { assertOn } from "./device/same_device.ts";
import { checkTokens, Evaluator, validationSizes } from "./train/evaluate.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import { addLosses, perplexity } from "./losses/cross_entropy.ts";
import type { RNNModel } from "./model.ts";
import { checkBatchRoom } from "./model/room.ts";
import { Adam } from "./optimizers/adam.ts";
import { clipGradNorm, resetHealth } from "./optimizers/clip_grad_norm.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { isIn, type NumberRange, RANGES, wordsOf } from "./ranges.ts";
import { Tape } from "./tensors/tape.ts";
import { Tensor } from "./tensors/tensor.ts";
import { claim } from "./train/claim.ts";
import { TrainClock } from "./train/clock.ts";
import { MeanLoss, RUNS_BETWEEN_FOLDS } from "./train/mean_loss.ts";
import type { TrainOptions, TrainReport } from "./train/options.ts";
import { assertHealthy } from "./train/health.ts";
import { ScheduledRate } from "./train/schedule.ts";

export type { TrainOptions, TrainProgress, TrainReport, TrainSchedule } from "./train/options.ts";

/**
 * Trains a model on a corpus. The state starts at zero in each epoch and is carried, without history, from batch to batch.
 *
 * A model is in one training at a time, from the first report that is asked for to the end of the loop. Who takes reports
 * by next() and stops early calls return().
 *
 * @example Use
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
 *
 * @param model whose parameters are trained
 * @param corpus ids of the model's vocabulary
 * @param options rates, sizes, and how often to report
 * @returns a report every `logEvery` epochs
 * @throws {RangeError} when a corpus is too small, a number or an id is out of range, the gradients were not finite at some
 * step, or its update would have made weights that float32 cannot hold: from then on the weights stay, and all are finite
 * @throws {TypeError} when a corpus has another number of tokens than the model, the schedule's unit does not suit it, or
 * the optimizer is of another device
 * @throws {DeviceError} when another training of the model's parameters has begun and not ended
 */
export async function* train<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: TrainOptions,
): AsyncGenerator<TrainReport, void, void> {
  const { batchSize = 32, numSteps = 35, sampling = "consecutive", carryState = false, signal } = options;
  const { epochs, logEvery = 1, seed = 0, validation } = options, { kind } = corpus.vocabulary;
  assertIn(RANGES.count, "epochs", epochs);
  assertIn(RANGES.count, "logEvery", logEvery);
  const { clipGradNorm: clip = Infinity } = options;
  if (clip !== Infinity) assertIn(RANGES.positive, "clipGradNorm", clip);
  checkTokens(corpus, model, "train");
  checkFits(corpus.size, { batchSize, numSteps, sampling, kind });
  checkBatchRoom(model, { batchSize, numSteps });
  const perEpoch = stepsPerEpoch(corpus.size, { batchSize, numSteps, sampling });
  using _claim = claim(model.parameters());
  using own = options.optimizer ? undefined : new Adam(model.parameters(), options);
  const optimizer = options.optimizer ?? own!;
  assertOn("an optimizer", optimizer, model.device);
  const carry = sampling === "consecutive";
  const rate = new ScheduledRate(optimizer, options.schedule);
  using evaluator = validation && validator(model, validation, { batchSize, numSteps });
  using step = new TrainingStep(model, optimizer, { batchSize, numSteps, clip, carry });
  const clock = new TrainClock(), sizes = { batchSize, numSteps };
  let steps = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (!carryState) step.resetState();
    step.loss.reset();
    const before = steps;
    const batches = sampling === "random"
      ? randomBatches(corpus.ids, { ...sizes, seed, epoch })
      : consecutiveBatches(corpus.ids, sizes);
    for (const batch of batches) {
      signal?.throwIfAborted();
      rate.apply();
      step.run(batch);
      rate.stepEnded();
      clock.stepEnded(batch.inputs.length);
      if (++steps % RUNS_BETWEEN_FOLDS === 0) await step.loss.fold();
      const place = { epoch, epochs, step: steps - before, stepsPerEpoch: perEpoch };
      options.onStep?.({ ...place, tokensPerSecond: clock.tokensPerSecond });
      await turn();
    }
    clock.epochEnded();
    const isReport = epoch % logEvery === 0 || epoch === epochs;
    if (!isReport && !rate.watches) {
      rate.epochEnded();
      continue;
    }
    const { loss, gradNorm } = await step.report(perEpoch), { seconds, tokensPerSecond } = clock;
    const evaluation = await clock.pause(() =>
      evaluator?.run(validation!, async () => {
        signal?.throwIfAborted();
        await turn();
      })
    );
    rate.epochEnded(evaluation?.loss ?? loss);
    if (!isReport) continue;
    yield {
      ...{ epoch, loss, perplexity: perplexity(loss) },
      ...(evaluation ? { validationLoss: evaluation.loss, validationPerplexity: evaluation.perplexity } : {}),
      ...{ tokensPerSecond, seconds, steps, gradNorm, learningRate: optimizer.learningRate },
    };
    clock.restart();
  }
}

/** What evaluates the validation text, in batches that it fills. */
function validator<S extends State>(
  model: RNNModel<S>,
  validation: Corpus,
  sizes: { batchSize: number; numSteps: number },
): Evaluator<S> {
  checkTokens(validation, model, "validate");
  return new Evaluator(model, validationSizes(validation, sizes));
}

function assertIn(range: NumberRange, name: string, value: number): void {
  if (!isIn(range, value)) {
    throw new RangeError(`Cannot train as ${name} must be ${wordsOf(range)}: current value is ${value}`);
  }
}

/** What a step is recorded for. */
interface StepSizes {
  batchSize: number;
  numSteps: number;
  clip: number | undefined;
  /** Whether a step begins with the state that the last one left; else with zeros. */
  carry: boolean;
}

/** One step of training, recorded: forward, backward, clipping, update, and the state carried to the next. */
class TrainingStep<S extends State> implements Disposable {
  readonly #device: Device;
  readonly #model: RNNModel<S>;
  readonly #optimizer: Optimizer;
  readonly #program: Program;
  readonly #tape: Tape;
  #ids!: Tensor<"u32">;
  #targets!: Tensor<"u32">;
  /** What holds the state that is carried from step to step. */
  readonly #carried: Block[] = [];
  /** Of the rows of the steps since it was reset. */
  loss!: MeanLoss;
  #steps = 0;

  constructor(
    model: RNNModel<S>,
    optimizer: Optimizer,
    sizes: StepSizes,
  ) {
    this.#device = model.device;
    this.#model = model;
    this.#optimizer = optimizer;
    this.#tape = new Tape(this.#device);
    this.#program = this.#device.record(() => this.#record(sizes));
    resetHealth(model.parameters());
  }

  #record(
    { batchSize, numSteps, clip, carry }: StepSizes,
  ): void {
    const device = this.#device, model = this.#model, shape = [batchSize, numSteps];
    this.#ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.#targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    this.loss = new MeanLoss(device, batchSize * numSteps);
    const tape = this.#tape;

    this.#optimizer.zeroGrad();
    const logits = model.logits(this.#ids, tape, carry ? this.#carried : undefined);
    addLosses(logits, this.#targets, this.loss.losses, tape);
    tape.backward([]);
    clipGradNorm(model.parameters(), clip);
    this.#optimizer.update();
  }

  /** Runs one step on a batch. */
  run({ inputs, targets }: Batch): void {
    this.#ids.write(inputs);
    this.#targets.write(targets);
    this.#tape.reseed(this.#steps++);
    this.#optimizer.advance();
    this.#program.run();
  }

  /** Sets the carried state to zero. */
  resetState(): void {
    for (const block of this.#carried) this.#device.clear(block);
  }

  /** The mean loss of `steps` steps since it was reset, and the last norm. */
  async report(steps: number): Promise<{ loss: number; gradNorm: number }> {
    const loss = await this.loss.mean(steps);
    return { loss, gradNorm: await assertHealthy(this.#model.parameters()) };
  }

  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
