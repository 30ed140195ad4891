/**
 * Arrays of Keras's HDF5 files.
 *
 * @module
 */
import type { Hdf5File } from "../../../files/hdf5.ts";
import { quote } from "../../../messages/quote.ts";
import type { NamedArray } from "../arrays.ts";
import { damaged } from "../unfit.ts";

/**
 * Reads an array that must be there.
 *
 * @param file The file.
 * @param name Where it is.
 * @returns The array, with its place as its name.
 * @throws {SyntaxError} If it is missing or damaged.
 */
export function arrayIn(file: Hdf5File, name: string): NamedArray {
  const array = file.array(name);
  if (!array) throw damaged(`${quote(name)} is missing`);
  return { name, ...array };
}
