/** MessagePack for tests, as Flax and burn write it. @module */
import { concat } from "../files/zip_files.ts";

/** What can be packed: maps as objects, bytes, and extensions as their type beside bytes. */
export type Packable =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Packable[]
  | { extension: number; bytes: Uint8Array }
  | { [key: string]: Packable };

/** Packs a value, its lengths in 32 bits. */
export function packed(value: Packable): Uint8Array<ArrayBuffer> {
  const sized = (code: number, length: number): Uint8Array =>
    Uint8Array.of(code, length >>> 24, length >>> 16 & 255, length >>> 8 & 255, length & 255);
  if (value === null) return Uint8Array.of(0xc0);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xc3 : 0xc2);
  if (typeof value === "number") return concat(sized(0xce, value));
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    return text.length < 32
      ? concat(Uint8Array.of(0xa0 + text.length), text)
      : concat(sized(0xdb, text.length), text);
  }
  if (value instanceof Uint8Array) return concat(sized(0xc6, value.length), value);
  if (Array.isArray(value)) return concat(sized(0xdd, value.length), ...value.map(packed));
  if (isExtension(value)) {
    return concat(sized(0xc9, value.bytes.length), Uint8Array.of(value.extension), value.bytes);
  }
  const members = Object.entries(value as { [key: string]: Packable });
  const start = members.length < 16 ? Uint8Array.of(0x80 + members.length) : sized(0xdf, members.length);
  return concat(start, ...members.flatMap(([key, member]) => [packed(key), packed(member)]));
}

function isExtension(value: object): value is { extension: number; bytes: Uint8Array } {
  return "extension" in value && "bytes" in value;
}

/** The bytes of numbers that are all the same. */
export function numbers(count: number, value = 0.5): Uint8Array {
  return new Uint8Array(new Float32Array(count).fill(value).buffer);
}
