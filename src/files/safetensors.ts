/**
 * The safetensors format: named tensors in one file, as PyTorch users exchange them. Layout: the header's length
 * (8 bytes, little-endian), the header (JSON, padded with spaces), the numbers (little-endian, without gaps). This
 * module knows bytes and typed arrays, neither files nor devices; it supposes a little-endian machine, as WebAssembly
 * and WebGPU do.
 *
 * @module
 */

import { fromFloat16, toFloat16 } from "./float16.ts";
import {
  type Dtype,
  elementCount,
  type Header,
  isDtype,
  MAX_DIMENSIONS,
  MAX_ENTRIES,
  MAX_FILE_HEADER_BYTES,
  MAX_HEADER_BYTES,
  parseHeader,
  sizeOf,
} from "./safetensors_header.ts";
import { unreadable } from "./unreadable.ts";
import { quote } from "../messages/quote.ts";

/** A tensor outside of any device. */
export interface TensorData {
  /** Its dimensions; none for a single number. */
  readonly shape: number[];
  /** Its numbers, row-major. */
  readonly data: Float32Array;
}

/** A tensor to be written: F32, F16 where `half` says so, or I8 of an Int8Array. */
export interface WrittenTensor {
  /** Its dimensions; none for a single number. */
  readonly shape: number[];
  /** Its numbers, row-major. */
  readonly data: Float32Array | Int8Array;
  /** Whether its float32 numbers are rounded to float16. */
  readonly half?: boolean;
}

/** A tensor of whole numbers from -128 to 127. */
export interface Int8Data {
  /** Its dimensions. */
  readonly shape: number[];
  /** Its numbers, row-major. */
  readonly data: Int8Array;
}

/** What a safetensors file holds; its objects have no prototype, so that any name is safe. */
export interface SafetensorsContent {
  /** The tensors by name. */
  readonly tensors: Record<string, TensorData>;
  /** The types of tensors of whole numbers by their names. */
  readonly whole: Record<string, string>;
  /** Those of them that are of type I8: of others numbers are not read. */
  readonly int8: Record<string, Int8Data>;
  /** The free text that came along. */
  readonly metadata: Record<string, string>;
}

/**
 * Writes tensors as safetensors, byte for byte as the safetensors library writes them: wide types first, of each the names in
 * code point order.
 *
 * @param tensors The tensors by name.
 * @param metadata The free text to go along, in code point order of its keys.
 * @returns The file's bytes.
 * @throws {TypeError} If a tensor's shape does not fit its data, or a name or text has a lone surrogate.
 * @throws {RangeError} If a tensor is named `__metadata__`, there are more than 16,384, or the header would
 * take more than 8,000,000 bytes: it could not be read again.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors({ bias: { shape: [2], data: Float32Array.of(1, 2) } }, { epoch: "50" });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * assertEquals(tensors.bias, { shape: [2], data: Float32Array.of(1, 2) });
 * assertEquals(metadata.epoch, "50");
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, WrittenTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const sorted = Object.entries(tensors).sort(([a, left], [b, right]) =>
    sizeOf(typeOf(right)) - sizeOf(typeOf(left)) || compareCodePoints(a, b)
  );
  if (sorted.length > MAX_ENTRIES) {
    throw new RangeError(
      `Cannot write safetensors data as it may have at most 16,384 tensors: it has ${sorted.length}`,
    );
  }
  const members: string[] = [];
  const member = (key: string, value: unknown) => members.push(`${jsonOf(key)}:${JSON.stringify(value)}`);
  if (metadata !== undefined) members.push(`"__metadata__":${encodeMetadata(metadata)}`);
  let position = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const { shape, data } = tensor;
    const dtype = typeOf(tensor);
    const end = position + data.length * sizeOf(dtype);
    member(name, { dtype, shape, data_offsets: [position, end] });
    position = end;
  }
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > MAX_HEADER_BYTES) {
    throw new RangeError(
      `Cannot write safetensors data as its header may take at most 8,000,000 bytes: it takes ${headerLength}`,
    );
  }
  const bytes = new Uint8Array(8 + headerLength + position);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let offset = 8 + headerLength;
  for (const [, tensor] of sorted) {
    writeNumbers(bytes, offset, tensor);
    offset += tensor.data.length * sizeOf(typeOf(tensor));
  }
  return bytes;
}

function typeOf({ data, half = false }: WrittenTensor): "F32" | "F16" | "I8" {
  if (data instanceof Int8Array) return "I8";
  return half ? "F16" : "F32";
}

/** Writes numbers little-endian: as they lie in memory, unless they are rounded. */
function writeNumbers(bytes: Uint8Array, offset: number, tensor: WrittenTensor): void {
  const { data } = tensor;
  if (typeOf(tensor) === "F16") {
    const view = new DataView(bytes.buffer, offset);
    data.forEach((value, i) => view.setUint16(2 * i, toFloat16(value), true));
  } else bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
}

/**
 * Reads safetensors data. Nothing in it is trusted: it is refused, with the reason, unless header and data agree in
 * every byte.
 *
 * @param bytes The file's bytes; the result shares no memory with them.
 * @returns The tensors, those of whole numbers but I8 by name alone, and the metadata. F16, BF16 and F64 numbers are
 * converted to float32.
 * @throws {SyntaxError} If the bytes are not sound safetensors data, or a tensor is of another type.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => decodeSafetensors(new Uint8Array(4)), SyntaxError, "4 bytes are there");
 * ```
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  const { entries, metadata, dataStart } = readHeader(bytes);
  const tensors: Record<string, TensorData> = Object.create(null);
  const whole: Record<string, string> = Object.create(null);
  const int8: Record<string, Int8Data> = Object.create(null);
  for (const { name, dtype, shape, length, begin, end } of entries) {
    const numbers = new DataView(bytes.buffer, bytes.byteOffset + dataStart + begin, end - begin);
    if (isDtype(dtype)) tensors[name] = { shape, data: readNumbers(numbers, dtype, length) };
    else whole[name] = dtype;
    if (dtype === "I8") {
      const start = numbers.byteOffset;
      int8[name] = { shape, data: new Int8Array(numbers.buffer.slice(start, start + length) as ArrayBuffer) };
    }
  }
  return { tensors, whole, int8, metadata };
}

/**
 * Reads the header of safetensors data, of which there may be no more than the start.
 *
 * @param bytes The file's bytes, its header at least.
 * @param size How many bytes there are in all.
 * @returns The entries, the metadata, and the first byte of the data.
 * @throws {SyntaxError} If the header is not one that describes exactly these bytes.
 */
export function readHeader(bytes: Uint8Array, size: number = bytes.length): Header & { dataStart: number } {
  if (bytes.length < 8) {
    throw unreadable(`it must begin with the header's length in 8 bytes: ${bytes.length} bytes are there`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > MAX_FILE_HEADER_BYTES) {
    throw unreadable(`its header may take at most 100,000,000 bytes: it claims ${headerLength}`);
  }
  const dataStart = 8 + Number(headerLength);
  if (dataStart > size) {
    throw unreadable(`it is cut off: the header takes ${headerLength} bytes, ${size - 8} are there`);
  }
  return { ...parseHeader(bytes.subarray(8, dataStart), size - dataStart), dataStart };
}

/** Reads the little-endian numbers of a view, one by one unless they are copied as they are. */
function readNumbers(view: DataView, dtype: Dtype, length: number): Float32Array {
  const { buffer, byteOffset, byteLength } = view;
  if (dtype === "F32") {
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
  }
  const numbers = new Float32Array(length);
  if (dtype === "F64") { for (let i = 0; i < length; i++) numbers[i] = view.getFloat64(8 * i, true); }
  if (dtype === "F16") {
    for (let i = 0; i < length; i++) numbers[i] = fromFloat16(view.getUint16(2 * i, true));
  }
  if (dtype === "BF16") { // the upper half of a float32
    const bits = new Uint32Array(numbers.buffer);
    for (let i = 0; i < length; i++) bits[i] = view.getUint16(2 * i, true) << 16;
  }
  return numbers;
}

function checkTensor(name: string, { shape, data }: WrittenTensor): void {
  if (name === "__metadata__") {
    throw new RangeError(
      'Cannot write a tensor named "__metadata__" as the format keeps this name for itself',
    );
  }
  if (elementCount(shape) !== data.length || shape.length > MAX_DIMENSIONS) {
    throw new TypeError(
      `Cannot write tensor ${quote(name)} as its shape must fit its ${data.length} numbers: ` +
        `current shape is (${shape.join(", ")})`,
    );
  }
}

function encodeMetadata(metadata: Readonly<Record<string, string>>): string {
  const members = Object.entries(metadata).sort(([a], [b]) => compareCodePoints(a, b)).map(([key, text]) => {
    if (typeof text !== "string") {
      throw new TypeError(
        `Cannot write metadata ${quote(key)} as it must be a string: current type is ${typeof text}`,
      );
    }
    return `${jsonOf(key)}:${jsonOf(text)}`;
  });
  return `{${members.join(",")}}`;
}

/** A string as JSON; readers refuse half characters, so they are not written either. */
function jsonOf(text: string): string {
  if (!text.isWellFormed()) {
    throw new TypeError(
      `Cannot write ${quote(text)} to safetensors data as it has a lone surrogate`,
    );
  }
  return JSON.stringify(text);
}

/** The order of UTF-8's bytes, which is not that of UTF-16's units: surrogates sort above U+E000 to U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  // Two strings that part in the middle of a pair share its first half: step back to compare whole code points.
  if (i > 0 && (a.codePointAt(i - 1)! > 0xffff || b.codePointAt(i - 1)! > 0xffff)) i--;
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}
