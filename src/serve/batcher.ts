/**
 * Texts of one model that are drawn together: they join and leave between characters.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Generated } from "../generate.ts";
import { likeliest, notFinite } from "../generate/drawn.ts";
import { checkRequest, emptyPrefix } from "../generate/options.ts";
import { RowText } from "../generate/row_text.ts";
import type { Draw, History } from "../generate/streams.ts";
import { assertBelow } from "../ids.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { RNNModel } from "../model.ts";
import { turn } from "../turn.ts";
import type { Asked } from "./asked.ts";
import { Rows, RUN_STEPS } from "./rows.ts";
import { Text } from "./text.ts";

export type { Asked } from "./asked.ts";

/** The error of one more who would wait. */
export class BusyError extends Error {
  /** Its name. */
  override readonly name = "BusyError";
}

/** The error of a text whose server ends. */
export class EndedError extends Error {
  /** Its name. */
  override readonly name = "EndedError";
}

/** Rows that are drawn together, at most: bench/serve.ts. */
const ROWS = 32;
/** Texts that wait, at most. */
const WAITING = 256;
/** Steps that a run takes though a text ends before: shorter ones cost more than they save. */
const LEAST_STEPS = 4;

/** Draws the texts of all who ask, together. */
export class Batcher<S extends State = State> implements Disposable {
  readonly #model: RNNModel<S>;
  readonly #vocabulary: Vocabulary;
  readonly #mostWaiting: number;
  readonly #mostRows: number;
  readonly #rows: Rows<S>;
  readonly #waiting: Set<Text> = new Set();
  #works = false;
  #ended = false;
  #retired = false;

  /** Begins with nobody. */
  constructor(model: RNNModel<S>, vocabulary: Vocabulary, options: { rows?: number; waiting?: number } = {}) {
    this.#model = model;
    this.#vocabulary = vocabulary;
    this.#mostWaiting = options.waiting ?? WAITING;
    this.#mostRows = options.rows ?? ROWS;
    this.#rows = new Rows(model, this.#mostRows);
  }

  /** Texts that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Texts that are drawn. */
  get running(): number {
    return this.#rows.texts.length;
  }

  /**
   * Draws a text beside others. It is drawn whether or not its tokens are taken.
   *
   * @param asked What is asked for.
   * @returns Its tokens. Who returns it, or aborts the signal, frees the place.
   * @throws {BusyError} If too many wait.
   * @throws {RangeError} If the prefix is empty, or a number is out of range.
   */
  ask(asked: Asked): AsyncGenerator<Generated, void, void> {
    if (this.#ended) throw new EndedError("Cannot draw a text as the server ends");
    const { prefix, spaced = false, stream: firstRow, signal: _, ...options } = asked;
    const { stops } = checkRequest(
      { ...options, ...(firstRow === undefined ? {} : { firstRow }), prefixes: [] },
      this.#vocabulary,
      this.#model.vocabularySize,
    );
    if (prefix.length === 0) throw emptyPrefix();
    assertBelow(prefix, this.#model.vocabularySize);
    const free = Math.max(0, this.#mostRows - this.running);
    if (this.waiting >= this.#mostWaiting + free) {
      throw new BusyError(`Cannot take one more as ${this.#mostWaiting} wait`);
    }
    const characters = new RowText(
      this.#vocabulary,
      { ids: prefix, text: this.#vocabulary.decode(prefix) + (spaced ? " " : "") },
      stops,
    );
    const text = new Text(asked, characters, (one) => {
      this.#waiting.delete(one);
      this.#rows.leave(one);
    });
    if (asked.length === 0) text.end();
    if (text.ended) return text;
    this.#waiting.add(text);
    if (!this.#works) void this.#work();
    return text;
  }

  async #work(): Promise<void> {
    this.#works = true;
    try {
      await turn({ due: true }); // who asks at once begins together
      while (!this.#ended && this.waiting + this.running > 0) {
        await this.#step();
        await turn({ due: true });
      }
    } catch (error) {
      this.#failAll(error);
      this.#rows[Symbol.dispose]();
    } finally {
      this.#works = false;
      if (this.#ended || this.#retired) this.#rows[Symbol.dispose]();
    }
  }

  /** Lets in who waits, reads on in prefixes, and draws. */
  async #step(): Promise<void> {
    const rows = this.#rows;
    await rows.fit(this.waiting + this.running);
    if (this.#ended) return;
    for (const text of this.#waiting) {
      if (!rows.join(text)) break;
      this.#waiting.delete(text);
    }
    const { streams } = rows;
    const isReady = ({ row }: Text): boolean => row !== undefined && streams.isReady(row);
    await streams.read(rows.texts.some(isReady) ? RUN_STEPS : Infinity);
    const texts = rows.texts.filter(isReady);
    if (texts.length === 0 || this.#ended) return;
    const draws: (Draw | undefined)[] = Array(streams.batch).fill(undefined);
    for (const { asked, row, position } of texts) {
      draws[row!] = { ...asked, stream: asked.stream ?? 0, position };
    }
    const left = texts.map((text) => text.left);
    const tops = texts.some(({ asked }) => (asked.top ?? 0) > 0);
    const fitting = Math.min(Math.max(Math.min(...left), LEAST_STEPS), Math.max(...left));
    const count = tops ? 1 : Math.min(rows.pace.steps, fitting);
    const start = performance.now();
    const history = await streams.draw(draws, count);
    if (count === rows.pace.steps) rows.pace.took(performance.now() - start);
    const logits = tops ? await streams.logits() : undefined;
    for (const text of texts) this.#tell(text, { history, count, logits });
  }

  /** Gives a text what was drawn for it. */
  #tell(
    text: Text,
    { history, count, logits }: { history: History; count: number; logits: Float32Array | undefined },
  ): void {
    const { row, asked: { length, top = 0, logProbabilities = false } } = text;
    for (let slot = 0; slot < count && !text.ended; slot++) {
      const { id, logarithm } = history(slot, row!);
      if (!Number.isFinite(logarithm)) return text.fail(notFinite(0, text.position));
      text.position++;
      const decided = text.characters.push(id, text.position === length);
      const { end } = text.characters;
      text.push({
        text: decided,
        id,
        ...(logProbabilities ? { logProbability: logarithm } : {}),
        row: 0,
        ...(top > 0 ? { top: this.#alternatives(logits!, row!, top) } : {}),
        ...(end ? { end } : {}),
      });
    }
  }

  #alternatives(logits: Float32Array, row: number, count: number): NonNullable<Generated["top"]> {
    const columns = this.#model.vocabularySize;
    const own = logits.subarray(row * columns, (row + 1) * columns);
    return likeliest(own, { rows: 1, count })[0]!.map(([id, logProbability]) => ({
      text: this.#vocabulary.decode([id]),
      id,
      logProbability,
    }));
  }

  #failAll(error: unknown): void {
    for (const text of [...this.#waiting, ...this.#rows.texts]) text.fail(error);
  }

  /** From now on has rows only while somebody asks: few do, as the model has been replaced. */
  retire(): void {
    this.#retired = true;
    if (!this.#works) this.#rows[Symbol.dispose]();
  }

  /** Ends all texts; the model is its owner's. */
  [Symbol.dispose](): void {
    this.#ended = true;
    this.#failAll(new EndedError("Cannot go on with a text as the server ends"));
    if (!this.#works) this.#rows[Symbol.dispose]();
  }
}
