/**
 * What an HDF5 file says of numbers and texts: their type, and how many there are.
 *
 * @module
 */
import { damaged, type Hdf5Bytes, unknownForm } from "./bytes.ts";

/** The type of an element: floating-point numbers, texts of a length or of any, or something that is not read. */
export interface ElementType {
  readonly kind: "float" | "text" | "texts" | "other";
  /** Bytes of an element. */
  readonly size: number;
}

/** The fields of IEEE's numbers by their bytes: places and sizes of exponent and mantissa, and the exponent's bias. */
const IEEE: Readonly<Record<number, readonly number[]>> = {
  2: [10, 5, 0, 10, 15],
  4: [23, 8, 0, 23, 127],
  8: [52, 11, 0, 52, 1023],
};

/** The most axes. */
const MOST_AXES = 32;

/**
 * Reads a datatype message.
 *
 * @param bytes The message.
 * @returns The type.
 */
export function readType(bytes: Hdf5Bytes): ElementType {
  const which = bytes.u8(0) & 15;
  const flags = bytes.u8(1);
  const size = bytes.u32(4);
  if (size === 0) throw damaged("its elements have no bytes");
  if (which === 1) {
    const fields = [bytes.u8(12), bytes.u8(13), bytes.u8(14), bytes.u8(15), bytes.u32(16)];
    const plain = (flags & 0x41) === 0 && fields.join() === IEEE[size]?.join();
    return { kind: plain ? "float" : "other", size };
  }
  if (which === 3) return { kind: "text", size };
  if (which === 9 && (flags & 15) === 1 && size === 16) return { kind: "texts", size };
  return { kind: "other", size };
}

/**
 * Reads a dataspace message.
 *
 * @param bytes The message.
 * @returns The shape; none of what holds nothing.
 */
export function readShape(bytes: Hdf5Bytes): number[] | undefined {
  const version = bytes.u8(0);
  const rank = bytes.u8(1);
  if (version !== 1 && version !== 2) throw unknownForm(`it has a dataspace of version ${version}`);
  if (rank > MOST_AXES) throw damaged(`it has an array of ${rank} axes`);
  if (version === 2 && bytes.u8(3) === 2) return undefined;
  return Array.from({ length: rank }, (_, axis) => bytes.size((version === 1 ? 8 : 4) + 8 * axis));
}

/**
 * How many elements there are.
 *
 * @param shape The shape; none of what holds nothing.
 */
export function countOf(shape: readonly number[] | undefined): number {
  return shape === undefined ? 0 : shape.reduce((product, size) => product * size, 1);
}
