/**
 * What has come of several texts and is not sent yet: pieces of one text become one where whoever reads is slower than the
 * model.
 *
 * @module
 */
import type { Piece, Token } from "./choice_text.ts";

/** A piece that may grow. */
interface Growing {
  text: string;
  tokens: Token[];
  end?: Piece["end"];
}

/** Pieces by the index of their text. */
export class Outbox {
  #pieces: Map<number, Growing> = new Map();
  #come: PromiseWithResolvers<void> = Promise.withResolvers();
  #closed = false;

  /** Takes a piece in. */
  add(index: number, piece: Piece): void {
    if (piece.text === "" && piece.tokens.length === 0 && piece.end === undefined) return;
    const before = this.#pieces.get(index);
    if (before) {
      before.text += piece.text;
      before.tokens.push(...piece.tokens);
      before.end = piece.end;
    } else {
      this.#pieces.set(index, { ...piece, tokens: [...piece.tokens] });
    }
    this.#come.resolve();
  }

  /** Says that no piece comes any more. */
  close(): void {
    this.#closed = true;
    this.#come.resolve();
  }

  /** Waits for pieces; gives all that are there, none where no more come. */
  async take(): Promise<[index: number, piece: Piece][]> {
    await this.#come.promise;
    const pieces = [...this.#pieces];
    this.#pieces = new Map();
    if (!this.#closed) this.#come = Promise.withResolvers();
    return pieces;
  }
}
