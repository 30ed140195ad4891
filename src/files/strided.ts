/**
 * Numbers that lie in memory by strides, of several types and in either order of bytes, as float32 one behind the other.
 *
 * @module
 */
import { fromFloat16 } from "./float16.ts";

/** A type of numbers, as safetensors names it. */
export type NumberType = "F16" | "BF16" | "F32" | "F64";

/** The bytes of a number. */
export const NUMBER_BYTES: Readonly<Record<NumberType, number>> = { F16: 2, BF16: 2, F32: 4, F64: 8 };

/** Where an array's numbers lie, counted in numbers. */
export interface Strided {
  /** The first one's place. */
  readonly offset: number;
  /** The dimensions. */
  readonly shape: readonly number[];
  /** How far it is from one to the next in each dimension. */
  readonly strides: readonly number[];
}

/** Memory that numbers lie in. */
export interface Numbers {
  /** The memory. */
  readonly bytes: Uint8Array;
  /** Their type. */
  readonly type: NumberType;
  /** Whether the lowest byte comes first. */
  readonly littleEndian: boolean;
}

/**
 * How many numbers lie before the end of an array.
 *
 * @param array Where its numbers lie.
 * @returns The count; 0 of an array without numbers.
 */
export function extentOf({ offset, shape, strides }: Strided): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, size, i) => last + (size - 1) * strides[i]!, offset) + 1;
}

/**
 * Reads an array.
 *
 * @param numbers The memory, which holds all of it.
 * @param array Where its numbers lie.
 * @returns The numbers, row-major, sharing no memory. Of F64 they are rounded.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array(Float64Array.of(1, 2, 3, 4, 5, 6).buffer);
 * const transposed = { offset: 0, shape: [3, 2], strides: [1, 3] };
 * assertEquals(
 *   readStrided({ bytes, type: "F64", littleEndian: true }, transposed),
 *   Float32Array.of(1, 4, 2, 5, 3, 6),
 * );
 * ```
 */
export function readStrided(numbers: Numbers, { offset, shape, strides }: Strided): Float32Array {
  const { bytes, type, littleEndian } = numbers;
  const length = shape.reduce((product, size) => product * size, 1);
  const from = bytes.byteOffset + offset * NUMBER_BYTES[type];
  if (type === "F32" && littleEndian && isRowMajor(shape, strides)) {
    return new Float32Array(bytes.buffer.slice(from, from + 4 * length) as ArrayBuffer);
  }
  const result = new Float32Array(length);
  const at = getterOf(numbers);
  const columns = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const index = shape.map(() => 0);
  for (let start = offset, to = 0; to < length;) {
    for (let column = 0; column < columns; column++) result[to++] = at(start + column * step);
    for (let i = shape.length - 2; i >= 0; i--) {
      start += strides[i]!;
      if (++index[i]! < shape[i]!) break;
      start -= shape[i]! * strides[i]!;
      index[i] = 0;
    }
  }
  return result;
}

/** Whether numbers lie one behind the other. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}

/** What gives a number by its place. */
function getterOf({ bytes, type, littleEndian }: Numbers): (place: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "F16":
      return (place) => fromFloat16(view.getUint16(2 * place, littleEndian));
    case "F32":
      return (place) => view.getFloat32(4 * place, littleEndian);
    case "F64":
      return (place) => view.getFloat64(8 * place, littleEndian);
    case "BF16": { // the upper half of a float32
      const half = new DataView(new ArrayBuffer(4));
      return (place) => {
        half.setUint16(0, view.getUint16(2 * place, littleEndian));
        return half.getFloat32(0);
      };
    }
  }
}
