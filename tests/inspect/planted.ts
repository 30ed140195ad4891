/** An LSTM whose unit 7 was set by hand to follow straight quotation marks, and texts to try it on. @module */
import { assert } from "@std/assert";
import { Corpus, type Device, type InspectedUnit, LSTM, RNNModel, type Vocabulary } from "../../mod.ts";
import { Random } from "../../src/random.ts";

const HIDDEN = 12;
/** The unit. */
export const UNIT = 7;
/** So large that a gate is open or closed. */
const SURE = 20;

const OUTSIDE = "the wind was cold and no one came down to the sea that day".split(" ");
const SPOKEN = "i will not go there with you now she must see him again".split(" ");

/**
 * A text of sentences, of which a part is spoken: between straight quotation marks, in words of its own.
 *
 * @param length Its characters, about.
 * @param seed Which text.
 */
export function spokenText(length: number, seed: number): string {
  const random = new Random(seed);
  const words = (from: readonly string[], most: number): string =>
    Array.from({ length: 2 + random.integer(most) }, () => from[random.integer(from.length)]!).join(" ");
  let text = "";
  while (text.length < length) {
    text += `${words(OUTSIDE, 6)} "${words(SPOKEN, 6)}" ${words(OUTSIDE, 5)}.\n`;
  }
  return text;
}

const LETTERS = "abcdefgh";

/**
 * A text in which quotation marks matter at each letter: behind one comes the next of the alphabet, but between quotation marks
 * the third behind it. Letters and lengths of words are the same on both sides.
 *
 * @param length Its characters, about.
 * @param seed Which text.
 */
export function steppedText(length: number, seed: number): string {
  const random = new Random(seed);
  const word = (step: number): string => {
    const first = random.integer(LETTERS.length);
    return Array.from(
      { length: 2 + random.integer(4) },
      (_, i) => LETTERS[(first + i * step) % LETTERS.length]!,
    )
      .join("");
  };
  const words = (step: number, most: number): string =>
    Array.from({ length: 2 + random.integer(most) }, () => word(step)).join(" ");
  let text = "";
  while (text.length < length) text += `${words(1, 24)} "${words(3, 40)}" ${words(1, 5)}.\n`;
  return text;
}

/**
 * The characters of a text in another order.
 *
 * @param text The text.
 * @param seed Which order.
 */
export function shuffled(text: string, seed: number): string {
  const random = new Random(seed);
  const characters = [...text];
  random.shuffle(characters);
  return characters.join("");
}

/**
 * The model. Its c[7] is 1 between a quotation mark and the next one, else 0: the mark lets either the forget gate close or
 * the input gate open, by what h[7] was.
 *
 * @param device Where it computes.
 * @param vocabulary Whose quotation mark is meant.
 */
export async function plantedModel(device: Device, vocabulary: Vocabulary): Promise<RNNModel> {
  const V = vocabulary.size;
  const model = new RNNModel(new LSTM(device, { inputSize: V, hiddenSize: HIDDEN, seed: 1 }), V);
  const dict = await model.stateDict();
  const set = (name: string, gate: number, row: (column: number) => number): void => {
    const { data, shape } = dict[`rnn.${name}_l0`]!;
    const columns = shape[1] ?? 1;
    const from = (gate * HIDDEN + UNIT) * columns;
    for (let column = 0; column < columns; column++) data[from + column] = row(column);
  };
  const quote = vocabulary.id('"');
  const gates = [
    { bias: -SURE, quote: 2 * SURE, own: -3 * SURE }, // i: open at a mark, unless h was 1 before
    { bias: SURE, quote: -2 * SURE, own: 0 }, // f: closed at a mark
    { bias: SURE, quote: 0, own: 0 }, // g
    { bias: SURE, quote: 0, own: 0 }, // o
  ];
  for (const [gate, { bias, quote: atQuote, own }] of gates.entries()) {
    set("weight_ih", gate, (column) => column === quote ? atQuote : 0);
    set("weight_hh", gate, (column) => column === UNIT ? own : 0);
    set("bias_ih", gate, () => bias);
    set("bias_hh", gate, () => 0);
  }
  model.loadStateDict(dict);
  return model;
}

/**
 * Checks the states of the model's unit over a stretch of a text that begins outside of quotation marks.
 *
 * @param unit What was found of it.
 */
export function assertFollows({ excerpt: { tokens, activations }, state }: InspectedUnit): void {
  let open = false;
  const high = state === "c" ? 1 : Math.tanh(1);
  for (const [at, token] of tokens.entries()) {
    if (token === '"') open = !open;
    const wanted = open ? high : 0;
    assert(Math.abs(activations[at]! - wanted) < 1e-3, `${activations[at]} at ${at}, not ${wanted}`);
  }
}

/** A text as a corpus. */
export function corpusOf(text: string, vocabulary?: Vocabulary): Corpus {
  return Corpus.fromText(text, vocabulary ? { vocabulary } : {});
}
