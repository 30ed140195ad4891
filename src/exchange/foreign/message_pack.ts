/**
 * What a MessagePack file is, by the first key of its map: Flax and burn write such, without a signature.
 *
 * @module
 */
import { IMPORT_ADVICE } from "./advice.ts";

/** A map, the length of its first text, and signs that are no space. */
const START = /^(?:[\x81-\x8f]|\xde..)(?:([\xa1-\xbf])|\xd9(.))([!-~]*)/s;

/**
 * The first key of a map.
 *
 * @param bytes The file.
 * @returns The key; undefined where the file is no map of a few members by short texts.
 */
export function firstKey(bytes: Uint8Array): string | undefined {
  const [, short, long, text = ""] = START.exec(String.fromCharCode(...bytes.subarray(0, 300))) ?? [];
  const length = short === undefined ? long?.charCodeAt(0) ?? 0 : short.charCodeAt(0) - 0xa0;
  return length > 0 && text.length >= length ? text.slice(0, length) : undefined;
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
    ? `a record of burn (.mpk): ${IMPORT_ADVICE}`
    : `a MessagePack file, as Flax writes it: ${IMPORT_ADVICE}`;
}
