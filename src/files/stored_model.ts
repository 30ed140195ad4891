/**
 * What a model's file says of its weights before they are read: the type of their numbers, and where they come from.
 *
 * @module
 */
import { readStart } from "./atomic_file.ts";
import { type Origin, readOrigin } from "./origin.ts";
import { fileSize } from "./paths.ts";
import { readHeader } from "./safetensors.ts";
import { type Dtype, type Header, isDtype, MAX_FILE_HEADER_BYTES } from "./safetensors_header.ts";

/** What the scales of a matrix of int8 have behind its name. */
export const SCALE = ".scale";

/** How types of numbers are called. */
const TYPES = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
} as const satisfies Record<Dtype, string>;

/** A type of numbers as a file has them: all but int8 are computed in float32. */
export type StoredType = typeof TYPES[Dtype] | "int8";

/** What a file says of its model. */
export interface StoredModel {
  /** The type of the weights: int8 where a matrix has scales, else that of most numbers. */
  readonly weights: StoredType;
  /** Where they come from, as far as the file says it. */
  readonly origin: Origin;
}

/**
 * Reads the header of a model's file.
 *
 * @param path The file.
 * @returns What it says; undefined where it is damaged, or no file of safetensors.
 * @throws {RangeError} If it cannot be read.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const stored = await readStored("tests/golden/from_python/model.safetensors");
 * assertEquals(stored, { weights: "float32", origin: {} });
 * ```
 */
export async function readStored(path: string): Promise<StoredModel | undefined> {
  const size = await fileSize(path);
  if (size < 8) return undefined;
  const claimed = Number(new DataView((await readStart(path, 8)).buffer).getBigUint64(0, true));
  const start = await readStart(path, 8 + Math.min(claimed, size, MAX_FILE_HEADER_BYTES));
  try {
    const { entries, metadata } = readHeader(start, size);
    return { weights: typeOf(entries), origin: readOrigin(metadata) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function typeOf(entries: Header["entries"]): StoredType {
  const names = new Set(entries.map(({ name }) => name));
  if (entries.some(({ name, dtype }) => dtype === "I8" && names.has(name + SCALE))) return "int8";
  const counts: Record<StoredType, number> = { float32: 0, float16: 0, bfloat16: 0, float64: 0, int8: 0 };
  for (const { dtype, length } of entries) if (isDtype(dtype)) counts[TYPES[dtype]] += length;
  return (Object.keys(counts) as StoredType[]).reduce((a, b) => counts[b] > counts[a] ? b : a);
}
