/**
 * What a MessagePack file is, by the first key of its map: Flax and burn write such, without a signature.
 *
 * @module
 */
import { IN_PYTHON } from "./advice.ts";

/**
 * The first key of a map.
 *
 * @param bytes The file.
 * @returns The key; undefined where the file is no map of a few members by short texts.
 */
export function firstKey(bytes: Uint8Array): string | undefined {
  const [map = 0] = bytes;
  const start = map > 0x80 && map < 0x90 ? 1 : map === 0xde ? 3 : 0;
  if (start === 0) return undefined;
  const [code = 0, size = 0] = bytes.subarray(start);
  const isLong = code === 0xd9;
  const length = isLong ? size : code - 0xa0;
  if (length <= 0 || length > (isLong ? 255 : 31)) return undefined;
  const from = start + (isLong ? 2 : 1);
  const key = bytes.subarray(from, from + length);
  if (key.length < length || !key.every((byte) => byte > 0x20 && byte < 0x7f)) return undefined;
  return new TextDecoder().decode(key);
}

/**
 * Tells what a file is.
 *
 * @param bytes The file.
 * @returns Its kind and what to do; undefined where it is none.
 */
export function kindOfMessagePack(bytes: Uint8Array): string | undefined {
  const key = firstKey(bytes);
  if (key === undefined) return undefined;
  return key === "metadata"
    ? `a record of burn (.mpk): ${IN_PYTHON.imported}`
    : `a MessagePack file, as Flax writes it: ${IN_PYTHON.imported}`;
}
