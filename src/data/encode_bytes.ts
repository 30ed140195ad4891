/**
 * Bytes to ids, a piece after the other: the bytes of a file as they stand, or those of a text in UTF-8.
 *
 * @module
 */

import { CharacterLimit, UTF8 } from "./character_limit.ts";
import { IdBlocks } from "./id_blocks.ts";
import type { LineBreakCounts, Newlines } from "./line_breaks.ts";

/** Bytes that are taken at once. */
const SLICE = 2 ** 16;
/** Units of UTF-16 whose bytes are made at once, at most 3 of a unit. */
const UNITS = 2 ** 16;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Collects bytes, whose ids are they themselves, counts their line breaks and turns them into spaces where asked to.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new ByteEncoder({ newlines: "space" });
 * encoder.push(Uint8Array.of(0x61, 0x0d));
 * encoder.push(Uint8Array.of(0x0a, 0xff));
 * assertEquals([encoder.ids.size, encoder.counts.lineBreaks], [3, 1]);
 * ```
 */
export class ByteEncoder {
  /** The bytes so far. */
  readonly ids = new IdBlocks();
  /** What a line break becomes; undefined where it stays as it is. */
  readonly #lineBreak: number | undefined;
  #slice = new Uint8Array(0);
  readonly #limit: CharacterLimit | undefined;
  #previous = 0;
  #lineBreaks = 0;
  #carriageReturns = 0;

  /**
   * Begins a text.
   *
   * @param options What becomes of line breaks, and how many characters to take.
   */
  constructor({ newlines, maxChars }: { newlines: Newlines; maxChars?: number | undefined }) {
    this.#lineBreak = { space: SPACE, lines: LINE_FEED, keep: undefined }[newlines];
    this.#limit = maxChars === undefined ? undefined : new CharacterLimit(maxChars, UTF8);
  }

  /**
   * Takes the next bytes.
   *
   * @param piece Any bytes, which are copied, or a string without lone surrogates.
   */
  push(piece: Uint8Array | string): void {
    for (const bytes of typeof piece === "string" ? utf8Of(piece) : slicesOf(piece)) {
      if (this.done) return;
      this.#take(bytes.subarray(0, this.#limit?.take({ length: bytes.length, at: (i) => bytes[i]! })));
    }
  }

  /** Ends the text. */
  end(): void {}

  /** Whether no more of the text is taken. */
  get done(): boolean {
    return this.#limit?.done ?? false;
  }

  #take(bytes: Uint8Array): void {
    if (this.#slice.length < bytes.length) this.#slice = new Uint8Array(bytes.length);
    const slice = this.#slice;
    let previous = this.#previous;
    let size = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      slice[size++] = byte;
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
        const second = byte === LINE_FEED && previous === CARRIAGE_RETURN;
        if (byte === CARRIAGE_RETURN) this.#carriageReturns++;
        if (!second) this.#lineBreaks++;
        if (this.#lineBreak !== undefined && second) size--;
        else slice[size - 1] = this.#lineBreak ?? byte;
      }
      previous = byte;
    }
    this.#previous = previous;
    this.ids.push(slice.subarray(0, size), 256);
  }

  /** The line breaks so far. */
  get counts(): LineBreakCounts {
    return { lineBreaks: this.#lineBreaks, carriageReturns: this.#carriageReturns };
  }
}

function* slicesOf(bytes: Uint8Array): Generator<Uint8Array, void, unknown> {
  for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE);
}

/**
 * The bytes of a text in UTF-8, a part after the other.
 *
 * @param text A text without lone surrogates.
 * @returns The parts; each is overwritten by the next.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...utf8Of("分")], [Uint8Array.of(0xe5, 0x88, 0x86)]);
 * ```
 */
export function* utf8Of(text: string): Generator<Uint8Array, void, unknown> {
  const encoder = new TextEncoder();
  const bytes = new Uint8Array(3 * Math.min(UNITS, text.length));
  for (let at = 0; at < text.length;) {
    // One unit less where the last is the first half of a character: encodeInto() would replace it.
    const half = at + UNITS < text.length && (text.charCodeAt(at + UNITS - 1) & 0xfc00) === 0xd800;
    const part = text.slice(at, at + UNITS - (half ? 1 : 0));
    const { written } = encoder.encodeInto(part, bytes);
    yield bytes.subarray(0, written);
    at += part.length;
  }
}
