/**
 * NumPy's arrays by name: an .npz, which is a zip of .npy files, or several .npy files.
 *
 * @module
 */
import { chunksOf } from "../../../files/byte_chunks.ts";
import { mostUnpacked } from "../../../files/most_unpacked.ts";
import { readNpy } from "../../../files/npy.ts";
import { readZip } from "../../../files/zip.ts";
import { quote } from "../../../messages/quote.ts";
import { entryBytes } from "../entry_bytes.ts";
import type { ImportFile } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import { type NamedContent, Names } from "./content.ts";

/** What NumPy calls arrays that were given none. */
const NAMELESS = /^arr_\d+$/;

/**
 * Reads an archive.
 *
 * @param files The .npz.
 * @returns Its arrays.
 * @throws {SyntaxError} If it is damaged.
 * @throws {TypeError} If its arrays have no names.
 */
export async function readNpz(files: readonly ImportFile[]): Promise<NamedContent> {
  const { name, bytes } = files[0]!;
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: quote(name), size: bytes.length, slice });
  const length = entries.reduce((sum, { size }) => sum + size, 0);
  if (length > mostUnpacked(bytes.length)) {
    throw damaged(`its arrays unpack to ${length} bytes, for which it is too short`);
  }
  const names = new Names();
  for (const entry of entries) {
    const plain = entry.name.replace(/\.npy$/, "");
    const { type, shape, data } = readNpy(await entryBytes(entry));
    names.put(plain, type, data && { shape, data });
  }
  if (entries.some(({ name }) => NAMELESS.test(name.replace(/\.npy$/, "")))) {
    throw unfit("its arrays have no names: save them with numpy.savez(path, **weights)");
  }
  return names;
}

/**
 * Reads files of an array each, whose names are the arrays'.
 *
 * @param files The files.
 * @returns Their arrays.
 * @throws {SyntaxError} If one is damaged.
 * @throws {TypeError} If there is one alone.
 */
export function readNpyFiles(files: readonly ImportFile[]): NamedContent {
  if (files.length === 1) {
    throw unfit(
      `${quote(files[0]!.name)} is one array: give all of the model's, each a file of its name, or an .npz`,
    );
  }
  const names = new Names();
  for (const { name, bytes } of files) {
    const { type, shape, data } = readNpy(bytes);
    names.put(name.replace(/\.npy$/, ""), type, data && { shape, data });
  }
  return names;
}
