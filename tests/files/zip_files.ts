/** Zip files for tests, written field by field. @module */
import { crc32Of } from "../../src/files/crc32.ts";

/** A file to pack. */
export interface Member {
  name: string;
  bytes: Uint8Array;
  /** 0 stored, 8 deflated. */
  method?: number;
  flags?: number;
  /** What the directory shall say where that is not so. */
  crc?: number;
  size?: number;
}

/** Numbers as little-endian fields: [bytes, value]. */
function fields(...list: [bytes: number, value: number][]): Uint8Array {
  return Uint8Array.from(
    list.flatMap(([bytes, value]) =>
      Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256)
    ),
  );
}

/** Joins arrays. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Packs bytes. */
export async function pack(bytes: Uint8Array, format: "gzip" | "deflate-raw"): Promise<Uint8Array> {
  const blob = new Blob([Uint8Array.from(bytes)]);
  return await new Response(blob.stream().pipeThrough(new CompressionStream(format))).bytes();
}

/** A zip file; `wide` writes its directory with the fields of zip64. */
export async function zipFile(members: readonly Member[], wide = false): Promise<Uint8Array<ArrayBuffer>> {
  const bodies: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const member of members) {
    const { bytes, method = 8, flags = 0, crc = crc32Of(bytes), size = bytes.length } = member;
    const name = new TextEncoder().encode(member.name);
    const packed = method === 8 ? await pack(bytes, "deflate-raw") : bytes;
    const extra = wide
      ? fields([2, 1], [2, 24], [8, size], [8, packed.length], [8, offset])
      : new Uint8Array(0);
    const narrow = (value: number): number => wide ? 0xffffffff : value;
    const common: [number, number][] = [[2, 20], [2, flags], [2, method], [4, 0], [4, crc]];
    const local = concat(
      fields([4, 0x04034b50], ...common, [4, packed.length], [4, size], [2, name.length], [2, 0]),
      name,
      packed,
    );
    directory.push(
      fields([4, 0x02014b50], [2, 20], ...common, [4, narrow(packed.length)], [4, narrow(size)]),
      fields([2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, narrow(offset)]),
      name,
      extra,
    );
    bodies.push(local);
    offset += local.length;
  }
  const entries = concat(...directory);
  const { length: count } = members;
  const end64 = concat(
    fields([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count]),
    fields([8, entries.length], [8, offset]),
    fields([4, 0x07064b50], [4, 0], [8, offset + entries.length], [4, 1]),
  );
  const end = wide
    ? fields([4, 0x06054b50], [4, 0], [2, 0xffff], [2, 0xffff], [4, 0xffffffff], [4, 0xffffffff], [2, 0])
    : fields([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, entries.length], [4, offset], [2, 0]);
  return concat(...bodies, entries, ...(wide ? [end64] : []), end);
}
