/**
 * Files of arrays by name, read as the framework has them that their names or the caller tell.
 *
 * @module
 */
import { decodeSafetensors } from "../../../files/safetensors.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import type { NamedContent } from "./content.ts";
import { modelOfNames } from "./dialects.ts";
import { readNpyFiles, readNpz } from "./numpy.ts";

/** Makes a reader of files of what gives their arrays. */
function readerOf(
  read: (files: readonly ImportFile[]) => NamedContent | Promise<NamedContent>,
): (files: readonly ImportFile[], options: ReaderOptions) => Promise<PlainModel> {
  return async (files, options) => modelOfNames(await read(files), files[0]!.name, options);
}

/** Reads a safetensors file. */
export const readSafetensors = readerOf(([file]) => ({ ...decodeSafetensors(file!.bytes), notes: [] }));

/** Reads NumPy's archive. */
export const readNumpy = readerOf(readNpz);

/** Reads NumPy's files of an array each. */
export const readArrays = readerOf(readNpyFiles);
