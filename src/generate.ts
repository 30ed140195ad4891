/**
 * Generation: the tutorial's greedy predict(), and generate() with temperature, top-k, top-p and stop strings. The state
 * is kept on the device: one step a character, never the prefix again; drawing happens there too, many characters at a time.
 *
 * @module
 */
import type { Vocabulary } from "./data/vocabulary.ts";
import { streamsOf } from "./generate/choose.ts";
import { checkGenerationRoom, mostOf } from "./generate/demand.ts";
import { firstOf } from "./generate/first.ts";
import { likeliest, notFinite } from "./generate/drawn.ts";
import { checkRequest, emptyPrefix, type GenerateOptions, type Request } from "./generate/options.ts";
import { RowText } from "./generate/row_text.ts";
import { readPrefixes } from "./generate/streams.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import { refuseUnknown } from "./messages/options.ts";
import type { RNNModel } from "./model.ts";
import { Pace, turn, turnIsDue, unlessAborted } from "./turn.ts";

export type { GenerateOptions } from "./generate/options.ts";

/** A character of generated text, or a byte or word where the vocabulary is one of these. */
export interface Generated {
  /**
   * What is decided of the text with it; all of them together are the text. It may be nothing: of a byte within a character,
   * and of what may be the beginning of a stop string, which comes with a later character where it is none. Bytes that make
   * no character are U+FFFD.
   */
  text: string;
  /** Its id, also where it is a part of a stop string. */
  id: number;
  /** The logarithm of its probability, temperature and filters left aside, where `logProbabilities` asks for it. */
  logProbability?: number;
  /** Which text it belongs to, from 0: text n of prefix p is row p · count + n. */
  row: number;
  /** The likeliest characters at its place, with their log probabilities, where `top` asks for them. */
  top?: { text: string; id: number; logProbability: number }[];
  /** Of a row's last character: whether a stop string or the length ended the text. */
  end?: "stop" | "length";
}

/** Options of predict(). */
export interface PredictOptions {
  /** Ends the prediction: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Goes on from a prefix with the likeliest character each time: the tutorial's prediction.
 *
 * @param model An RNNModel of the vocabulary's size.
 * @param vocabulary The vocabulary that the model was trained with.
 * @param prefix At least one character.
 * @param length Characters to add.
 * @param options What may end it early.
 * @returns The prefix and what follows.
 * @throws {RangeError} If the prefix is empty or has a character that the vocabulary lacks, or the model's logits are not
 * finite.
 * @throws {TypeError} If an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { openDevice, predict, RNN, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const vocabulary = Vocabulary.fromText("分开 不");
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * assertEquals([...await predict(model, vocabulary, "分开", 10)].length, 12);
 * ```
 */
export async function predict<S extends State>(
  model: RNNModel<S>,
  vocabulary: Vocabulary,
  prefix: string,
  length: number,
  options: PredictOptions = {},
): Promise<string> {
  const { signal } = options;
  refuseUnknown("predict", options, { signal });
  let text = prefix;
  for await (const character of generate(model, vocabulary, { prefix, length, temperature: 0, signal })) {
    text += character.text;
  }
  return text;
}

/**
 * Goes on from one text or several, a character at a time, `count` times each.
 *
 * @param model An RNNModel of the vocabulary's size.
 * @param vocabulary The vocabulary that the model was trained with.
 * @param options The prefixes to go on from, the length, and how characters are drawn.
 * @returns The characters as they come; with several rows row by row within a step.
 * @throws {RangeError} If a prefix is empty or has a character that the vocabulary lacks, a number is out of range, or the
 * model's logits are not finite.
 * @throws {TypeError} If an option is unknown.
 *
 * @example Usage
 * ```ts
 * import { generate, openDevice, RNN, RNNModel, Vocabulary } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const vocabulary = Vocabulary.fromText("分开 不");
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
 * const options = { prefix: "分开", length: 5, temperature: 0.8, topK: 3, seed: 1 };
 * const texts: string[] = [];
 * for await (const { text } of generate(model, vocabulary, options)) texts.push(text);
 * assertEquals(texts.length, 5);
 * ```
 */
export function generate<S extends State>(
  model: RNNModel<S>,
  vocabulary: Vocabulary,
  options: GenerateOptions,
): AsyncGenerator<Generated, void, void> {
  const request = (): Request => checkRequest(options, vocabulary, model.vocabularySize);
  return draw(model, vocabulary, { options, request });
}

/**
 * Goes on from ids, which no text need come to: bytes may end within a character.
 *
 * @param model The model.
 * @param vocabulary Its tokens.
 * @param from The ids, one or more; the text whose tokens the last ones are; how to go on.
 * @returns What generate() gives.
 *
 * @internal
 */
export function goOn<S extends State>(
  model: RNNModel<S>,
  vocabulary: Vocabulary,
  { ids, text, options }: {
    ids: Uint32Array;
    text: string;
    options: Omit<GenerateOptions, "prefix" | "prefixes">;
  },
): AsyncGenerator<Generated, void, void> {
  const request = (): Request => ({
    ...checkRequest({ ...options, prefixes: [] }, vocabulary, model.vocabularySize),
    prefixes: [ids],
    texts: [text],
  });
  return draw(model, vocabulary, { options, request });
}

/** Checks a request when the first character is asked for, and draws. */
async function* draw<S extends State>(
  model: RNNModel<S>,
  vocabulary: Vocabulary,
  { options, request }: { options: GenerateOptions; request: () => Request },
): AsyncGenerator<Generated, void, void> {
  const { length = 200, top = 0, logProbabilities = false, firstRow = 0, count: copies = 1, signal } =
    options;
  const { prefixes: given, texts: named, stops, ending } = request();
  if (given.length === 0) throw emptyPrefix();
  const most = mostOf(model.device, { length, top });
  signal?.throwIfAborted();
  checkGenerationRoom(model, { prefixes: given.length, count: copies, most });
  const prefixes = given.flatMap((ids) => Array<Uint32Array>(copies).fill(ids)); // rows share their prefix
  const streams = streamsOf(model, { batch: prefixes.length, most });
  try {
    await unlessAborted(model.device.ready(), signal);
    await readPrefixes(streams, prefixes, signal);
    const texts = prefixes.map((ids, row) =>
      new RowText(vocabulary, { ids, text: named[Math.floor(row / copies)]! }, stops)
    );
    // How many tokens each row draws before its line may end.
    const bars = prefixes.map((ids) => ending ? ending.least - (ids.length - 1) : 0);
    const pace = new Pace(most, firstOf(model.device, model.parameterCount(), prefixes.length));
    for (let from = 0; from < length && texts.some(({ end }) => end === undefined);) {
      const next = bars.reduce((least, bar) => bar > from ? Math.min(least, bar) : least, length);
      const count = Math.min(pace.steps, next - from);
      const start = performance.now();
      const rows = prefixes.map((_, row) => {
        const barred = ending && bars[row]! > from ? { barred: ending.id } : {};
        return { ...options, ...barred, stream: firstRow + row, position: from };
      });
      const history = await streams.draw(rows, count);
      pace.took(performance.now() - start);
      const best = top > 0 ? likeliest(await streams.logits(), { rows: prefixes.length, count: top }) : [];
      for (let slot = 0; slot < count; slot++) {
        if (turnIsDue()) await turn();
        signal?.throwIfAborted();
        for (const [row, text] of texts.entries()) {
          if (text.end !== undefined) continue;
          const { id, logarithm } = history(slot, row);
          if (!Number.isFinite(logarithm)) throw notFinite(row, from + slot);
          const decided = text.push(id, from + slot === length - 1);
          const piece: Generated = logProbabilities
            ? { text: decided, id, logProbability: logarithm, row }
            : { text: decided, id, row };
          if (best.length > 0) {
            piece.top = best[row]!.map(([other, value]) => ({
              text: vocabulary.decode([other]),
              id: other,
              logProbability: value,
            }));
          }
          if (text.end) {
            streams.leave(row);
            piece.end = text.end;
          }
          yield piece;
        }
      }
      from += count;
    }
  } finally {
    streams[Symbol.dispose]();
  }
}
