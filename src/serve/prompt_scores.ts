/**
 * Scores of prompts, one after the other: what a model thought of the tokens that were given.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { type ListedScore, scoresOf } from "../train/score.ts";
import { BusyError } from "./batcher.ts";

/** Prompts that wait at most. */
const MOST_WAITING = 256;

/** Scores prompts of one model. */
export class PromptScores {
  readonly #model: RNNModel<State>;
  readonly #vocabulary: Vocabulary;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Begins with none. */
  constructor(model: RNNModel<State>, vocabulary: Vocabulary) {
    this.#model = model;
    this.#vocabulary = vocabulary;
  }

  /** Prompts that wait, the one that is scored among them. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Scores a prompt, once those before it are scored.
   *
   * @param ids Its ids.
   * @param options How many of the likeliest tokens to list at each place, and what ends it early.
   * @returns A score for each id; the first one has no number.
   * @throws {BusyError} If too many wait.
   */
  async score(
    ids: Uint32Array,
    options: { top: number; signal?: AbortSignal | undefined },
  ): Promise<ListedScore[]> {
    if (this.#waiting >= MOST_WAITING) throw new BusyError(`Cannot take one more as ${MOST_WAITING} wait`);
    this.#waiting++;
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await before;
      options.signal?.throwIfAborted();
      return await this.#scores(ids, options);
    } finally {
      this.#waiting--;
      resolve();
    }
  }

  async #scores(
    ids: Uint32Array,
    options: { top: number; signal?: AbortSignal | undefined },
  ): Promise<ListedScore[]> {
    const vocabulary = this.#vocabulary;
    const first = ids[0]!;
    if (ids.length === 1) return [{ position: 1, id: first, token: vocabulary.tokens[first]!, sum: 0 }];
    const text = { ids, vocabulary, size: ids.length, parts: 1 };
    const scores: ListedScore[] = [];
    for await (const score of scoresOf(this.#model, text, options)) scores.push(score);
    return scores;
  }
}
