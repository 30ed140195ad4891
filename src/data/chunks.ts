/**
 * A text as it comes, in chunks of bytes or in pieces of text.
 *
 * @module
 */

import { typeName } from "../messages/type_name.ts";
import { StrictDecoder } from "./strict_decoder.ts";
import { StringPieces } from "./well_formed.ts";

/** Chunks of a text, all of them bytes or all of them strings; a chunk may end anywhere, within a character too. */
export type Chunks =
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | ReadableStream<Uint8Array | string>;

/** Bytes, or units of a string, that are taken at once. */
const PART = 2 ** 20;

/** How a text is decoded. */
export interface Decoding {
  /**
   * The encoding of bytes: any label of TextDecoder.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string | undefined;
  /**
   * What errors call the text.
   *
   * @default {"the text"}
   */
  readonly title?: string | undefined;
}

/**
 * Decodes a text as it comes.
 *
 * @param chunks The chunks; who takes no more pieces has them stopped.
 * @param decoding How they are decoded.
 * @returns The pieces of the text, none of which ends within a character.
 * @throws {RangeError} If the encoding is unknown.
 * @throws {SyntaxError} If bytes are not valid in the encoding, or a string has a lone surrogate.
 * @throws {TypeError} If a chunk is of another type.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const chunks = [Uint8Array.of(0x61, 0xe5), Uint8Array.of(0x88, 0x86)];
 * assertEquals(await Array.fromAsync(decodeChunks(chunks)), ["a", "分"]);
 * ```
 */
export async function* decodeChunks(
  chunks: Chunks,
  { encoding = "utf-8", title }: Decoding = {},
): AsyncGenerator<string, void, unknown> {
  const decoder = new StrictDecoder(encoding, title);
  for await (const chunk of checkedChunks(chunks)) {
    yield typeof chunk === "string" ? chunk : decoder.push(chunk);
  }
  decoder.end();
}

/**
 * Passes chunks on as they are, but for large ones, which come in parts, and strings that part a character.
 *
 * @param chunks The chunks; who takes no more of them has them stopped.
 * @returns The same bytes and strings.
 * @throws {SyntaxError} If a string has a lone surrogate.
 * @throws {TypeError} If a chunk is of another type.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await Array.fromAsync(checkedChunks([Uint8Array.of(0xe5)])), [Uint8Array.of(0xe5)]);
 * ```
 */
export async function* checkedChunks(chunks: Chunks): AsyncGenerator<string | Uint8Array, void, unknown> {
  const strings = new StringPieces();
  for await (const chunk of iterate(chunks)) {
    if (typeof chunk === "string") { for (const part of parts(chunk)) yield strings.push(part); }
    else if (chunk instanceof Uint8Array) yield* parts(chunk);
    else {
      throw new TypeError(
        `Cannot read the text as a chunk must be a Uint8Array or a string: current type is ${
          typeName(chunk)
        }`,
      );
    }
  }
  strings.end();
}

/** A large chunk in parts, between which others may have their turn. */
function* parts<T extends string | Uint8Array>(chunk: T): Generator<T, void, unknown> {
  if (chunk.length === 0) yield chunk;
  for (let from = 0; from < chunk.length; from += PART) {
    const to = from + PART;
    yield (typeof chunk === "string" ? chunk.slice(from, to) : chunk.subarray(from, to)) as T;
  }
}

/** What `for await` takes: not every browser iterates over its streams. */
function iterate<T>(
  chunks: AsyncIterable<T> | Iterable<T> | ReadableStream<T>,
): AsyncIterable<T> | Iterable<T> {
  if (typeof chunks !== "object" || chunks === null) {
    throw new TypeError(
      `Cannot read the text as its chunks must be a stream or iterable: current type is ${typeName(chunks)}`,
    );
  }
  return Symbol.asyncIterator in chunks || Symbol.iterator in chunks ? chunks : read(chunks);
}

async function* read<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, unknown> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
  }
}
