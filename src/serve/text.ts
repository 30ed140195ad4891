/**
 * A text that is asked for: its tokens, as they are drawn, for one who takes them.
 *
 * @module
 */
import type { Generated } from "../generate.ts";
import type { RowText } from "../generate/row_text.ts";
import type { Asked } from "./asked.ts";

/** A text on its way from a row to whoever asked for it. */
export class Text implements AsyncGenerator<Generated, void, void> {
  /** What is asked for. */
  readonly asked: Asked;
  /** Its characters so far. */
  readonly characters: RowText;
  /** The row in which it is drawn, where it is. */
  row: number | undefined;
  /** Tokens that have been drawn. */
  position = 0;
  #drawn: Generated[] = [];
  #error: { readonly reason: unknown } | undefined;
  #ended = false;
  #change: PromiseWithResolvers<void> | undefined;
  readonly #left: (text: Text) => void;

  /** Begins; `left` is told once, when the text ends or nobody wants it any more. */
  constructor(asked: Asked, characters: RowText, left: (text: Text) => void) {
    this.asked = asked;
    this.characters = characters;
    this.#left = left;
    asked.signal?.addEventListener("abort", this.#abort);
    if (asked.signal?.aborted) this.#abort();
  }

  /** Tokens that are left to draw. */
  get left(): number {
    return this.#ended ? 0 : this.asked.length - this.position;
  }

  /** Whether nothing follows. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes a token, which may be the last. */
  push(token: Generated): void {
    this.#drawn.push(token);
    if (token.end) this.end();
    else this.#tell();
  }

  /** Ends the text; what was drawn is still there to be taken. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.asked.signal?.removeEventListener("abort", this.#abort);
    this.#left(this);
    this.#tell();
  }

  /** Ends the text with an error, in place of what was not taken yet. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    this.#drawn = [];
    this.#error = { reason };
    this.end();
  }

  readonly #abort = (): void => this.fail(this.asked.signal!.reason);

  #tell(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }

  /** The next token, once it is there. */
  async next(): Promise<IteratorResult<Generated, void>> {
    for (;;) {
      const value = this.#drawn.shift();
      if (value) return { value, done: false };
      const error = this.#error;
      this.#error = undefined;
      if (error) throw error.reason;
      if (this.#ended) return { value: undefined, done: true };
      this.#change ??= Promise.withResolvers();
      await this.#change.promise;
    }
  }

  /** Leaves: the place is free. */
  return(): Promise<IteratorResult<Generated, void>> {
    this.#drawn = [];
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  /** Leaves with an error. */
  throw(reason: unknown): Promise<IteratorResult<Generated, void>> {
    void this.return();
    return Promise.reject(reason);
  }

  /** Itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
