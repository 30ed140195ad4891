/**
 * Dynamic evaluation: a model that goes on learning from the text that it is measured on, each token being predicted
 * before anything is learnt from it. (Krause et al., "Dynamic Evaluation of Neural Sequence Models", 2018, with plain SGD.)
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { Block, Program } from "../device/device.ts";
import type { Ids } from "../ids.ts";
import { undrawn } from "../layers/initial.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { addLosses } from "../losses/cross_entropy.ts";
import { errorNaming } from "../messages/naming.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { thousands } from "../messages/printable.ts";
import { RNNModel } from "../model.ts";
import { clipGradNorm, health } from "../optimizers/clip_grad_norm.ts";
import { SGD } from "../optimizers/sgd.ts";
import { assertIn, RANGES } from "../ranges.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { turn, unlessAborted } from "../turn.ts";
import { checkTrainingRoom } from "./room.ts";
import type { Reading } from "./reading.ts";

/** Segments whose losses add up on the device before they are read. */
const UNREAD = 64;

/** Options of dynamic evaluation. */
export interface DynamicOptions {
  /**
   * The rate of a step of SGD, along the gradient of a segment's mean loss.
   *
   * @default {0.1}
   */
  learningRate?: number;
  /**
   * T: tokens of a segment, behind which a step is taken; the gradient reaches no further back.
   *
   * @default {20}
   */
  segment?: number;
  /**
   * The largest norm of the gradients.
   *
   * @default {1}
   */
  clipGradNorm?: number;
}

/** The options once their defaults are filled in. */
export type DynamicSettings = Required<DynamicOptions>;

/**
 * Checks the options, and fills in their defaults.
 *
 * @param options What evaluate() is told.
 * @throws {RangeError} If one is out of range.
 * @throws {TypeError} If one is unknown.
 */
export function dynamicSettings(options: DynamicOptions): DynamicSettings {
  assertOptions("evaluate dynamically", options);
  const { learningRate = 0.1, segment = 20, clipGradNorm = 1 } = options;
  refuseUnknown("evaluate dynamically", options, { learningRate, segment, clipGradNorm });
  const names = { action: "evaluate" };
  assertIn(RANGES.positive, learningRate, { ...names, name: "learningRate" });
  assertIn(RANGES.count, segment, { ...names, name: "segment" });
  assertIn(RANGES.positive, clipGradNorm, { ...names, name: "clipGradNorm" });
  return { learningRate, segment, clipGradNorm };
}

/** A copy of a model, which learns in its place, and without dropout. */
async function copyOf<S extends State>(model: RNNModel<S>): Promise<RNNModel> {
  const { device, rnn, vocabularySize, options } = model;
  const copy = undrawn(() => {
    const layer = makeLayer(device, rnn.kind, { ...rnn.options, dropout: 0 });
    return new RNNModel(layer, vocabularySize, { ...options, dropout: 0 });
  });
  copy.loadStateDict(await model.stateDict());
  return copy;
}

/**
 * Adds up the losses of a text while a copy of a model learns from it.
 *
 * @param model The model; its weights stay as they are.
 * @param text The text, and how it is read: one row at a time.
 * @param settings The rate, the segment.
 * @param signal Ends it.
 * @returns The sum of the losses in nats.
 * @throws {DeviceError} If the device has no room for a segment.
 */
export async function dynamicSum<S extends State>(
  model: RNNModel<S>,
  { corpus: { ids }, reading }: { corpus: Corpus; reading: Reading },
  settings: DynamicSettings,
  signal?: AbortSignal,
): Promise<number> {
  const { segment } = settings;
  const copy = await copyOf(model);
  let learner: Learner | undefined;
  try {
    learner = new Learner(copy, settings);
    await unlessAborted(model.device.ready(), signal);
    let sum = 0;
    for (const [row] of reading.sweeps()) {
      const { start, end } = row!;
      learner.begin();
      for (let from = start; from < end; from += segment) {
        const to = Math.min(from + segment, end);
        if (to < from + segment) sum += await learner.sum(); // what is behind the end shall not be added to it
        learner.predict(ids.subarray(from, to), ids.subarray(from + 1, to + 1));
        if (to < from + segment) sum += await learner.sum(to - from);
        else sum += await learner.learn();
        await turn({ signal });
      }
    }
    return sum + await learner.sum();
  } finally {
    learner?.[Symbol.dispose]();
    copy[Symbol.dispose]();
  }
}

/** A model that predicts a segment, and learns from it once its loss has been taken. */
class Learner implements Disposable {
  readonly #segment: number;
  readonly #parameters: readonly Parameter[];
  readonly #optimizer: SGD;
  readonly #predict: Program;
  readonly #learn: Program;
  readonly #carried: Carried[] = [];
  /** u32 (1, T) */
  #ids!: Tensor<"u32">;
  #targets!: Tensor<"u32">;
  /** (T), of the segments since it was read. */
  #losses!: Block;
  #unread = 0;

  constructor(model: RNNModel, { learningRate, segment, clipGradNorm: clip }: DynamicSettings) {
    const { device } = model;
    checkTrainingRoom(model, { batchSize: 1, numSteps: segment }, { validation: undefined, adam: false });
    this.#segment = segment;
    const parameters = model.parameters();
    this.#parameters = parameters;
    const optimizer = new SGD(parameters, { learningRate });
    this.#optimizer = optimizer;
    const tape = new Tape(device);
    this.#predict = device.record(() => {
      this.#ids = Tensor.from(device, new Uint32Array(segment), [1, segment]);
      this.#targets = Tensor.from(device, new Uint32Array(segment), [1, segment]);
      this.#losses = device.alloc(segment);
      optimizer.zeroGrad();
      const logits = model.logits(this.#ids, tape, this.#carried);
      addLosses(logits, this.#targets, this.#losses, tape);
      tape.backward([]);
    });
    this.#learn = device.record(() => {
      clipGradNorm(parameters, clip);
      optimizer.update();
    });
  }

  /** Sets the state to zero; what was learnt stays. */
  begin(): void {
    for (const state of this.#carried) state.clear();
  }

  /** Takes the loss of a segment. */
  predict(inputs: Ids, targets: Ids): void {
    const padded = (ids: Ids): Uint32Array => {
      const words = new Uint32Array(this.#segment);
      words.set(ids);
      return words;
    };
    this.#ids.write(padded(inputs));
    this.#targets.write(padded(targets));
    this.#predict.run();
    this.#unread++;
  }

  /** Takes a step along the gradient of the last segment, and gives the losses where it is time to read them. */
  async learn(): Promise<number> {
    this.#optimizer.advance();
    this.#learn.run();
    return this.#unread < UNREAD ? 0 : await this.sum();
  }

  /** Reads the losses, of the first tokens of a segment. */
  async sum(count: number = this.#segment): Promise<number> {
    if (this.#unread === 0) return 0;
    this.#unread = 0;
    const { device } = this.#ids;
    const losses = new Float32Array(await device.read(this.#losses)).subarray(0, count);
    device.clear(this.#losses);
    await this.#checkHealth();
    return losses.reduce((sum, loss) => sum + loss, 0);
  }

  /** From a step that was not finite on nothing would be learnt any more. */
  async #checkHealth(): Promise<void> {
    const { brokenAt } = await health(this.#parameters);
    if (brokenAt === undefined) return;
    const { learningRate } = this.#optimizer;
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot go on learning from the text with ${option("learningRate", learningRate)} as step ` +
        `${thousands(brokenAt)} was not finite: a smaller one may go on`,
    );
  }

  [Symbol.dispose](): void {
    this.#predict[Symbol.dispose]();
    this.#learn[Symbol.dispose]();
    this.#optimizer[Symbol.dispose]();
  }
}
