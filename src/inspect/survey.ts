/**
 * A first walk over a text, without its model: which features it has, and where each is seen best.
 *
 * A feature counts where a network has a reason to follow it, and where a correlation says something:
 *
 * - it comes often enough: chance alone correlates with what comes a few times;
 * - the token itself does not tell it: else every unit that reads its input would have it;
 * - it tells of the token that comes next, beyond what the token itself tells. Position in a word does so in prose, and not in
 *   a text whose characters were shuffled: nothing does there. One that looks ahead counts where its like that looks back
 *   does: else no state of the past can go with it, but one that drifts may seem to, by the chance of few long lines.
 *
 * @module
 */
import { counted } from "../messages/printable.ts";
import { turn, turnIsDue } from "../turn.ts";
import { CLASSES } from "./classes.ts";
import { FeatureReader, featureRow, tableOf, type Tokens, type TokenTable } from "./feature_reader.ts";
import { FEATURE_COUNT, FEATURES, placeOf } from "./features.ts";
import { Places } from "./places.ts";

/** How often a feature must come at least. */
export const OFTEN = 20;
/** The least share of a feature's variance that the tokens themselves do not explain. */
const OWN_SHARE = 0.01;
/** Standard errors by which a feature must move the share of a sort of token that comes next: chance gives 4 at most. */
const TELLING = 5;
/** Tokens of a sort behind tokens of a sort, below which shares are no normal variables. */
const ENOUGH = 8;
/** How often a feature and a sort must be expected to meet: one that is rare meets a rare one twice by chance. */
const BOTH = 3;
/** Tokens between two looks at the clock. */
const BETWEEN = 1024;

/** What a walk is given. */
export interface SurveyOptions {
  /** Parts of the text, each a text of its own. */
  readonly parts: number;
  /** Tokens at which rows begin. */
  readonly starts: ReadonlySet<number>;
  /** W: tokens of an excerpt. */
  readonly excerpt: number;
  readonly signal: AbortSignal | undefined;
}

/** What is known of a feature in a text. */
export interface Finding {
  /** Why it does not count; undefined where it does. */
  readonly reason: string | undefined;
  /** How often it comes. */
  readonly times: number;
  /** Its mean, which is the share of the tokens that have it where it is 0 or 1. */
  readonly mean: number;
  /** Σ f², over all tokens. */
  readonly squares: number;
  /** The first token of the excerpt in which it is seen best. */
  readonly excerpt: number;
}

/** What a walk over a text has found. */
export class Survey {
  /** Tokens that were read: all but the last of each part. */
  tokens = 0;
  /** (V) How often each token was read. */
  readonly counts: Float64Array;
  /** (V, F) Of each token the sums of the features behind it. */
  readonly sums: Float64Array;
  /** Where rows begin, ready to read on. */
  readonly readers: Map<number, FeatureReader> = new Map();
  readonly #text: Tokens;
  readonly #table: TokenTable;
  readonly #places: Places;
  /** (F) How often each came. */
  readonly #times = new Float64Array(FEATURE_COUNT);
  /** Of a sort of token and the sort behind it: how often (C, C), and the sums of features (C, C, F). */
  readonly #pairs = new Float64Array(CLASSES * CLASSES);
  readonly #pairSums = new Float64Array(CLASSES * CLASSES * FEATURE_COUNT);
  /** Of a sort of token the sums of squares (C, F). */
  readonly #sortSquares = new Float64Array(CLASSES * FEATURE_COUNT);

  private constructor(text: Tokens, excerpt: number) {
    const { tokens } = text.vocabulary;
    this.#text = text;
    this.#table = tableOf(text.vocabulary);
    this.#places = new Places(FEATURE_COUNT, excerpt);
    this.counts = new Float64Array(tokens.length);
    this.sums = new Float64Array(tokens.length * FEATURE_COUNT);
  }

  /**
   * Walks over a text.
   *
   * @param text The text.
   * @param options Its parts, what is to be remembered, what ends it.
   */
  static async of(text: Tokens, { parts, starts, excerpt, signal }: SurveyOptions): Promise<Survey> {
    const survey = new Survey(text, excerpt);
    const length = text.ids.length / parts;
    for (let start = 0; start < text.ids.length; start += length) {
      await survey.#walk(start, start + length, { starts, signal });
    }
    return survey;
  }

  async #walk(
    start: number,
    end: number,
    { starts, signal }: Pick<SurveyOptions, "starts" | "signal">,
  ): Promise<void> {
    this.#places.begin();
    const reader = new FeatureReader(this.#text, this.#table, { start, end });
    const row = featureRow();
    const before = featureRow();
    for (let at = start; at < end - 1; at++) {
      if (starts.has(at)) this.readers.set(at, reader.copy());
      if (at % BETWEEN === 0 && turnIsDue()) await turn({ signal });
      const beginsLine = reader.atLineStart;
      reader.next(row);
      this.#places.next(at, this.#add(at, row, before), beginsLine);
    }
  }

  /** Adds the features behind a token; tells which came with it, a bit each. */
  #add(at: number, row: Float32Array, before: Float32Array): number {
    const { ids } = this.#text;
    const id = ids[at]!;
    const { sorts } = this.#table;
    const sort = sorts[id]!;
    const pair = sort * CLASSES + sorts[ids[at + 1]!]!;
    this.tokens++;
    this.counts[id]!++;
    this.#pairs[pair]!++;
    let came = 0;
    for (let f = 0; f < FEATURE_COUNT; f++) {
      const value = row[f]!;
      const last = before[f]!;
      if (value !== last) {
        before[f] = value;
        if (RISES[f] ? value > last : value < last) {
          this.#times[f]!++;
          came |= 1 << f;
        }
      }
      if (value === 0) continue;
      this.sums[id * FEATURE_COUNT + f]! += value;
      this.#pairSums[pair * FEATURE_COUNT + f]! += value;
      this.#sortSquares[sort * FEATURE_COUNT + f]! += value * value;
    }
    return came;
  }

  /** What was found of each feature. */
  findings(): Finding[] {
    return FEATURES.map((_, f) => {
      const mean = sumOver(this.sums, f) / this.tokens;
      const squares = sumOver(this.#sortSquares, f);
      return {
        reason: this.#reason(f),
        times: this.#times[f]!,
        mean,
        squares,
        excerpt: this.#places.best(f),
      };
    });
  }

  #reason(f: number): string | undefined {
    const { kind } = this.#text.vocabulary;
    const times = this.#times[f]!;
    if (times === 0) return "it never comes";
    if (times < OFTEN) return `it comes ${counted(times, "time")}, and ${OFTEN} are needed`;
    if (this.#ownShare(f) < OWN_SHARE) return `the ${kind} itself tells it`;
    const { ahead } = FEATURES[f]!;
    if (ahead) return this.#reason(placeOf(ahead)) && `${ahead} does not count`;
    if (this.#telling(f) < TELLING) return `it tells nothing of the next ${kind}`;
    return undefined;
  }

  /** The share of a feature's variance that lies within tokens that are the same. */
  #ownShare(f: number): number {
    const squares = sumOver(this.#sortSquares, f);
    const total = squares - sumOver(this.sums, f) ** 2 / this.tokens;
    let explained = 0;
    for (const [id, count] of this.counts.entries()) {
      if (count > 0) explained += this.sums[id * FEATURE_COUNT + f]! ** 2 / count;
    }
    return total > 0 ? (squares - explained) / total : 0;
  }

  /**
   * How surely a feature tells of the next token: the largest of the standardized sums Σ (f − mean of f)·(is the next of this
   * sort), each within tokens of one sort.
   */
  #telling(f: number): number {
    let most = 0;
    for (let sort = 0; sort < CLASSES; sort++) {
      const pairs = this.#pairs.subarray(sort * CLASSES, (sort + 1) * CLASSES);
      const sums = pairs.map((_, next) => this.#pairSums[(sort * CLASSES + next) * FEATURE_COUNT + f]!);
      const count = pairs.reduce((sum, pair) => sum + pair, 0);
      if (count === 0) continue;
      const mean = sums.reduce((sum, one) => sum + one, 0) / count;
      const variance = this.#sortSquares[sort * FEATURE_COUNT + f]! / count - mean ** 2;
      const spread = variance / mean ** 2;
      /** About as many tokens have the feature, or lack it where that is rarer. */
      const bearing = count * Math.min(1 / (1 + spread), spread);
      for (const [next, pair] of pairs.entries()) {
        if (pair < ENOUGH || count - pair < ENOUGH || variance < 1e-9) continue;
        const share = pair / count;
        if (bearing * Math.min(share, 1 - share) < BOTH) continue;
        const error = Math.sqrt(count * variance * share * (1 - share));
        most = Math.max(most, Math.abs(sums[next]! - pair * mean) / error);
      }
    }
    return most;
  }
}

/** Whether a feature comes where it rises: a count comes, and so a line, where it begins anew. */
const RISES = FEATURES.map(({ binary, ahead }) => binary || ahead !== undefined);

function sumOver(sums: Float64Array, f: number): number {
  let sum = 0;
  for (let at = f; at < sums.length; at += FEATURE_COUNT) sum += sums[at]!;
  return sum;
}
