/**
 * The numbers of PyTorch's tensors, as float32 on the host.
 *
 * @module
 */
import { NUMBER_BYTES, type NumberType, readStrided } from "../../../files/strided.ts";
import type { ZipEntry } from "../../../files/zip.ts";
import { quote } from "../../../messages/quote.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { entryBytes } from "../entry_bytes.ts";
import { roundedNotes } from "../named/content.ts";
import { damaged } from "../unfit.ts";
import type { StoredTensor } from "./tensors.ts";

/** Bytes that tensors may have beyond their file's, as where some overlap. */
const MOST_OVERLAP = 2 ** 22;

/** Where storages lie. */
export interface Storages {
  /** The file's bytes, more than which tensors need not have. */
  readonly fileLength: number;
  /** Whether the lowest byte of a number comes first. */
  readonly littleEndian: boolean;
  /** A storage by its name. */
  readonly storage: (key: string) => ZipEntry | undefined;
}

/** Tensors as float32. */
export interface Read {
  /** Their numbers by name; those of tied weights are the same. */
  readonly tensors: StateDict;
  /** Types of those of whole numbers by name. */
  readonly whole: Readonly<Record<string, string>>;
  /** What was rounded. */
  readonly notes: readonly string[];
}

/**
 * Reads tensors.
 *
 * @param views The tensors by name.
 * @param storages Where their storages lie.
 * @returns Their numbers.
 * @throws {SyntaxError} If a storage is missing or damaged, or tensors overlap more than they must.
 */
export async function readTensors(
  views: ReadonlyMap<string, StoredTensor>,
  { fileLength, littleEndian, storage }: Storages,
): Promise<Read> {
  const tensors: StateDict = Object.create(null);
  const whole: Record<string, string> = Object.create(null);
  const rounded: string[] = [];
  const memories = new Map<string, Uint8Array>();
  const read = new Map<string, HostTensor>();
  let left = fileLength + MOST_OVERLAP;
  for (const [name, view] of views) {
    const { storage: { key, type, length }, offset, shape, strides } = view;
    if (!isNumber(type)) {
      whole[name] = type;
      continue;
    }
    if (type === "F64") rounded.push(name);
    const place = [type, key, offset, shape, strides].join("/");
    let tensor = read.get(place);
    if (!tensor) {
      left -= shape.reduce((product, size) => product * size, NUMBER_BYTES[type]);
      if (!(left >= 0)) {
        throw damaged("its tensors are longer together than the file: save a .clone() of each");
      }
      const bytes = memories.get(key) ?? await memoryOf(key, storage(key));
      memories.set(key, bytes);
      if (bytes.length !== length * NUMBER_BYTES[type]) {
        throw damaged(`its storage ${quote(key)} must have ${length} numbers of ${type}`);
      }
      tensor = { shape: [...shape], data: readStrided({ bytes, type, littleEndian }, view) };
      read.set(place, tensor);
    }
    tensors[name] = tensor;
  }
  return { tensors, whole, notes: roundedNotes(rounded) };
}

function isNumber(type: string): type is NumberType {
  return type in NUMBER_BYTES;
}

async function memoryOf(key: string, entry: ZipEntry | undefined): Promise<Uint8Array> {
  if (!entry) throw damaged(`its storage ${quote(key)} is missing`);
  return await entryBytes(entry);
}
