/**
 * Bytes that come in chunks: a look at their beginning, a limit, all of them at once, and what was compressed.
 *
 * @module
 */
import { joinBytes } from "../join_bytes.ts";

/** As much compressed data is unpacked at a time, in bytes: it may grow a thousandfold. */
const PACKED_CHUNK = 2 ** 14;

/** Bytes that can be read once, and a look at their beginning. */
export interface Peeked {
  /** The first bytes, fewer where there are no more. */
  readonly head: Uint8Array;
  /** All of them in order. */
  readonly all: AsyncIterable<Uint8Array>;
  /** Closes what they come from, whether or not they were read. */
  close(): Promise<void>;
}

/**
 * Looks at the beginning of bytes that can be read once.
 *
 * @param chunks The bytes.
 * @param size How many to look at.
 * @returns The first bytes, and all of them; they are to be closed.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { head, all, close } = await peek(chunksOf(Uint8Array.of(1, 2, 3)), 2);
 * assertEquals(head, Uint8Array.of(1, 2));
 * assertEquals(await gather(all), Uint8Array.of(1, 2, 3));
 * await close();
 * ```
 */
export async function peek(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const { done, value } = await iterator.next();
    if (done) break;
    seen.push(value);
    length += value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array, void, void> {
    while (seen.length > 0) yield seen.shift()!;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return {
    head: joinBytes(seen).subarray(0, size),
    all: all(),
    // A generator that never began would not run its end.
    close: async () => {
      await iterator.return?.();
    },
  };
}

/**
 * Passes bytes on until there are too many.
 *
 * @param chunks The bytes.
 * @param most How many there may be.
 * @param complaint Makes the error of more.
 * @returns The bytes.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 *
 * const tooLong = () => new RangeError("too long");
 * await assertRejects(() => gather(limited(chunksOf(new Uint8Array(3)), 2, tooLong)), RangeError);
 * ```
 */
export async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
  complaint: () => Error,
): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) throw complaint();
    yield chunk;
  }
}

/**
 * Unpacks compressed bytes, little by little.
 *
 * @param chunks The compressed bytes.
 * @param format What packed them.
 * @param complaint Makes the error of damaged ones.
 * @returns The bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const packed = new Blob(["abc"]).stream().pipeThrough(new CompressionStream("gzip"));
 * const bytes = await gather(inflate(packed, "gzip", (cause) => new SyntaxError("damaged", { cause })));
 * assertEquals(new TextDecoder().decode(bytes), "abc");
 * ```
 */
export async function* inflate(
  chunks: AsyncIterable<Uint8Array>,
  format: "gzip" | "deflate" | "deflate-raw",
  complaint: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array, void, void> {
  // An error of reading the packed bytes is none of unpacking them.
  let failure: { error: unknown } | undefined;
  async function* packed(): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    try {
      for await (const chunk of chunks) {
        for (let at = 0; at < chunk.length; at += PACKED_CHUNK) yield chunk.slice(at, at + PACKED_CHUNK);
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  try {
    yield* ReadableStream.from(packed()).pipeThrough(new DecompressionStream(format));
  } catch (cause) {
    throw failure ? failure.error : complaint(cause);
  }
}

/**
 * Takes all bytes into one array.
 *
 * @param chunks The bytes.
 * @returns The bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await gather(chunksOf(Uint8Array.of(1, 2, 3))), Uint8Array.of(1, 2, 3));
 * ```
 */
export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return joinBytes(await Array.fromAsync(chunks));
}

/**
 * Gives bytes that are in memory as a chunk.
 *
 * @param bytes The bytes.
 * @returns One chunk.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await Array.fromAsync(chunksOf(Uint8Array.of(1, 2))), [Uint8Array.of(1, 2)]);
 * ```
 */
export async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
