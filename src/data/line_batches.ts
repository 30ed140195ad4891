/**
 * A corpus of lines, cut into batches of whole lines: each is padded to one of a few lengths, and what is padded is no target.
 *
 * @module
 */
import { Random } from "../random.ts";
import { type Batch, SHUFFLE_STREAMS } from "./batches.ts";
import { chooseLengths } from "./choose_lengths.ts";
import type { Corpus } from "./corpus.ts";
import { breaksOf } from "./lines.ts";
import { rowsOf } from "./padded_batches.ts";

/** Lengths that batches have: 6 % of the steps of names are padding with 8, and each length is a recorded program. */
const LENGTHS = 8;

/** How lines are cut. */
export interface LineBatchOptions {
  /** Rows of a batch; fewer lines make one batch of their own number. */
  readonly batchSize: number;
  /** Batches that make a step, and are cut as one. */
  readonly accumulateSteps: number;
  /** The seed of the order. */
  readonly seed: number;
  /** How many lengths batches may have. */
  readonly numLengths?: number;
}

/** A batch of lines. */
export interface LineBatch extends Batch {
  /** T: steps of each row. */
  readonly steps: number;
  /** Tokens that count. */
  readonly tokens: number;
}

/** The batches of a corpus of lines. */
export class LineBatches {
  /** Rows of a batch, or of each part of one. */
  readonly batchSize: number;
  /** T of the batches, rising: the last one is of the longest line. */
  readonly lengths: readonly number[];
  /** How many batches, or steps of several, an epoch has. */
  readonly stepsPerEpoch: number;
  /** The tokens of all lines that are predicted, their ends among them. */
  readonly tokens: number;
  /** How many lines there are. */
  readonly lines: number;
  readonly #corpus: Corpus;
  readonly #breaks: Uint32Array;
  /** Steps of each line. */
  readonly #steps: Uint32Array;
  readonly #parts: number;
  readonly #seed: number;

  /**
   * Finds the lines, and chooses the lengths.
   *
   * @param corpus A corpus of lines.
   * @param options How they are cut.
   */
  constructor(corpus: Corpus, { batchSize, accumulateSteps, seed, numLengths = LENGTHS }: LineBatchOptions) {
    this.#corpus = corpus;
    this.#breaks = breaksOf(corpus);
    this.#steps = this.#breaks.subarray(1).map((end, line) => end - this.#breaks[line]!);
    this.#parts = accumulateSteps;
    this.#seed = seed;
    this.lines = this.#steps.length;
    this.batchSize = Math.min(batchSize, Math.ceil(this.lines / accumulateSteps));
    this.lengths = chooseLengths(this.#steps, numLengths);
    this.stepsPerEpoch = Math.ceil(this.lines / this.#rows);
    this.tokens = corpus.size - 1;
  }

  /** Rows of a step. */
  get #rows(): number {
    return this.batchSize * this.#parts;
  }

  /** What stands where there is no target: no token has it. */
  get padding(): number {
    return this.#corpus.vocabulary.size;
  }

  /**
   * The batches of an epoch, each of as many rows; the last lines are beside rows of padding.
   *
   * @param epoch The epoch, from 1: each has an order of its own.
   */
  *of(epoch: number): Generator<LineBatch, void, void> {
    const random = new Random(this.#seed, SHUFFLE_STREAMS + epoch);
    const options = { chosen: this.lengths, batchSize: this.#rows, dropLast: false, random };
    for (const { rows, steps } of rowsOf(this.#steps, options)) yield this.#cut(rows, steps);
  }

  #cut(lines: readonly number[], steps: number): LineBatch {
    const { ids } = this.#corpus;
    const inputs = new Uint32Array(this.#rows * steps);
    const targets = new Uint32Array(this.#rows * steps).fill(this.padding);
    let tokens = 0;
    lines.forEach((line, row) => {
      const start = this.#breaks[line]!;
      const end = this.#breaks[line + 1]!;
      inputs.set(ids.subarray(start, end), row * steps);
      targets.set(ids.subarray(start + 1, end + 1), row * steps);
      tokens += end - start;
    });
    return { inputs, targets, steps, tokens };
  }
}
