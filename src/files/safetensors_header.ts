/**
 * The header of a safetensors file: from untrusted bytes to entries that are known to be sound. What the safetensors
 * library (0.8.0) refuses is refused here. Stricter are these rules:
 *
 * - types are F64, F32, F16, BF16, and whole numbers, whose tensors are named and left aside;
 * - no tensor comes twice: the library takes the last, as it does and we do of the metadata's keys;
 * - the header begins with "{", as the format says: the library lets blanks precede it;
 * - a tensor is an object of dtype, a string, shape and data_offsets, and nothing else;
 * - numbers are below 2^53;
 * - beside its metadata the header takes at most 8,000,000 bytes, has at most 16,384 tensors, and a shape at most 64
 *   dimensions; of the metadata as many texts and bytes are kept, and longer texts are left out. So reading it takes less
 *   memory than the file and 32 MiB, whatever it holds.
 *
 * @module
 */

import { JsonReader } from "./json_reader.ts";
import { unreadable } from "./unreadable.ts";
import { quote } from "../messages/quote.ts";

/** A number type that can be read. */
export type Dtype = "F64" | "F32" | "F16" | "BF16";

/** Bytes of a number of each type. */
const SIZES: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** The same of whole numbers, which count and select and are no weights. */
const WHOLE: Readonly<Record<string, number>> = {
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** One tensor's place in the data. */
export interface HeaderEntry {
  /** The tensor's name. */
  readonly name: string;
  /** The type of its numbers; what is none of Dtype is of whole numbers. */
  readonly dtype: string;
  /** Its dimensions. */
  readonly shape: number[];
  /** How many numbers it has: the product of its dimensions. */
  readonly length: number;
  /** Where it begins, in bytes from the start of the data. */
  readonly begin: number;
  /** Where it ends, in bytes from the start of the data. */
  readonly end: number;
}

/** A header that has been checked. */
export interface Header {
  /** The tensors in the order of their data. */
  readonly entries: HeaderEntry[];
  /** The free text of `__metadata__`, an object without a prototype. */
  readonly metadata: Record<string, string>;
}

/** The longest header that is written, and the longest that is read beside its metadata, in bytes. */
export const MAX_HEADER_BYTES = 8_000_000;

/** The longest header of a file, in bytes: that of the safetensors library. */
export const MAX_FILE_HEADER_BYTES = 100_000_000;

/** The most tensors, and the most texts that are kept of the metadata. */
export const MAX_ENTRIES = 16_384;

/** The most dimensions of a tensor. */
export const MAX_DIMENSIONS = 64;

/**
 * Multiplies the dimensions of a shape.
 *
 * @param shape The dimensions.
 * @returns The number of elements; NaN where a dimension is not a non-negative integer or a product on the way exceeds
 * 2^53 - 1, even if a zero follows, as the safetensors library has it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(elementCount([2, 3]), 6);
 * assertEquals(elementCount([2 ** 52, 2, 0]), NaN);
 * ```
 */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (!Number.isSafeInteger(dimension) || dimension < 0 || !Number.isSafeInteger(count)) return NaN;
  }
  return count;
}

/**
 * Parses a header and checks all of it.
 *
 * @param bytes The header's JSON.
 * @param dataLength How many bytes of data follow the header.
 * @returns The entries and the metadata.
 * @throws {SyntaxError} If the header is not one that describes exactly these bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const json = new TextEncoder().encode('{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}');
 * const { entries } = parseHeader(json, 8);
 * assertEquals(entries, [{ name: "a", dtype: "F32", shape: [1, 2], length: 2, begin: 0, end: 8 }]);
 * ```
 */
export function parseHeader(bytes: Uint8Array, dataLength: number): Header {
  if (bytes[0] !== 0x7b) throw unreadable('its header must begin with "{"');
  const reader = new JsonReader(bytes);
  const described: Omit<HeaderEntry, "length">[] = [];
  let metadata: Record<string, string> = Object.create(null);
  let ofMetadata = 0;
  reader.expect("{");
  readMembers(reader, (name) => {
    const before = reader.taken;
    if (name === "__metadata__") {
      metadata = readMetadata(reader);
      ofMetadata = reader.taken - before;
    } else described.push(readEntry(name, reader));
    if (reader.taken - ofMetadata > MAX_HEADER_BYTES) throw tooLong();
    if (described.length > MAX_ENTRIES) throw unreadable("its header may have at most 16,384 tensors");
  });
  reader.end();
  const entries = described.map(checkEntry);
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, dataLength);
  return { entries, metadata };
}

/**
 * Whether numbers of a type are read.
 *
 * @param dtype The name of a type.
 * @returns True of Dtype, false of whole numbers.
 */
export function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(SIZES, dtype);
}

/**
 * Bytes of a number.
 *
 * @param dtype The name of a type that is known.
 * @returns From 1 to 8.
 */
export function sizeOf(dtype: string): number {
  return isDtype(dtype) ? SIZES[dtype] : WHOLE[dtype]!;
}

/** Takes the members of an object whose bracket is taken; no key comes twice. */
function readMembers(reader: JsonReader, read: (key: string, index: number) => void): void {
  const keys = new Set<string>();
  reader.list("}", (index) => {
    const key = reader.stringWithin(MAX_HEADER_BYTES);
    if (key === undefined) throw tooLong();
    if (keys.has(key)) throw unreadable(`its header has the key ${quote(key)} twice`);
    keys.add(key);
    reader.expect(":");
    read(key, index);
  });
}

function readMetadata(reader: JsonReader): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (reader.takeNull()) return metadata; // the safetensors library takes it for none, too
  if (!reader.take("{")) throw unreadable('its "__metadata__" must be an object');
  let room = MAX_HEADER_BYTES;
  reader.list("}", (index) => {
    const before = reader.taken;
    const most = index < MAX_ENTRIES ? room : 0;
    const key = reader.stringWithin(most);
    reader.expect(":");
    const text = reader.stringWithin(most);
    if (key === undefined || text === undefined) return;
    metadata[key] = text;
    room -= reader.taken - before;
  });
  return metadata;
}

function tooLong(): SyntaxError {
  return unreadable("its header may take at most 8,000,000 bytes beside its metadata");
}

function readEntry(name: string, reader: JsonReader): Omit<HeaderEntry, "length"> {
  const tensor = `tensor ${quote(name)}`;
  if (!reader.take("{")) throw unreadable(`${tensor} must be described by an object`);
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  readMembers(reader, (key) => {
    if (key === "dtype") dtype = reader.string();
    else if (key === "shape") shape = readIntegers(reader, `the shape of ${tensor}`, MAX_DIMENSIONS);
    else if (key === "data_offsets") offsets = readIntegers(reader, `the data_offsets of ${tensor}`, 2);
    else throw unreadable(`${tensor} is described by ${quote(key)}, which is unknown`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    const missing = dtype === undefined ? "dtype" : shape === undefined ? "shape" : "data_offsets";
    throw unreadable(`${tensor} must be described by dtype, shape and data_offsets: it has no ${missing}`);
  }
  if (!isDtype(dtype) && !Object.hasOwn(WHOLE, dtype)) {
    throw unreadable(
      `${tensor} must be of type ${Object.keys(SIZES).join(", ")}, which .float() gives in Python: ` +
        `current type is ${quote(dtype)}`,
    );
  }
  if (offsets.length !== 2) {
    throw unreadable(`the data_offsets of ${tensor} must be two non-negative integers`);
  }
  return { name, dtype, shape, begin: offsets[0]!, end: offsets[1]! };
}

function readIntegers(reader: JsonReader, what: string, most: number): number[] {
  const integers: number[] = [];
  if (!reader.take("[")) throw unreadable(`${what} must be an array of non-negative integers`);
  reader.list("]", (index) => {
    if (index >= most) throw unreadable(`${what} must have at most ${most} numbers`);
    integers.push(reader.integer());
  });
  return integers;
}

function checkEntry(entry: Omit<HeaderEntry, "length">): HeaderEntry {
  const { name, dtype, shape, begin, end } = entry;
  const tensor = `tensor ${quote(name)}`;
  if (end < begin) {
    throw unreadable(`${tensor} must not end before it begins: current bytes are ${begin} to ${end}`);
  }
  const length = elementCount(shape);
  const size = length * sizeOf(dtype);
  if (!Number.isSafeInteger(size)) {
    throw unreadable(`${tensor} is too large: its shape is (${shape.join(", ")})`);
  }
  if (size !== end - begin) {
    throw unreadable(
      `${tensor} of type ${dtype} and shape (${shape.join(", ")}) must take ${size} bytes: it has ${
        end - begin
      }`,
    );
  }
  return { name, dtype, shape, length, begin, end };
}

/** Each tensor begins where the one before ends, and the last ends with the file. */
function checkCoverage(entries: readonly HeaderEntry[], dataLength: number): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) {
      const fault = begin < position ? "overlaps the one before" : "leaves a hole before it";
      throw unreadable(`tensor ${quote(name)} ${fault}: it must begin at byte ${position}, not ${begin}`);
    }
    position = end;
  }
  if (position !== dataLength) {
    const fault = position > dataLength ? "it is cut off" : "bytes are left over at its end";
    throw unreadable(`${fault}: the tensors take ${position} bytes, ${dataLength} are there`);
  }
}
