/**
 * The directory of a zip file, and the bytes of its entries: stored or deflated, with sizes and checksums held. Nothing of
 * the file is trusted. (PKWARE, APPNOTE.TXT 6.3.10.)
 *
 * @module
 */

import { gather, inflate } from "./byte_chunks.ts";
import { crc32Of } from "./crc32.ts";
import { quote } from "../messages/quote.ts";

/** A zip file: its length in bytes, and any part of it. */
export interface ZipSource {
  /** What the file is called in errors: its name in quotation marks. */
  readonly title: string;
  /** Its length in bytes. */
  readonly size: number;
  /** The bytes from one offset to another. */
  slice(from: number, to: number): AsyncIterable<Uint8Array>;
}

/** A file within a zip file. */
export interface ZipEntry {
  /** Its path. */
  readonly name: string;
  /** Its length in bytes, as the directory states it. */
  readonly size: number;
  /**
   * Its bytes.
   *
   * @throws {SyntaxError} If it is encrypted, packed in another way, or damaged.
   */
  chunks(): AsyncGenerator<Uint8Array, void, void>;
}

/** What the directory says of an entry. */
interface Listed {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** Signatures, as little-endian words. */
const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;

/** The lengths of these records in bytes, without names and comments. */
const LOCAL_LENGTH = 30;
const ENTRY_LENGTH = 46;
const END_LENGTH = 22;
const LOCATOR_LENGTH = 20;
const END_64_LENGTH = 56;
/** The longest comment behind the end, in bytes. */
const LONGEST_COMMENT = 0xffff;

/** These values stand for one that needs 64 bits, which then lies in a field of its own. */
const WIDE_16 = 0xffff;
const WIDE_32 = 0xffffffff;

/** Flags of an entry. */
const ENCRYPTED = 1;
/** Ways of packing. */
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads the directory of a zip file.
 *
 * @param file The file.
 * @returns Its files in the directory's order; folders are left out.
 * @throws {SyntaxError} If the directory is damaged, or the file is a part of an archive only.
 *
 * @example Usage
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { chunksOf } from "./byte_chunks.ts";
 *
 * const file = { title: '"a.zip"', size: 3, slice: () => chunksOf(Uint8Array.of(1, 2, 3)) };
 * await assertRejects(() => readZip(file), SyntaxError, 'Cannot read "a.zip" as its directory is missing');
 * ```
 */
export async function readZip(file: ZipSource): Promise<ZipEntry[]> {
  const { count, from, to } = await findDirectory(file);
  const view = await viewOf(file, from, to);
  const entries: Listed[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + ENTRY_LENGTH > view.byteLength || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw damaged(file, `its directory ends behind ${entries.length} of ${count} entries`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true)
    );
    const next = at + ENTRY_LENGTH + nameLength! + extraLength! + commentLength!;
    if (next > view.byteLength) throw damaged(file, "an entry of its directory is cut off");
    entries.push(listed(file, view, at));
    at = next;
  }
  return entries.filter(({ name }) => !name.endsWith("/")).map((entry) => ({
    name: entry.name,
    size: entry.size,
    chunks: () => chunksOfEntry(file, entry, from),
  }));
}

/** Where the directory lies, by the record at the file's end, which may be followed by a comment. */
async function findDirectory(file: ZipSource): Promise<{ count: number; from: number; to: number }> {
  const start = Math.max(0, file.size - END_LENGTH - LONGEST_COMMENT);
  const view = await viewOf(file, start, file.size);
  // Its comment ends the file: a signature within the comment is no end.
  const isEnd = (at: number): boolean =>
    view.getUint32(at, true) === END && at + END_LENGTH + view.getUint16(at + 20, true) === view.byteLength;
  let at = view.byteLength - END_LENGTH;
  while (at >= 0 && !isEnd(at)) at--;
  if (at < 0) throw damaged(file, "its directory is missing");
  const disks = [4, 6].map((field) => view.getUint16(at + field, true));
  const counts = [8, 10].map((field) => view.getUint16(at + field, true));
  let count = counts[1]!;
  let length = view.getUint32(at + 12, true);
  let from = view.getUint32(at + 16, true);
  if (count === WIDE_16 || length === WIDE_32 || from === WIDE_32) {
    ({ count, length, from } = await findWideDirectory(file, start + at));
  } else if (disks.some((disk) => disk !== 0) || counts[0] !== count) {
    throw new SyntaxError(`Cannot read ${file.title} as it is one part of several: put them together first`);
  }
  if (from + length > start + at) throw damaged(file, "its directory lies outside of the file");
  return { count, from, to: from + length };
}

/** The record of zip64, which its locator before the end has the place of. */
async function findWideDirectory(
  file: ZipSource,
  end: number,
): Promise<{ count: number; length: number; from: number }> {
  const locator = await viewOf(file, end - LOCATOR_LENGTH, end);
  if (locator.byteLength < LOCATOR_LENGTH || locator.getUint32(0, true) !== END_64_LOCATOR) {
    throw damaged(file, "its directory of 64 bits is missing");
  }
  const at = wide(locator, 8);
  const view = at + END_64_LENGTH <= end ? await viewOf(file, at, at + END_64_LENGTH) : undefined;
  if (view?.byteLength !== END_64_LENGTH || view.getUint32(0, true) !== END_64) {
    throw damaged(file, "its directory of 64 bits is missing");
  }
  return { count: wide(view, 32), length: wide(view, 40), from: wide(view, 48) };
}

function listed(file: ZipSource, view: DataView, at: number): Listed {
  const word = (field: number): number => view.getUint32(at + field, true);
  const half = (field: number): number => view.getUint16(at + field, true);
  const nameLength = half(28);
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_LENGTH, nameLength),
  );
  // Those that are too large for their fields follow each other in the extra field 1.
  let extra = wideField(view, at + ENTRY_LENGTH + nameLength, half(30));
  const [size, packedSize, offset] = [24, 20, 42].map((field) => {
    const value = word(field);
    if (value !== WIDE_32) return value;
    if (extra === undefined || extra.byteLength < 8) {
      throw damaged(file, `entry ${quote(name)} lacks its size`);
    }
    const first = wide(extra, 0);
    extra = new DataView(extra.buffer, extra.byteOffset + 8, extra.byteLength - 8);
    return first;
  }) as [number, number, number];
  return { name, flags: half(8), method: half(10), crc: word(16), packedSize, size, offset };
}

/** The extra field of zip64 among those of an entry. */
function wideField(view: DataView, from: number, length: number): DataView | undefined {
  for (let at = from; at + 4 <= from + length;) {
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > from + length) return undefined;
    if (view.getUint16(at, true) === 1) return new DataView(view.buffer, view.byteOffset + at + 4, size);
    at += 4 + size;
  }
  return undefined;
}

async function* chunksOfEntry(
  file: ZipSource,
  { name, flags, method, crc, packedSize, size, offset }: Listed,
  directory: number,
): AsyncGenerator<Uint8Array, void, void> {
  const entry = `its entry ${quote(name)}`;
  if (flags & ENCRYPTED) {
    throw new SyntaxError(
      `Cannot read ${file.title} as ${entry} is encrypted: unpack it with its password first`,
    );
  }
  if (method !== STORED && method !== DEFLATED) {
    throw new SyntaxError(
      `Cannot read ${file.title} as ${entry} is packed by method ${method}, neither stored nor deflated: ` +
        "unpack it first",
    );
  }
  const header = await viewOf(file, offset, Math.min(offset + LOCAL_LENGTH, directory));
  if (header.byteLength < LOCAL_LENGTH || header.getUint32(0, true) !== LOCAL_HEADER) {
    throw damaged(file, `${entry} does not begin where its directory says`);
  }
  const from = offset + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true);
  const to = from + packedSize;
  if (to > directory) throw damaged(file, `${entry} is cut off`);
  const packed = file.slice(from, to);
  const broken = (cause?: unknown): SyntaxError =>
    damaged(file, `${entry} does not unpack to what its directory says`, cause);
  let length = 0;
  let sum = 0;
  for await (const chunk of method === STORED ? packed : inflate(packed, "deflate-raw", broken)) {
    length += chunk.length;
    if (length > size) throw broken();
    sum = crc32Of(chunk, sum);
    yield chunk;
  }
  if (length !== size || sum !== crc) throw broken();
}

async function viewOf(file: ZipSource, from: number, to: number): Promise<DataView> {
  const bytes = await gather(file.slice(Math.max(from, 0), to));
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number of 64 bits; those above 2^53 lie outside of any file, rounded or not. */
function wide(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function damaged(file: ZipSource, complaint: string, cause?: unknown): SyntaxError {
  return new SyntaxError(`Cannot read ${file.title} as ${complaint}: the zip file is damaged`, { cause });
}
