/**
 * `.keras`: a zip of metadata.json, config.json and model.weights.h5, in which arrays lie by their layers' classes.
 *
 * @module
 */
import { Hdf5File } from "../../../files/hdf5.ts";
import { mostUnpacked } from "../../../files/most_unpacked.ts";
import { readZip, type ZipEntry } from "../../../files/zip.ts";
import { chunksOf, gather } from "../../../files/byte_chunks.ts";
import { quote } from "../../../messages/quote.ts";
import type { NamedArray } from "../arrays.ts";
import { entryBytes } from "../entry_bytes.ts";
import { arrayIn } from "./weights.ts";
import { type Members, parseObject } from "../members.ts";
import { type ImportFile, type PlainModel, VOCABULARY_KEY } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import type { KerasLayer } from "./chain.ts";
import { modelOf } from "./model.ts";
import { groupsOf } from "./places.ts";

/** The most bytes of a JSON in it: that of a hundred layers has 200,000. */
const LONGEST_JSON = 2 ** 24;

/**
 * Reads a `.keras` file.
 *
 * @param files The file.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 */
export async function readArchive(files: readonly ImportFile[]): Promise<PlainModel> {
  const { name, bytes } = files[0]!;
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: quote(name), size: bytes.length, slice });
  const metadata = await jsonOf(entries, "metadata.json");
  const config = await jsonOf(entries, "config.json");
  const { keras_version: version } = metadata;
  const weights = entryOf(entries, "model.weights.h5");
  const most = mostUnpacked(bytes.length);
  if (weights.size > most) {
    throw damaged(`its weights unpack to ${weights.size} bytes, for which it is too short`);
  }
  const file = new Hdf5File(await entryBytes(weights));
  await file.unpack("layers", most);
  const model = modelOf({
    framework: "keras",
    version: typeof version === "string" ? version : undefined,
    config,
    weights: () => (layer) => weightsIn(file, layer),
  });
  const vocabulary = metadata[VOCABULARY_KEY];
  return vocabulary === undefined ? model : { ...model, vocabulary };
}

/** A layer's weights. */
function weightsIn(file: Hdf5File, layer: KerasLayer): NamedArray[] {
  return groupsOf(layer).flatMap((group) =>
    file.names(group).map((_, index) => arrayIn(file, `${group}/${index}`))
  );
}

async function jsonOf(entries: readonly ZipEntry[], name: string): Promise<Members> {
  const entry = entryOf(entries, name);
  if (entry.size > LONGEST_JSON) throw damaged(`its ${name} has ${entry.size} bytes`);
  return parseObject(new TextDecoder().decode(await gather(entry.chunks())), `its ${name}`);
}

function entryOf(entries: readonly ZipEntry[], name: string): ZipEntry {
  const entry = entries.find((entry) => entry.name === name);
  if (entry) return entry;
  throw unfit(`a .keras file must have ${name}: save the whole model with model.save()`);
}
