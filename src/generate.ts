/**
 * Generation: the tutorial's greedy predict(), and generate() with temperature, top-k, top-p and stop strings. The state
 * is kept on the device: one step a character, never the prefix again; drawing happens there too, many characters at a time.
 *
 * @module
 */
import type { Vocabulary } from "./data/vocabulary.ts";
import { StreamsAtOnce } from "./generate/at_once.ts";
import { StreamsByStep } from "./generate/by_step.ts";
import type { Streams } from "./generate/streams.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import type { RNNModel } from "./model.ts";
import { type Names, refuseUnknown } from "./messages/options.ts";
import { assertIn, RANGES } from "./ranges.ts";
import { assertBelow } from "./ids.ts";

/** Options of generate(). */
export interface GenerateOptions {
  /** The text to go on from: at least one character, all in the vocabulary. */
  prefix?: string;
  /** Several texts to go on from, side by side, in place of `prefix`. */
  prefixes?: readonly string[];
  /**
   * Characters to add to each.
   *
   * @default {200}
   */
  length?: number;
  /**
   * Divides the logits: below 1 safer, above 1 wilder; 0 takes the likeliest character always.
   *
   * @default {1}
   */
  temperature?: number;
  /**
   * Draw from the k likeliest characters only; 0 for all.
   *
   * @default {0}
   */
  topK?: number;
  /**
   * Draw from the likeliest characters whose probabilities add up to p only.
   *
   * @default {1}
   */
  topP?: number;
  /**
   * The same seed gives the same text.
   *
   * @default {0}
   */
  seed?: number;
  /** Strings that end a text; they are its last characters. */
  stop?: string | readonly string[];
  /**
   * How many of the likeliest characters to list with each character.
   *
   * @default {0}
   */
  top?: number;
  /** Ends the generation. */
  signal?: AbortSignal;
}

/** A character of generated text, or a byte or word where the vocabulary is one of these. */
export interface Generated {
  /** What it adds to the text. A byte within a character adds nothing, or U+FFFD where the text ends there. */
  text: string;
  /** Its id. */
  id: number;
  /** The logarithm of its probability, temperature and filters left aside. */
  logProbability: number;
  /** Which of `prefixes` it goes on from. */
  row: number;
  /** The likeliest characters at its place, with their log probabilities, where `top` asks for them. */
  top?: { text: string; logProbability: number }[];
}

/** Characters that the first run draws. */
const FIRST_CHUNK = 16;
/** Characters that a run draws at most. */
const LARGEST_CHUNK = 256;
/** Milliseconds: where four times the characters would take less, the next run draws them, as each run costs a call. */
const FAST = 20;
/** Milliseconds: a run that took longer is followed by one of half the characters, so that text comes steadily. */
const SLOW = 40;

/** What the numbers among the options may be. */
const NUMBERS = {
  length: RANGES.amount,
  topK: RANGES.amount,
  top: RANGES.amount,
  seed: RANGES.seed,
  temperature: RANGES.rate,
  topP: RANGES.share,
};
/** The names of all options. */
const OPTIONS: Names<GenerateOptions> = {
  ...NUMBERS,
  prefix: true,
  prefixes: true,
  stop: true,
  signal: true,
};

/**
 * Goes on from a prefix with the likeliest character each time: the tutorial's prediction.
 *
 * @param model An RNNModel of the vocabulary's size.
 * @param vocabulary The vocabulary that the model was trained with.
 * @param prefix At least one character.
 * @param length Characters to add.
 * @returns The prefix and what follows.
 * @throws {RangeError} If the prefix is empty or has a character that the vocabulary lacks.
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
): Promise<string> {
  let text = prefix;
  for await (const character of generate(model, vocabulary, { prefix, length, temperature: 0 })) {
    text += character.text;
  }
  return text;
}

/**
 * Goes on from one text or several, a character at a time.
 *
 * @param model An RNNModel of the vocabulary's size.
 * @param vocabulary The vocabulary that the model was trained with.
 * @param options The prefixes to go on from, the length, and how characters are drawn.
 * @returns The characters as they come; with several prefixes row by row within a step.
 * @throws {RangeError} If a prefix is empty or has a character that the vocabulary lacks, or a number is out of range.
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
export async function* generate<S extends State>(
  model: RNNModel<S>,
  vocabulary: Vocabulary,
  options: GenerateOptions,
): AsyncGenerator<Generated, void, void> {
  const { length = 200, top = 0, signal } = options;
  const prefixes = checked(options, vocabulary, model.vocabularySize);
  const stops = [options.stop ?? []].flat().filter((stop) => stop.length > 0);
  const software = model.device.software;
  const most = top > 0 ? 1 : Math.min(length, software ? FIRST_CHUNK : LARGEST_CHUNK);
  const streams = streamsOf(model, { batch: prefixes.length, most });
  try {
    streams.readPrefixes(prefixes);
    const texts = prefixes.map(() => "");
    const ended = prefixes.map(() => false);
    const decoders = prefixes.map((prefix) => {
      const decoder = vocabulary.decoder(); // it knows from the prefix what a first word or byte goes on from
      for (const id of prefix) decoder.push(id);
      return decoder;
    });
    let chunk = Math.min(FIRST_CHUNK, most);
    for (let from = 0; from < length && ended.includes(false);) {
      signal?.throwIfAborted();
      const count = Math.min(chunk, length - from);
      const start = performance.now();
      const history = await streams.draw({ ...options, position: from, count });
      chunk = Math.min(nextChunk(chunk, performance.now() - start), most);
      const best = top > 0 ? likeliest(await streams.logits(), { rows: prefixes.length, count: top }) : [];
      for (let slot = 0; slot < count; slot++) {
        for (let row = 0; row < prefixes.length; row++) {
          if (ended[row]) continue;
          const { id, logProbability } = history(slot, row);
          let text = decoders[row]!.push(id);
          if (stops.length > 0) {
            texts[row] += text;
            ended[row] = stops.some((stop) => texts[row]!.endsWith(stop));
          }
          if (ended[row] || from + slot === length - 1) text += decoders[row]!.end();
          const list = best[row]?.map(([other, value]) => ({
            text: vocabulary.decode([other]),
            logProbability: value,
          }));
          yield { text, id, logProbability, row, ...(list ? { top: list } : {}) };
        }
      }
      from += count;
    }
  } finally {
    streams[Symbol.dispose]();
  }
}

/**
 * Chooses how rows of text are drawn: many characters a run, or a step a run.
 *
 * The kernel that draws many does not know projections. On WebGPU it gives each row a workgroup that reads all weights, so
 * software GPUs take large models and many rows step by step (PERFORMANCE.md, Generation).
 */
function streamsOf<S extends State>(model: RNNModel<S>, sizes: { batch: number; most: number }): Streams {
  const { projSize, numLayers } = model.rnn.options;
  const size = model.parameterCount();
  const beyond = sizes.batch > 4 || numLayers > 8 || size > 2 ** 21;
  const byStep = projSize > 0 || (model.device.software && beyond);
  return byStep ? new StreamsByStep(model, sizes) : new StreamsAtOnce(model, sizes);
}

/** How many characters the next run draws, by how long the last one took. */
function nextChunk(chunk: number, milliseconds: number): number {
  if (4 * milliseconds < FAST) return Math.min(4 * chunk, LARGEST_CHUNK);
  return milliseconds > SLOW ? Math.max(1, chunk >> 1) : chunk;
}

/** The `count` likeliest ids of each row of logits, with their log probabilities. */
function likeliest(
  logits: Float32Array,
  { rows, count }: { rows: number; count: number },
): [id: number, logProbability: number][][] {
  const columns = logits.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const values = logits.subarray(row * columns, (row + 1) * columns);
    const largest = values.reduce((a, b) => Math.max(a, b));
    const total = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
    const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
    return order.slice(0, count).map((id): [number, number] => [id, values[id]! - total]);
  });
}

function checked(options: GenerateOptions, vocabulary: Vocabulary, size: number): Uint32Array[] {
  refuseUnknown("generate", options, OPTIONS);
  const { prefix, length = 200, temperature = 1, topK = 0, topP = 1, top = 0, seed = 0 } = options;
  if (vocabulary.size !== size) {
    throw new TypeError(
      `Cannot generate as the model's vocabulary has ${size} characters: the one that was given has ${vocabulary.size}`,
    );
  }
  const numbers = { length, temperature, topK, topP, top, seed };
  for (const [name, value] of Object.entries(numbers)) {
    assertIn(NUMBERS[name as keyof typeof numbers], value, { action: "generate", name });
  }
  const prefixes = options.prefixes ?? (prefix === undefined ? [] : [prefix]);
  if (prefixes.length === 0 || prefixes.includes("")) {
    throw new RangeError(
      "Cannot generate from an empty prefix: it must have at least one character of the vocabulary",
    );
  }
  return prefixes.map((text) => {
    const ids = vocabulary.encode(text);
    if (ids.length === 0) {
      throw new RangeError(`Cannot generate from prefix "${text}": the vocabulary has none of it`);
    }
    assertBelow(ids, size);
    return ids;
  });
}
