/**
 * Evaluation: the loss of a model on a text, its weights and its training state untouched.
 *
 * @module
 */
import { checkFits, consecutiveBatches } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import type { Device, Program } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Carried } from "../layers/recurrent/carried.ts";
import { addLosses, perplexity } from "../losses/cross_entropy.ts";
import type { RNNModel } from "../model.ts";
import { refuseUnknown } from "../messages/options.ts";
import { checkBatchRoom } from "../model/room.ts";
import { Tensor } from "../tensors/tensor.ts";
import { assertBelow } from "../ids.ts";
import { MeanLoss } from "./mean_loss.ts";

/** What evaluate() finds. */
export interface Evaluation {
  /** Mean cross-entropy, in nats a token: a character, or a byte or word where the vocabulary is one of these. */
  loss: number;
  /** e^loss */
  perplexity: number;
  /** The loss in bits a token. */
  bitsPerCharacter: number;
  /** Tokens that were predicted. */
  characters: number;
}

/**
 * The loss of a model over a corpus, the state carried from batch to batch.
 *
 * @param model The model whose loss is asked for.
 * @param corpus The corpus, of ids of the model's vocabulary.
 * @param options The rows B of a batch, 1 where absent, and its steps T, 35 where absent.
 * @returns The loss, and what it amounts to.
 * @throws {RangeError} If the corpus is too small for one batch, or an id is not of the model's vocabulary.
 * @throws {TypeError} If the corpus has another number of tokens than the model, or an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { Corpus, evaluate, openDevice, RNN, RNNModel } from "@refrain/refrain";
 * import { assert } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const { perplexity } = await evaluate(new RNNModel(layer, corpus.vocabulary.size), corpus, { batchSize: 1 });
 * assert(perplexity > 3 && perplexity < 5); // four characters, nothing learnt
 * ```
 */
export async function evaluate<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: { batchSize?: number; numSteps?: number } = {},
): Promise<Evaluation> {
  const { batchSize = 1, numSteps = 35 } = options;
  refuseUnknown("evaluate", options, { batchSize, numSteps });
  const { kind } = corpus.vocabulary;
  checkTokens(corpus, model, "evaluate");
  checkFits(corpus.size, { batchSize, numSteps, sampling: "consecutive", kind });
  checkBatchRoom(model, { batchSize, numSteps });
  const evaluator = new Evaluator(model, { batchSize, numSteps });
  try {
    return await evaluator.run(corpus);
  } finally {
    evaluator[Symbol.dispose]();
  }
}

/** A pass over a text without gradients, recorded once: what evaluate() and the validation of a training run. */
export class Evaluator<S extends State> implements Disposable {
  readonly #sizes: { batchSize: number; numSteps: number };
  readonly #device: Device;
  readonly #program: Program;
  #ids!: Tensor<"u32">;
  #targets!: Tensor<"u32">;
  /** What holds the state that is carried from batch to batch. */
  readonly #carried: Carried[] = [];
  /** Of the rows of one text. */
  #loss!: MeanLoss;

  /** Records the pass of a batch of `sizes`. */
  constructor(model: RNNModel<S>, sizes: { batchSize: number; numSteps: number }) {
    const { device } = model;
    const { batchSize, numSteps } = sizes;
    this.#device = device;
    this.#sizes = sizes;
    const shape = [batchSize, numSteps];
    this.#program = device.record(() => {
      this.#ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
      this.#targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
      this.#loss = new MeanLoss(device, batchSize * numSteps);
      addLosses(model.logits(this.#ids, undefined, this.#carried), this.#targets, this.#loss.losses);
    });
  }

  /**
   * The loss over a text, from a zero state.
   *
   * @param corpus At least a batch.
   * @param between Called after each batch, and waited for: who trains beside it stays alive, and may throw.
   */
  async run(corpus: Corpus, between?: () => Promise<void>): Promise<Evaluation> {
    for (const state of this.#carried) state.clear();
    this.#loss.reset();
    let steps = 0;
    for (const batch of consecutiveBatches(corpus.ids, this.#sizes)) {
      this.#ids.write(batch.inputs);
      this.#targets.write(batch.targets);
      this.#program.run();
      steps++;
      await this.#loss.runEnded();
      await between?.();
    }
    const loss = await this.#loss.mean();
    const characters = steps * this.#sizes.batchSize * this.#sizes.numSteps;
    return { loss, perplexity: perplexity(loss), bitsPerCharacter: loss / Math.LN2, characters };
  }

  /** Frees the recorded pass. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}

/**
 * The batches of a validation text: those of the training, or fewer rows and steps where it does not fill them.
 *
 * @throws {RangeError} If it has no token that could be predicted.
 */
export function validationSizes(
  { size, vocabulary: { kind } }: Corpus,
  { batchSize, numSteps }: { batchSize: number; numSteps: number },
): { batchSize: number; numSteps: number } {
  if (size < 2) {
    throw new RangeError(`Cannot validate on ${size} ${kind}: at least 2 ${kind}s are needed`);
  }
  const steps = Math.min(numSteps, size - 1);
  return { batchSize: Math.min(batchSize, Math.floor(size / (steps + 1))), numSteps: steps };
}

/**
 * Checks that a text has the tokens of a model: other ids would be read from where no weights are. Its ids are an array that
 * anybody may write to.
 *
 * @throws {TypeError} If the vocabularies have different sizes.
 * @throws {RangeError} If an id is not of the vocabulary.
 */
export function checkTokens(
  { ids, vocabulary }: Corpus,
  { vocabularySize }: { vocabularySize: number },
  task: "train" | "validate" | "evaluate",
): void {
  if (vocabulary.size === vocabularySize) return assertBelow(ids, vocabularySize);
  throw new TypeError(
    `Cannot ${task} on the text as its vocabulary must have the model's ${vocabularySize} tokens: current size is ${vocabulary.size}`,
  );
}
