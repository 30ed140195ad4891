/**
 * A text coloured by how much each token of it surprised the model: the likely stays as it is, the rest stands on a ground
 * that is the warmer the less likely it was.
 *
 * @module
 */
import type { TokenDecoder } from "../../data/tokens.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { TokenScore } from "../../train/score.ts";
import { type Line, type Piece, type Style, styled } from "../style.ts";

/** From how many bits on a token has which ground. */
const GROUNDS: readonly (readonly [bits: number, style: Style])[] = [
  [2, "warm1"],
  [4, "warm2"],
  [7, "warm3"],
  [10, "warm4"],
];

/** What the grounds mean. */
export const LEGEND: Line = [
  "surprise in bits, -log2 p:",
  ...GROUNDS.flatMap(([bits, style]): Piece[] => [" ", styled(style, ` from ${bits} `)]),
];

/** The ground of a token; none of a likely one, and of the first, which nothing predicts. */
function groundOf(logProbability: number | undefined): Style | undefined {
  const bits = -(logProbability ?? 0) / Math.LN2;
  return GROUNDS.findLast(([least]) => bits >= least)?.[1];
}

/**
 * A text on the ground of its token.
 *
 * @param text The text.
 * @param logProbability The natural logarithm of the token's probability; undefined of the first one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(coloured("a", -0.1), "a");
 * assertEquals(coloured("a", Math.log(1 / 32)), { style: "warm2", text: "a" });
 * ```
 */
export function coloured(text: string, logProbability: number | undefined): Piece {
  const style = groundOf(logProbability);
  return style === undefined ? text : styled(style, text);
}

/** A text as it stands, token by token. */
export class Passage {
  readonly #decoder: TokenDecoder;
  readonly #lines: Piece[][] = [[]];
  /** Of tokens that have no text yet, as bytes within a character: the least likely one. */
  #least: number | undefined;

  /** Begins with nothing. */
  constructor(vocabulary: Vocabulary) {
    this.#decoder = vocabulary.decoder();
  }

  /** Takes the next token. */
  add({ id, logProbability }: TokenScore): void {
    if (logProbability !== undefined) this.#least = Math.min(this.#least ?? 0, logProbability);
    const [first, ...others] = this.#decoder.push(id).split("\n");
    if (first === "" && others.length === 0) return;
    // A line break is seen by its sign.
    this.#lines.at(-1)!.push(coloured(first + (others.length > 0 ? "↵" : ""), this.#least));
    for (const line of others) this.#lines.push(line === "" ? [] : [coloured(line, this.#least)]);
    this.#least = undefined;
  }

  /** The lines of the text so far. */
  lines(): Line[] {
    return this.#lines.filter((line, index) => line.length > 0 || index < this.#lines.length - 1);
  }
}
