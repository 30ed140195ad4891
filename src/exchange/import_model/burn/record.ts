/**
 * A record of burn's NamedMpkFileRecorder: MessagePack of what wrote it, and of modules within modules to parameters.
 *
 * @module
 */
import { readMessagePack } from "../../../files/message_pack.ts";
import { NUMBER_BYTES, type NumberType, readStrided } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import { Names } from "../named/content.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import { burnModel } from "./gates.ts";

const TYPES: readonly string[] = ["F16", "BF16", "F32", "F64"] satisfies NumberType[];

/**
 * Reads a record.
 *
 * @param files The file.
 * @param options What it does not tell.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If what no file of burn tells is not given.
 */
export function readRecord(files: readonly ImportFile[], options: ReaderOptions): PlainModel {
  const root = readMessagePack(files[0]!.bytes);
  const [metadata, item] = root instanceof Map ? [root.get("metadata"), root.get("item")] : [];
  if (!(metadata instanceof Map) || !(item instanceof Map)) {
    throw unfit("its MessagePack is no record of burn, which has metadata and an item");
  }
  const names = new Names();
  collect(item, [], names);
  const version: unknown = metadata.get("version");
  return { ...burnModel(names, options), version: typeof version === "string" ? version : undefined };
}

/** Puts the parameters of modules within modules under the names of their paths. */
function collect(value: unknown, path: readonly string[], names: Names): void {
  if (Array.isArray(value)) {
    value.forEach((member, index) => collect(member, [...path, String(index)], names));
  }
  if (!(value instanceof Map)) return;
  const param: unknown = value.get("param");
  if (param instanceof Map && value.has("id")) return take(param, path.join("."), names);
  for (const [key, member] of value) collect(member, [...path, key], names);
}

/** Takes a parameter: bytes, shape, and the name of a type. */
function take(param: ReadonlyMap<unknown, unknown>, name: string, names: Names): void {
  const [bytes, shape, dtype] = ["bytes", "shape", "dtype"].map((key) => param.get(key));
  if (param.has("value")) {
    throw unfit(`${quote(name)} is of a record before burn 0.14: save it with a later one`);
  }
  const isShape = Array.isArray(shape) && shape.length <= 8 &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape || !(bytes instanceof Uint8Array)) throw damaged(`${quote(name)} has no shape or numbers`);
  if (typeof dtype !== "string" || !TYPES.includes(dtype)) {
    const what = dtype instanceof Map ? "quantized" : quote(String(dtype));
    if (typeof dtype === "string" && /^(I|U|Bool)/.test(dtype)) return names.put(name, dtype, undefined);
    throw unfit(`${quote(name)} is ${what}: save the model in float32`);
  }
  const type = dtype as NumberType;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * NUMBER_BYTES[type] !== bytes.length) {
    throw damaged(`${quote(name)} of ${count} numbers of ${type} has ${bytes.length} bytes`);
  }
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, size) => product * size, 1));
  const data = readStrided({ bytes, type, littleEndian: true }, { offset: 0, shape, strides });
  names.put(name, type, { shape, data });
}
