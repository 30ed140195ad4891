/**
 * Scores: what a model thought of each token of a text before it came.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { refuseUnknown } from "../messages/options.ts";
import type { RNNModel } from "../model.ts";
import { turn } from "../turn.ts";
import { checkText } from "./check_text.ts";
import { byLine, inOrder, type Reading } from "./reading.ts";
import { TextPass } from "./text_pass.ts";

/** A token of a text, and what the model thought of it. */
export interface TokenScore {
  /** Its place in the text, from 1. */
  position: number;
  /** The token's id. */
  id: number;
  /** The token, as the vocabulary has it. */
  token: string;
  /** ln of the probability that the model gave it; absent for the first token of each part, which nothing predicts. */
  logProbability?: number;
  /** 1 for the likeliest token, and 1 more for each that was likelier than this one; absent with logProbability. */
  rank?: number;
  /** Entropy of the probabilities of all tokens at this place, in nats; absent with logProbability. */
  entropy?: number;
  /** The log-probabilities added up so far, this one's included. */
  sum: number;
}

/** Options of score(). */
export interface ScoreOptions {
  /** Ends the scoring: it throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Tells of each token of a text how likely a model took it to be, given all before it: one stream from a zero state, as
 * evaluate() reads it. The last sum is evaluate()'s loss times the tokens that were predicted, negated. Of a corpus with
 * several parts, as `split()` makes with rows, each part is such a stream, and nothing predicts its first token. A line of a
 * corpus of lines is one too, and begins with the line break that ends the line before.
 *
 * The text is read in pieces as scores are asked for: what it takes beside the text itself does not grow with it.
 *
 * @param model The model that is asked.
 * @param corpus The text, at least two tokens, of ids of the model's vocabulary.
 * @param options What may end it early.
 * @returns The tokens in the text's order, with their scores.
 * @throws {RangeError} If the text has fewer than two tokens, an id is not of the model's vocabulary, or the model gives
 * a token no finite number.
 * @throws {TypeError} If the corpus has another number of tokens than the model, or an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { Corpus, openDevice, RNN, RNNModel, score } from "@refrain/refrain";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开");
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const scores = await Array.fromAsync(score(new RNNModel(layer, corpus.vocabulary.size), corpus));
 * assertEquals(scores.map(({ token }) => token).join(""), "分开 不分开");
 * assertEquals(scores[0], { position: 1, id: 2, token: "分", sum: 0 });
 * assert(scores[1]!.entropy! <= Math.log(4)); // of four characters
 * ```
 */
export async function* score<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: ScoreOptions = {},
): AsyncGenerator<TokenScore, void, void> {
  const { signal } = options;
  refuseUnknown("score", options, { signal });
  checkText(corpus, model, "score");
  const ofLines = corpus.vocabulary.newlines === "lines";
  yield* scoresOf(model, corpus, { signal, reading: ofLines ? byLine(corpus, 1) : inOrder(corpus) });
}

/** A token's score, with the likeliest tokens at its place where they are asked for. */
export interface ListedScore extends TokenScore {
  /** The likeliest ids, with ln of their probabilities; absent with logProbability. */
  likeliest?: [id: number, logProbability: number][];
}

/**
 * Scores ids, which no text need come to: bytes may end within a character.
 *
 * @param model The model.
 * @param text At least two ids of its vocabulary.
 * @param options How many of the likeliest tokens to list at each place, what may end it early, and how the text is read.
 * @returns What score() gives.
 *
 * @internal
 */
export async function* scoresOf<S extends State>(
  model: RNNModel<S>,
  text: Pick<Corpus, "ids" | "vocabulary" | "size" | "parts">,
  { top = 0, signal, reading = inOrder(text) }: {
    top?: number;
    signal?: AbortSignal | undefined;
    reading?: Reading;
  },
): AsyncGenerator<ListedScore, void, void> {
  signal?.throwIfAborted();
  const { ids, vocabulary: { tokens } } = text;
  const pass = new TextPass(model, reading);
  try {
    await pass.ready(signal);
    let sum = 0;
    let position = 1;
    const place = (id: number): Pick<TokenScore, "position" | "id" | "token"> => ({
      position: position++,
      id,
      token: tokens[id]!,
    });
    for (const rows of reading.sweeps()) {
      const { start, end } = rows[0]!;
      pass.begin();
      if (position === start + 1) yield { ...place(ids[start]!), sum }; // else it ended the line before
      for (let step = 0; step < end - start; step += pass.steps) {
        pass.run(ids, rows, step);
        const logits = await pass.logits.data();
        const from = start + step;
        for (const [row, id] of ids.subarray(from + 1, Math.min(from + pass.steps, end) + 1).entries()) {
          await turn({ signal });
          const at = row * model.vocabularySize;
          const scored = scoreOf(logits.subarray(at, at + model.vocabularySize), id, top);
          if (!Number.isFinite(scored.logProbability)) throw notFinite(position, tokens[id]!);
          sum += scored.logProbability;
          yield { ...place(id), ...scored, sum };
        }
      }
    }
  } finally {
    pass[Symbol.dispose]();
  }
}

/** Softmax of a row of logits in float64, its entropy, the place of one id in it, and the likeliest ids. */
function scoreOf(
  logits: Float32Array,
  id: number,
  top: number,
): Omit<ListedScore, "position" | "id" | "token" | "sum"> & { logProbability: number } {
  const own = logits[id]!;
  let largest = -Infinity;
  let rank = 1;
  for (const logit of logits) {
    if (logit > largest) largest = logit;
    if (logit > own) rank++;
  }
  let total = 0;
  let weighted = 0;
  for (const logit of logits) {
    const centred = logit - largest;
    const weight = Math.exp(centred);
    total += weight;
    if (weight > 0) weighted += weight * centred;
  }
  const log = Math.log(total);
  const scored = { logProbability: own - largest - log, rank, entropy: log - weighted / total };
  if (top === 0) return scored;
  const list = largestOf(logits, top).map((one): [number, number] => [one, logits[one]! - largest - log]);
  return { ...scored, likeliest: list };
}

/** Where the largest of a row are, the largest first; of equal ones the first. */
function largestOf(values: Float32Array, count: number): number[] {
  const places: number[] = [];
  for (const [place, value] of values.entries()) {
    if (places.length === count && value <= values[places.at(-1)!]!) continue;
    const at = places.findIndex((other) => values[other]! < value);
    places.splice(at < 0 ? places.length : at, 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}

function notFinite(position: number, token: string): RangeError {
  return new RangeError(
    `Cannot score token ${
      JSON.stringify(token)
    } at position ${position} as the model's logits are not finite: ` +
      "weights are not finite, or too large for float32",
  );
}
