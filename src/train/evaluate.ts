/**
 * Evaluation: the loss of a model on a text, its weights and its training state untouched.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { perplexity } from "../losses/cross_entropy.ts";
import { errorNaming } from "../messages/naming.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { counted, thousands } from "../messages/printable.ts";
import type { RNNModel } from "../model.ts";
import { turn } from "../turn.ts";
import { checkText } from "./check_text.ts";
import { type DynamicOptions, dynamicSettings, dynamicSum } from "./dynamic.ts";
import { byLine, inOrder, inWindows, ofParts, type Reading, sideBySide } from "./reading.ts";
import { TextPass } from "./text_pass.ts";

/** Options of evaluate(): of rows and windows at most one. */
export interface EvaluateOptions {
  /**
   * B: parts of the text that are read side by side, which is faster. Each but the first reads the 256 tokens before its
   * part to warm up its state.
   *
   * @default {1}
   */
  rows?: number;
  /** Tokens after which the state is zero again; absent, it is never. */
  windows?: number;
  /**
   * Dynamic evaluation: behind each segment of one stream a copy of the model takes a step along the gradient of its loss,
   * which was taken before. The model itself stays as it is. Goes with neither rows nor windows.
   */
  dynamic?: DynamicOptions;
  /** Ends the evaluation: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What evaluate() finds. */
export interface Evaluation {
  /** Mean cross-entropy, in nats a token: a character, or a byte or word where the vocabulary is one of these. */
  loss: number;
  /** e^loss */
  perplexity: number;
  /** The loss in bits a token. */
  bitsPerCharacter: number;
  /** Tokens that were predicted: all but the first, of each part. */
  characters: number;
  /** How it was measured, in words: "one stream from a zero state, 9,999 of 10,000 characters predicted". */
  measured: string;
}

/**
 * The loss of a model over a text, of which each token but the first is predicted from all before it.
 *
 * That is one stream from a zero state, whatever the text's length. In training a model sees other states: those of the
 * rows of its batches, which begin with zeros in each epoch. Its loss on the very text that it was trained on may
 * therefore be larger than what train() has reported, which is also a mean over an epoch in which the weights moved.
 *
 * @param model The model whose loss is asked for.
 * @param corpus The text, at least two tokens, of ids of the model's vocabulary.
 * @param options Another way to read the text: in rows side by side, or in windows; and what may end it early.
 * @returns The loss, and what it amounts to.
 * @throws {RangeError} If the text has fewer than two tokens, an id is not of the model's vocabulary, an option is out of
 * range or does not go with the other, or the loss is not a finite number.
 * @throws {TypeError} If the corpus has another number of tokens than the model, or an option is unknown.
 * @throws {DeviceError} If the device has no room for so many rows.
 *
 * @example Usage
 * ```ts
 * import { Corpus, evaluate, openDevice, RNN, RNNModel } from "@refrain/refrain";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const { perplexity, measured } = await evaluate(new RNNModel(layer, corpus.vocabulary.size), corpus);
 * assert(perplexity > 3 && perplexity < 5); // four characters, nothing learnt
 * assertEquals(measured, "one stream from a zero state, 139 of 140 characters predicted");
 * ```
 */
export async function evaluate<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const reading = readingOf(corpus, model, options);
  const { signal, dynamic } = options;
  signal?.throwIfAborted();
  if (dynamic !== undefined) {
    const sum = await dynamicSum(model, { corpus, reading }, dynamicSettings(dynamic), signal);
    return finite(evaluationOf(sum, corpus, reading));
  }
  const evaluator = new Evaluator(model, corpus, reading);
  let evaluation: Evaluation;
  try {
    evaluation = await evaluator.run(signal);
  } finally {
    evaluator[Symbol.dispose]();
  }
  return finite(evaluation);
}

/** Checks what was measured. */
function finite(evaluation: Evaluation): Evaluation {
  const { loss } = evaluation;
  if (Number.isFinite(loss)) return evaluation;
  throw new RangeError(
    `Cannot evaluate the text as the model's loss is ${loss}: weights are not finite, or too large for float32`,
  );
}

/**
 * How a text is to be read, all that can be wrong about it checked.
 *
 * @param corpus The text.
 * @param model What shall be measured on it.
 * @param options How.
 * @throws {RangeError} If the text or an option is out of range.
 * @throws {TypeError} If it is no text of the model's tokens, or an option is unknown.
 */
export function readingOf(
  corpus: Corpus,
  model: { vocabularySize: number },
  options: EvaluateOptions,
): Reading {
  assertOptions("evaluate", options);
  const { rows, windows, dynamic, signal } = options;
  refuseBatches(options);
  refuseUnknown("evaluate", options, { rows, windows, dynamic, signal });
  if (rows !== undefined && windows !== undefined) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot evaluate with ${option("rows", rows)} and ${option("windows", windows)}: ` +
        `windows are read side by side anyway`,
    );
  }
  checkText(corpus, model, "evaluate");
  const { parts } = corpus;
  if (rows !== undefined && parts > 1) {
    throw errorNaming(
      RangeError,
      (option) =>
        `Cannot evaluate with ${option("rows", rows)} as the text has ${thousands(parts)} parts: ` +
        `they are read side by side anyway`,
    );
  }
  if (corpus.vocabulary.newlines === "lines") refuseOfText({ rows, windows, dynamic });
  if (dynamic !== undefined) {
    const [other] = Object.entries({ rows, windows }).filter(([, value]) => value !== undefined);
    if (other) {
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot evaluate with ${option(...other)} and ${option("dynamic")}: it reads in one stream`,
      );
    }
    const { learningRate, segment } = dynamicSettings(dynamic);
    const { kind } = corpus.vocabulary;
    const predicted = corpus.size / parts - 1;
    if (predicted < segment) {
      throw errorNaming(
        RangeError,
        (option) =>
          `Cannot evaluate with ${option("dynamic")} and ${
            option("segment", segment)
          } as nothing would be learnt: ` +
          `${parts > 1 ? "each part" : "the text"} has ${counted(predicted, kind)} to predict`,
      );
    }
    return inOrder(corpus, `a step of SGD at rate ${learningRate} behind each ${counted(segment, kind)}`);
  }
  if (rows !== undefined) return sideBySide(corpus, rows);
  if (windows !== undefined) return inWindows(corpus, windows);
  if (corpus.vocabulary.newlines === "lines") return byLine(corpus);
  return parts > 1 ? ofParts(corpus) : inOrder(corpus);
}

/**
 * What a sum of losses amounts to.
 *
 * @param sum The losses in nats.
 * @param corpus The text.
 * @param reading How it was read.
 */
export function evaluationOf(sum: number, corpus: Corpus, { words }: Reading): Evaluation {
  const { size, parts, vocabulary: { kind } } = corpus;
  const characters = size - parts;
  const loss = sum / characters;
  return {
    loss,
    perplexity: perplexity(loss),
    bitsPerCharacter: loss / Math.LN2,
    characters,
    measured: `${words}, ${thousands(characters)} of ${counted(size, kind)} predicted`,
  };
}

/** Lines are read one by one, whatever the text around them. */
function refuseOfText(options: object): void {
  const [other] = Object.entries(options).filter(([, value]) => value !== undefined);
  if (!other) return;
  const [name, value] = other;
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot evaluate lines with ${option(name, typeof value === "object" ? undefined : value)}: ` +
      "each is read from a zero state",
  );
}

/** The options that there were once. */
function refuseBatches(options: object): void {
  for (const name of ["batchSize", "numSteps"]) {
    if (!Object.hasOwn(options, name)) continue;
    throw new TypeError(
      `Cannot evaluate with ${name} as a text is read in one stream: "rows" reads parts side by side, ` +
        `"windows" resets the state`,
    );
  }
}

/** Reads a text again and again, recorded once: what evaluate() and the validation of a training run. */
export class Evaluator<S extends State> implements Disposable {
  readonly #corpus: Corpus;
  readonly #reading: Reading;
  readonly #pass: TextPass<S>;

  /**
   * Records the pass.
   *
   * @param model The model.
   * @param corpus A text that checkText() has passed.
   * @param reading How the text is read.
   */
  constructor(model: RNNModel<S>, corpus: Corpus, reading: Reading) {
    this.#corpus = corpus;
    this.#reading = reading;
    this.#pass = new TextPass(model, reading);
  }

  /**
   * The loss over the text.
   *
   * @param signal Ends it.
   * @param between Called between two runs, and waited for.
   */
  async run(signal?: AbortSignal, between?: () => void | Promise<void>): Promise<Evaluation> {
    const { ids } = this.#corpus;
    let sum = 0;
    await this.#pass.ready(signal);
    for (const rows of this.#reading.sweeps()) {
      this.#pass.begin();
      const steps = rows.reduce((most, { start, end }) => Math.max(most, end - start), 0);
      for (let step = 0; step < steps; step += this.#pass.steps) {
        this.#pass.run(ids, rows, step);
        sum += await this.#pass.sum(rows, step);
        await between?.();
        await turn({ signal });
      }
    }
    return evaluationOf(sum, this.#corpus, this.#reading);
  }

  /** Frees the recorded pass. */
  [Symbol.dispose](): void {
    this.#pass[Symbol.dispose]();
  }
}
