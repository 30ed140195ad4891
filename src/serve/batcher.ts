/**
 * Texts that are asked for, one after the other.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { type Generated, goOn } from "../generate.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";

/** One text that is asked for. */
export interface Asked {
  /** Ids to go on from, at least one. */
  readonly prefix: Uint32Array;
  /** Tokens at most. */
  readonly length: number;
  /** Divides the logits; 0 takes the likeliest token. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Which sequence of the seed's random numbers it draws by. */
  readonly stream?: number;
  /** What ends the text. */
  readonly stop?: readonly string[];
  /** Alternatives of each token. */
  readonly top?: number;
  /** Who leaves frees the place. */
  readonly signal?: AbortSignal;
}

/** The error of one more who would wait. */
export class BusyError extends Error {
  /** Its name. */
  override readonly name = "BusyError";
}

/** Takes texts as they are asked for. */
export class Batcher<S extends State = State> implements Disposable {
  readonly #model: RNNModel<S>;
  readonly #vocabulary: Vocabulary;
  readonly #most: number;
  #waiting = 0;
  #running = 0;
  #last: Promise<void> = Promise.resolve();

  /** Begins with nobody. */
  constructor(model: RNNModel<S>, vocabulary: Vocabulary, options: { rows?: number; waiting?: number } = {}) {
    this.#model = model;
    this.#vocabulary = vocabulary;
    this.#most = options.waiting ?? 256;
  }

  /** Texts that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Texts that are drawn. */
  get running(): number {
    return this.#running;
  }

  /**
   * Draws a text.
   *
   * @param asked What is asked for.
   * @returns Its tokens.
   * @throws {BusyError} If too many wait.
   */
  ask(asked: Asked): AsyncGenerator<Generated, void, void> {
    if (this.#waiting >= this.#most) throw new BusyError(`Cannot take one more as ${this.#most} wait`);
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    this.#waiting++;
    return this.#draw(asked, before, resolve);
  }

  async *#draw(
    { prefix, stream = 0, ...options }: Asked,
    before: Promise<void>,
    ended: () => void,
  ): AsyncGenerator<Generated, void, void> {
    await before;
    this.#waiting--;
    this.#running++;
    try {
      const text = this.#vocabulary.decode(prefix);
      yield* goOn(this.#model, this.#vocabulary, {
        ids: prefix,
        text,
        options: { ...options, firstRow: stream },
      });
    } finally {
      this.#running--;
      ended();
    }
  }

  /** Ends. */
  [Symbol.dispose](): void {}
}
