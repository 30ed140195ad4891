/**
 * torch.save(): a zip of a pickle, of the storages that it names, and of a word about the order of bytes.
 *
 * @module
 */
import { chunksOf } from "../../../files/byte_chunks.ts";
import { readPickle } from "../../../files/pickle.ts";
import { readZip, type ZipEntry } from "../../../files/zip.ts";
import { quote } from "../../../messages/quote.ts";
import { inferModel } from "../../pytorch.ts";
import { entryBytes } from "../entry_bytes.ts";
import { plainOf } from "../inferred.ts";
import { refuseName, stateDictIn } from "../pickled.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import { damaged } from "../unfit.ts";
import { readTensors } from "./read_tensors.ts";
import { GLOBALS, storageOf, StoredTensor } from "./tensors.ts";

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/**
 * Reads a file of torch.save().
 *
 * @param files The file.
 * @param options The activation of an RNN.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If it names code, or the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export async function readTorch(
  files: readonly ImportFile[],
  { nonlinearity }: ReaderOptions,
): Promise<PlainModel> {
  const { name, bytes } = files[0]!;
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: quote(name), size: bytes.length, slice });
  if (entries.reduce((sum, { size }) => sum + size, 0) > bytes.length) {
    throw damaged("its entries are longer together than the file, where torch.save() packs nothing");
  }
  const pickle = entries.find(({ name }) => /(^|\/)data\.pkl$/.test(name));
  if (!pickle) throw damaged("its data.pkl is missing");
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const order = byName.get(`${folder}byteorder`);
  const root = readPickle(await entryBytes(pickle), {
    globals: GLOBALS,
    persistent: storageOf,
    refuse: refuseName,
  });
  const { tensors: views, notes } = stateDictIn(
    root,
    (value) => value instanceof StoredTensor ? value : undefined,
  );
  const read = await readTensors(views, {
    fileLength: bytes.length,
    littleEndian: order === undefined || await isLittle(order),
    storage: (key) => byName.get(`${folder}data/${key}`),
  });
  const inferred = inferModel({ ...read, metadata: {} }, { nonlinearity, marked: PLAIN });
  return plainOf("pytorch", inferred, [...notes, ...read.notes]);
}

/** Whether the word about the order of bytes is that of most machines. */
async function isLittle(entry: ZipEntry): Promise<boolean> {
  const word = new TextDecoder().decode(await entryBytes(entry));
  if (word === "little" || word === "big") return word === "little";
  throw damaged(`its order of bytes is ${quote(word)}, neither "little" nor "big"`);
}
