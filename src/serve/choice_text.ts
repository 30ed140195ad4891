/**
 * A text as its tokens come, and what is told of each token. A token is told once all of its text is decided: what is cut
 * off by a stop string is told neither as text nor as a token.
 *
 * @module
 */
import type { TokenDecoder } from "../data/tokens.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Generated } from "../generate.ts";
import type { ListedScore } from "../train/score.ts";

/** What is told of a token. */
export interface Token {
  readonly token: string;
  /** Nothing predicts the first one of a prompt, and of others it may not be asked for. */
  readonly logProbability: number | null;
  /** The likeliest tokens at its place, and itself. */
  readonly top: Readonly<Record<string, number>> | null;
  /** Where it begins in the text, in characters. */
  readonly offset: number;
}

/** A part of a text. */
export interface Piece {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly end?: "stop" | "length" | undefined;
}

/** A token whose text is not decided. */
interface Pending {
  readonly token: Token;
  /** Where it ends in the text, in UTF-16 units; undefined of a byte within a character. */
  end: number | undefined;
}

/** One text of a request. */
export class ChoiceText {
  readonly #vocabulary: Vocabulary;
  readonly #decoder: TokenDecoder;
  readonly #echo: boolean;
  /** The text of the prompt. */
  readonly #prompt: string;
  /** Whether the prompt has the space already that stands before the first word. */
  #spaced = false;
  /** UTF-16 units of the tokens that have come, and of the text that is decided. */
  #come = 0;
  #decided = 0;
  /** Characters of the text so far. */
  #characters = 0;
  #pending: Pending[] = [];

  /** Begins behind a prompt, which is a part of the text where it is echoed. */
  constructor(
    vocabulary: Vocabulary,
    { ids, echo, spaced = false }: { ids: Uint32Array; echo: boolean; spaced?: boolean },
  ) {
    this.#vocabulary = vocabulary;
    this.#decoder = vocabulary.decoder();
    this.#echo = echo;
    this.#spaced = spaced;
    let prompt = "";
    for (const id of ids) prompt += this.#decoder.push(id);
    this.#prompt = spaced ? `${prompt} ` : prompt;
    if (echo) this.#characters = charactersOf(this.#prompt);
  }

  /** The echo, with what is known of its tokens where that is asked for. */
  echo(scores: readonly ListedScore[] | undefined): Piece {
    if (!this.#echo) return { text: "", tokens: [] };
    const decoder = this.#vocabulary.decoder();
    let offset = 0;
    const tokens = (scores ?? []).map(({ id, logProbability = null, likeliest }): Token => {
      const start = offset;
      offset += charactersOf(decoder.push(id));
      const top = logProbability === null ? null : this.#listOf(likeliest ?? [], [id, logProbability]);
      return { token: this.#vocabulary.tokens[id]!, logProbability, top, offset: start };
    });
    return { text: this.#prompt, tokens };
  }

  /** Takes the next token; gives what is decided with it. */
  push({ id, text, logProbability, top = [], end }: Generated): Piece {
    const given = this.#decoder.push(id);
    const piece = this.#spaced ? given.replace(/^ /, "") : given;
    if (piece !== "") this.#spaced = false;
    const list = top.map((one): [number, number] => [one.id, one.logProbability]);
    const token = {
      token: this.#vocabulary.tokens[id]!,
      logProbability: logProbability ?? null,
      top: logProbability === undefined ? null : this.#listOf(list, [id, logProbability]),
      offset: this.#characters,
    };
    this.#pending.push({ token, end: undefined });
    if (piece !== "") {
      this.#come += piece.length;
      this.#characters += charactersOf(piece);
      for (const one of this.#pending) one.end ??= this.#come;
    }
    this.#decided += text.length;
    return { text, tokens: this.#take(end), end };
  }

  /** The tokens of which all is decided. */
  #take(end: Generated["end"]): Token[] {
    const open = this.#pending.findIndex((one) => one.end === undefined || one.end > this.#decided);
    const count = end === "length" || open < 0 ? this.#pending.length : open;
    return this.#pending.splice(0, count).map(({ token }) => token);
  }

  #listOf(
    likeliest: readonly [id: number, logProbability: number][],
    own: [id: number, logProbability: number],
  ): Record<string, number> {
    const { tokens } = this.#vocabulary;
    return Object.fromEntries([...likeliest, own].map(([id, value]) => [tokens[id]!, value]));
  }
}

function charactersOf(text: string): number {
  let characters = 0;
  for (const _ of text) characters++;
  return characters;
}
