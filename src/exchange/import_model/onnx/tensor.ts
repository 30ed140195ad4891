/**
 * Tensors of ONNX: numbers in the file, or in one beside it.
 *
 * @module
 */
import { NUMBER_BYTES, type NumberType, readStrided } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import { sizeOf } from "../../../tensors/shape.ts";
import type { NamedArray } from "../arrays.ts";
import type { ImportFile } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import { type Field, type Messages, textOf } from "./protobuf.ts";

/** A tensor whose numbers are not read yet. */
export interface OnnxTensor {
  /** What the file calls it. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The type of its elements. */
  readonly type: number;
  /** Its numbers as bytes, in the file. */
  readonly raw: Uint8Array | undefined;
  /** Its numbers one by one, where it is of whole ones. */
  readonly integers: readonly number[];
  /** Whether it has floating-point numbers of 16 bits as whole ones, one by one. */
  readonly isOneByOne?: boolean;
  /** Where its numbers lie, if in another file. */
  readonly outside: ReadonlyMap<string, string> | undefined;
}

/** Types of elements. */
export const TYPES = { float32: 1, int32: 6, int64: 7, float16: 10, float64: 11, bfloat16: 16 } as const;

/** Types of floating-point numbers, which become float32. */
const FLOATS: Readonly<Record<number, NumberType>> = {
  [TYPES.float32]: "F32",
  [TYPES.float16]: "F16",
  [TYPES.float64]: "F64",
  [TYPES.bfloat16]: "BF16",
};

/**
 * Whether a type is one of floating-point numbers.
 *
 * @param type The type.
 */
export function isFloat(type: number | undefined): boolean {
  return type !== undefined && type in FLOATS;
}

/**
 * Whether a type has all numbers of float32.
 *
 * @param type The type.
 */
export function isWide(type: number | undefined): boolean {
  return type === TYPES.float32 || type === TYPES.float64;
}

/** The types by their numbers. */
const NAMES: readonly string[] =
  "untyped FLOAT UINT8 INT8 UINT16 INT16 INT32 INT64 STRING BOOL FLOAT16 DOUBLE UINT32 UINT64 COMPLEX64 COMPLEX128 BFLOAT16"
    .split(" ");

/** The most whole numbers that are read of one: they are shapes, axes and indices. */
const MOST_INTEGERS = 64;

/**
 * Reads a tensor's description.
 *
 * @param messages What reads the file.
 * @param bytes The message.
 * @returns The tensor.
 * @throws {SyntaxError} If it is damaged.
 */
export function readTensor(messages: Messages, bytes: Uint8Array): OnnxTensor {
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  let isOutside = false;
  const shape: number[] = [];
  const whole: Field[] = [];
  const outside = new Map<string, string>();
  for (const field of messages.fields(bytes)) {
    if (field.number === 1) { for (const size of messages.integers(field)) shape.push(size); }
    else if (field.number === 2) type = field.value;
    else if (field.number === 4 || field.number === 9 || field.number === 10) raw = field.bytes;
    else if (field.number === 5 || field.number === 7) whole.push(field);
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 13) {
      const [key, value] = pairOf(messages, field.bytes);
      outside.set(key, value);
    } else if (field.number === 14) isOutside = field.value === 1;
  }
  if (shape.length > 16 || !shape.every((size) => size >= 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw damaged(`the shape of ${quote(name)} is none`);
  }
  const isSmall = sizeOf(shape) <= MOST_INTEGERS;
  const isOneByOne = isFloat(type) && whole.length > 0;
  const integers = isSmall && !isOneByOne ? whole.flatMap((field) => messages.integers(field)) : [];
  return { name, shape, type, raw, integers, isOneByOne, outside: isOutside ? outside : undefined };
}

/**
 * Reads a key and its value.
 *
 * @param messages What reads the file.
 * @param bytes The message.
 * @throws {SyntaxError} If it is damaged.
 */
export function pairOf(messages: Messages, bytes: Uint8Array): [key: string, value: string] {
  const pair: [string, string] = ["", ""];
  for (const field of messages.fields(bytes)) if (field.number <= 2) pair[field.number - 1] = textOf(field);
  return pair;
}

/**
 * Floating-point numbers.
 *
 * @param tensor The tensor.
 * @param files What may hold them.
 * @returns The array as float32, with memory of its own.
 * @throws {SyntaxError} If there are not as many as its shape has.
 * @throws {TypeError} If they are of another type, lie one by one, or their file is missing.
 */
export function numbersIn(tensor: OnnxTensor, files: readonly ImportFile[]): NamedArray {
  const { name, shape } = tensor;
  const type = FLOATS[tensor.type];
  const typeName = NAMES[tensor.type] ?? `of type ${tensor.type}`;
  if (!type) throw unfit(`${quote(name)} is ${typeName}: save the model in float32`);
  if (tensor.isOneByOne) {
    throw unfit(`${quote(name)} has its numbers of ${typeName} one by one: save them as raw_data`);
  }
  const bytes = tensor.outside ? partOf(tensor.outside, files, name) : tensor.raw ?? new Uint8Array(0);
  const length = NUMBER_BYTES[type] * sizeOf(shape);
  if (bytes.length !== length) {
    throw damaged(`${quote(name)} has ${bytes.length} bytes: by its shape it has ${length}`);
  }
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const data = readStrided({ bytes, type, littleEndian: true }, { offset: 0, shape, strides });
  return { name, shape: [...shape], data };
}

/** The bytes in another file. */
function partOf(
  outside: ReadonlyMap<string, string>,
  files: readonly ImportFile[],
  name: string,
): Uint8Array {
  const location = (outside.get("location") ?? "").replace(/^.*[/\\]/s, "");
  const file = files.find((file) => file.name === location);
  if (!file) throw unfit(`its weights are in ${quote(location)}: give that file too`);
  const from = Number(outside.get("offset") ?? 0);
  const length = Number(outside.get("length") ?? file.bytes.length - from);
  if (from >= 0 && length >= 0 && from + length <= file.bytes.length) {
    return file.bytes.subarray(from, from + length);
  }
  throw damaged(`${quote(location)} ends before ${quote(name)}`);
}

/**
 * A few whole numbers: a shape, axes or indices.
 *
 * @param tensor The tensor.
 * @returns The numbers; undefined where they are none such.
 */
export function integersIn({ shape, type, raw, integers }: OnnxTensor): readonly number[] | undefined {
  const count = sizeOf(shape);
  if (count > MOST_INTEGERS || type !== TYPES.int64 && type !== TYPES.int32) return undefined;
  if (!raw) return integers.length === count ? integers : undefined;
  const size = type === TYPES.int64 ? 8 : 4;
  if (raw.length !== count * size) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from(
    { length: count },
    (_, i) => size === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}
