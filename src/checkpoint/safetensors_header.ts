/**
 * The header of a safetensors file: from untrusted text to entries that are known to be sound. What the safetensors
 * library refuses is refused here, and duplicate keys as well, which the format forbids and JSON.parse hides.
 *
 * @module
 */

/** A number type that can be read. */
export type Dtype = "F64" | "F32" | "F16" | "BF16";

/** Bytes of a number of each type. */
const SIZES: Readonly<Record<Dtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** One tensor's place in the data. */
export interface HeaderEntry {
  /** The tensor's name. */
  readonly name: string;
  /** The type of its numbers. */
  readonly dtype: Dtype;
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

/** Deeper nesting is an attack: a header needs 3 levels. */
const MAX_DEPTH = 100;

/**
 * Makes the error of every complaint about a file.
 *
 * @param complaint What is wrong with the data.
 * @returns The error, to be thrown.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unreadable("it is empty").message, "Cannot read safetensors data as it is empty");
 * ```
 */
export function unreadable(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read safetensors data as ${complaint}`);
}

/**
 * Multiplies the dimensions of a shape.
 *
 * @param shape The dimensions.
 * @returns The number of elements; NaN where a dimension is not a non-negative integer or a product on the way exceeds
 * 2^53 - 1, even if a zero follows, as the safetensors library has it.
 *
 * @example
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
 * @param text The header's JSON.
 * @param dataLength How many bytes of data follow the header.
 * @returns The entries and the metadata.
 * @throws {SyntaxError} If the header is not one that describes exactly these bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { entries } = parseHeader('{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}', 8);
 * assertEquals(entries, [{ name: "a", dtype: "F32", shape: [1, 2], length: 2, begin: 0, end: 8 }]);
 * ```
 */
export function parseHeader(text: string, dataLength: number): Header {
  if (!text.startsWith("{")) {
    throw unreadable(`its header must begin with "{": it begins with ${JSON.stringify(text.slice(0, 1))}`);
  }
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw unreadable(`its header is not JSON: ${(error as Error).message}`);
  }
  checkTokens(text);
  const entries: HeaderEntry[] = [];
  let metadata: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") metadata = readMetadata(value);
    else entries.push(readEntry(name, value));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, dataLength);
  return { entries, metadata };
}

/** Refuses what JSON.parse lets pass, in text that it has accepted: double keys, half characters, other numbers. */
function checkTokens(text: string): void {
  const open: (Set<string> | undefined)[] = []; // an object's keys so far; undefined for an array
  let atKey = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "{" || c === "[") {
      if (open.push(c === "{" ? new Set() : undefined) > MAX_DEPTH) {
        throw unreadable(`its header is nested more than ${MAX_DEPTH} levels deep`);
      }
      atKey = c === "{";
    } else if (c === "}" || c === "]") {
      open.pop();
      atKey = false;
    } else if (c === ",") {
      atKey = open.at(-1) !== undefined;
    } else if (c === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      const quoted = text.slice(start, i + 1);
      const string: string = JSON.parse(quoted);
      if (!string.isWellFormed()) throw unreadable(`its header has a lone surrogate in ${quoted}`);
      if (atKey) addKey(open.at(-1)!, string);
      atKey = false;
    } else if (c === "-" || (c >= "0" && c <= "9")) {
      const start = i;
      while (/[-+.0-9eE]/.test(text[i + 1]!)) i++;
      const number = text.slice(start, i + 1);
      if (!/^[0-9]+$/.test(number)) {
        throw unreadable(`numbers in its header must be non-negative integers: one is ${number}`);
      }
    }
  }
}

function addKey(keys: Set<string>, key: string): void {
  if (keys.has(key)) throw unreadable(`its header has the key ${JSON.stringify(key)} twice`);
  keys.add(key);
}

function readMetadata(value: unknown): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  if (value === null) return metadata; // the safetensors library takes it for none, too
  if (!isObject(value)) throw unreadable('its "__metadata__" must be an object');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw unreadable(`its "__metadata__" must hold strings only: ${JSON.stringify(key)} is another value`);
    }
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, value: unknown): HeaderEntry {
  const tensor = `tensor ${JSON.stringify(name)}`;
  if (!isObject(value)) throw unreadable(`${tensor} must be described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(SIZES, dtype)) {
    throw unreadable(
      `${tensor} must be of type ${Object.keys(SIZES).join(", ")}: current type is ${JSON.stringify(dtype)}`,
    );
  }
  if (!isIntegers(shape)) {
    throw unreadable(`the shape of ${tensor} must be an array of non-negative integers`);
  }
  if (!isIntegers(offsets) || offsets.length !== 2) {
    throw unreadable(`the data_offsets of ${tensor} must be two non-negative integers`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) {
    throw unreadable(`${tensor} must not end before it begins: current bytes are ${begin} to ${end}`);
  }
  const length = elementCount(shape);
  const size = SIZES[dtype as Dtype];
  if (!Number.isSafeInteger(length * size)) {
    throw unreadable(`${tensor} is too large: its shape is (${shape.join(", ")})`);
  }
  if (length * size !== end - begin) {
    throw unreadable(
      `${tensor} of type ${dtype} and shape (${shape.join(", ")}) must take ${length * size} bytes: ` +
        `it has ${end - begin}`,
    );
  }
  return { name, dtype: dtype as Dtype, shape, length, begin, end };
}

/** Each tensor begins where the one before ends, and the last ends with the file. */
function checkCoverage(entries: readonly HeaderEntry[], dataLength: number): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) {
      const fault = begin < position ? "overlaps the one before" : "leaves a hole before it";
      throw unreadable(
        `tensor ${JSON.stringify(name)} ${fault}: it must begin at byte ${position}, not ${begin}`,
      );
    }
    position = end;
  }
  if (position !== dataLength) {
    const fault = position > dataLength ? "it is cut off" : "bytes are left over at its end";
    throw unreadable(`${fault}: the tensors take ${position} bytes, ${dataLength} are there`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
