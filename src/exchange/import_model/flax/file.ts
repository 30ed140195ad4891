/**
 * What flax.serialization.to_bytes() writes: MessagePack of nested maps, in which extensions of type 1 are arrays.
 *
 * @module
 */
import { MessagePackExtension, readMessagePack } from "../../../files/message_pack.ts";
import { NUMBER_BYTES, type NumberType, readStrided } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import type { HostTensor } from "../../../tensors/module.ts";
import { Names } from "../named/content.ts";
import { modelOfNames } from "../named/dialects.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";

/** The extension of arrays. */
const ARRAY = 1;

/** What stands where an array of more than 1 GiB is cut. */
const CUT = "__msgpack_chunked_array__";

const TYPES: Readonly<Record<string, NumberType>> = {
  float16: "F16",
  bfloat16: "BF16",
  float32: "F32",
  float64: "F64",
};

/**
 * Reads a file of Flax.
 *
 * @param files The file.
 * @param options What it does not tell.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export function readFlax(files: readonly ImportFile[], options: ReaderOptions): PlainModel {
  const { name, bytes } = files[0]!;
  let root = readMessagePack(bytes);
  const notes: string[] = [];
  // Variables have collections, and a TrainState variables beside an optimizer's state.
  while (root instanceof Map && root.get("params") instanceof Map) {
    const others = [...root.keys()].filter((key) => key !== "params");
    if (others.length > 0) {
      notes.push(`its weights are those in "params", beside ${others.map(quote).join(", ")}`);
    }
    root = root.get("params");
  }
  const names = new Names(notes);
  collect(root, [], names);
  return modelOfNames(names, name, { ...options, from: "flax" });
}

/** Puts the arrays of nested maps under the names of their paths. */
function collect(value: unknown, path: readonly string[], names: Names): void {
  if (value instanceof Map) {
    if (value.has(CUT)) throw unfit(`${quote(path.join("/"))} has more than 1 GiB, and Flax cut it in parts`);
    for (const [key, member] of value) collect(member, [...path, key], names);
  } else if (value instanceof MessagePackExtension && value.type === ARRAY) {
    const { type, tensor } = arrayOf(value.bytes, path.join("/"));
    names.put(path.join("/"), type, tensor);
  }
}

/** An array: its shape, its type's name and its numbers, row-major, in a MessagePack of its own. */
function arrayOf(bytes: Uint8Array, name: string): { type: string; tensor: HostTensor | undefined } {
  const parts = readMessagePack(bytes);
  const [shape, type, numbers] = Array.isArray(parts) ? parts : [];
  const isShape = Array.isArray(shape) && shape.length <= 8 &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape || typeof type !== "string" || !(numbers instanceof Uint8Array)) {
    throw damaged(`${quote(name)} has no shape, type or numbers`);
  }
  const known = TYPES[type];
  if (!known) return { type, tensor: undefined };
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * NUMBER_BYTES[known] !== numbers.length) {
    throw damaged(`${quote(name)} of ${count} numbers of ${type} has ${numbers.length} bytes`);
  }
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  const data = readStrided({ bytes: numbers, type: known, littleEndian: true }, {
    offset: 0,
    shape,
    strides,
  });
  return { type, tensor: { shape, data } };
}
