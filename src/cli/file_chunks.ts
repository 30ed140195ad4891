/**
 * Files of any size, piece by piece: what a corpus is read from.
 *
 * @module
 */
import { fileError } from "../files/file_error.ts";

/** How much of a file is read at a time, in bytes: a text is decoded and encoded in pieces of this size. */
const CHUNK = 2 ** 18;

/** A part of a file, in bytes from its beginning. */
export interface FileRange {
  /** @default {0} */
  readonly from?: number;
  /** @default {Infinity} */
  readonly to?: number;
}

/**
 * Reads a file piece by piece: one of any size, and what has no size, such as a pipe.
 *
 * @param path The file.
 * @param range The part of it to read; without it all.
 * @returns Its bytes in order; the file is closed when no more of them are asked for.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, Uint8Array.of(1, 2, 3));
 * assertEquals(await Array.fromAsync(readChunks(path)), [Uint8Array.of(1, 2, 3)]);
 * ```
 */
export async function* readChunks(
  path: string,
  { from = 0, to = Infinity }: FileRange = {},
): AsyncGenerator<Uint8Array, void, void> {
  let file: Deno.FsFile | undefined;
  try {
    file = await Deno.open(path);
    if (from > 0) await file.seek(from, Deno.SeekMode.Start);
    for (let left = to - from; left > 0;) {
      const chunk = new Uint8Array(Math.min(CHUNK, left)); // a new one each time: who takes it may keep it
      const size = await file.read(chunk);
      if (size === null) return;
      yield chunk.subarray(0, size);
      left -= size;
    }
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new RangeError(`Cannot read "${path}": permission denied, make it readable as chmod +r does`, {
        cause: error,
      });
    }
    throw fileError(`read "${path}"`, "file", error);
  } finally {
    file?.close();
  }
}

/**
 * Tells how many bytes a regular file has; links are followed.
 *
 * @param path The file.
 * @returns The bytes; undefined for a pipe, a device and whatever else has no size to rely on.
 * @throws {RangeError} If nothing is there, or that cannot be found out.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * await Deno.writeFile(path, new Uint8Array(3));
 * assertEquals(await regularSize(path), 3);
 * assertEquals(await regularSize("/dev/null"), undefined);
 * ```
 */
export async function regularSize(path: string): Promise<number | undefined> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile ? size : undefined;
  } catch (error) {
    throw fileError(`read "${path}"`, "file", error);
  }
}
