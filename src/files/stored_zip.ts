/**
 * Zip files as they are written: files one after the other, none of them packed. zip.ts reads them.
 *
 * @module
 */
import { joinBytes } from "../join_bytes.ts";
import { crc32Of } from "./crc32.ts";
import { littleEndian, type LittleEndianField } from "./little_endian.ts";

/** The version of the format that reads them, and the day of all files: the first that there is, 1980-01-01. */
const VERSION = 20;
const DAY = 0x21;

/** Bytes whose checksum is taken in one go. */
const SLICE = 2 ** 20;

/** The most bytes of a file without fields of 64 bits. */
const MOST_BYTES = 0xffff_fffe;

/**
 * Puts files into a zip. Others may have their turn meanwhile.
 *
 * @param files Bytes by name, in order; the names are of ASCII.
 * @returns The zip's bytes.
 * @throws {RangeError} If it would have 4 GiB or more.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { atOnce } from "../turn.ts";
 * import { chunksOf } from "./byte_chunks.ts";
 * import { readZip } from "./zip.ts";
 *
 * const bytes = atOnce(storedZip({ "a.txt": new TextEncoder().encode("fa la") }));
 * const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
 * const [entry] = await readZip({ title: "a zip", size: bytes.length, slice });
 * assertEquals([entry?.name, entry?.size], ["a.txt", 5]);
 * ```
 */
export function* storedZip(
  files: Readonly<Record<string, Uint8Array>>,
): Generator<void, Uint8Array<ArrayBuffer>, void> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const add = (list: Uint8Array[], ...added: Uint8Array[]): number => {
    list.push(...added);
    return added.reduce((length, part) => length + part.length, 0);
  };
  let length = 0;
  for (const [title, bytes] of Object.entries(files)) {
    const name = new TextEncoder().encode(title);
    const common: LittleEndianField[] = [
      [2, VERSION],
      [2, 0], // flags
      [2, 0], // stored
      [2, 0], // the time
      [2, DAY],
      [4, yield* checksumOf(bytes)],
      [4, bytes.length],
      [4, bytes.length],
      [2, name.length],
      [2, 0],
    ];
    length += add(
      directory,
      littleEndian([4, 0x02014b50], [2, VERSION], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
      name,
    );
    at += add(parts, littleEndian([4, 0x04034b50], ...common), name, bytes);
    if (at > MOST_BYTES) throw new RangeError("Cannot write the zip file as it would have 4 GiB or more");
  }
  const count = Object.keys(files).length;
  const end = littleEndian([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, at], [
    2,
    0,
  ]);
  return joinBytes([...parts, ...directory, end]);
}

function* checksumOf(bytes: Uint8Array): Generator<void, number, void> {
  let sum = 0;
  for (let from = 0; from < bytes.length; from += SLICE) {
    sum = crc32Of(bytes.subarray(from, from + SLICE), sum);
    yield;
  }
  return sum;
}
