/**
 * NumPy's .npy: an array behind a header that is a literal of Python. (NumPy, numpy/lib/format.py: versions 1 to 3.)
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import { NUMBER_BYTES, type NumberType, readStrided } from "./strided.ts";

/** An array. */
export interface NpyArray {
  /** Its dimensions; none for a single number. */
  readonly shape: number[];
  /** NumPy's name of its type, as "f4" or "i8". */
  readonly type: string;
  /** Its numbers as float32, row-major; undefined where it has others than floating-point numbers. */
  readonly data: Float32Array | undefined;
}

/** How a file begins. */
export const NPY = "\x93NUMPY";

/** Types that are read; what NumPy has as void, as bfloat16, says nothing of its numbers. */
const TYPES: Readonly<Record<string, NumberType>> = { f2: "F16", f4: "F32", f8: "F64" };

/** The longest header: that of any array has some hundred bytes. */
const LONGEST_HEADER = 65_536;

/** The most dimensions of an array. */
const MOST_DIMENSIONS = 32;

/** What a header says, with its keys in the order in which NumPy writes them. */
const HEADER =
  /^\{\s*'descr':\s*'([<>|=]?)(\w+)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\sL]*)\),?\s*\}\s*$/;

/**
 * Reads a file.
 *
 * @param bytes All of it.
 * @returns The array, sharing no memory with it.
 * @throws {SyntaxError} If it is damaged, or of objects or records.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { shape, type } = readNpy(await Deno.readFile("tests/golden/foreign/array.npy"));
 * assertEquals([shape, type], [[2, 3], "f4"]);
 * ```
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const begins = [...NPY].every((character, i) => bytes[i] === character.charCodeAt(0));
  if (!begins || bytes.length < 12) throw damaged("it does not begin as one");
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw damaged(`it is of version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER || start + length > bytes.length) throw damaged("its header is cut off");
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const [, order, type = "", columns, sizes = ""] = HEADER.exec(text) ?? [];
  if (type === "") throw damaged(`its header is ${quote(text.trim().slice(0, 80))}`);
  const shape = sizes.split(",").map((size) => size.trim().replace(/L$/, "")).filter(Boolean).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (shape.length > MOST_DIMENSIONS || !Number.isSafeInteger(count)) throw damaged("its shape is none");
  const known = TYPES[type];
  const numbers = bytes.subarray(start + length);
  if (!known) return { shape, type, data: undefined };
  if (numbers.length !== count * NUMBER_BYTES[known]) {
    throw damaged(`its ${count} numbers of ${type} have ${numbers.length} bytes`);
  }
  const beside = (i: number): number[] => columns === "True" ? shape.slice(0, i) : shape.slice(i + 1);
  const strides = shape.map((_, i) => beside(i).reduce((product, size) => product * size, 1));
  const memory = { bytes: numbers, type: known, littleEndian: order !== ">" };
  return { shape, type, data: readStrided(memory, { offset: 0, shape, strides }) };
}

function damaged(complaint: string): SyntaxError {
  return new SyntaxError(`Cannot read the NumPy array as ${complaint}: it is damaged, or of no numbers`);
}
