/**
 * Arrays of an HDF5 file that lie in chunks, packed or not, as h5py writes them with options and h5repack makes them. (HDF5
 * File Format Specification 3.0: B-trees of version 1, filter pipelines; filters deflate, shuffle and fletcher32.)
 *
 * @module
 */
import { chunksOf, inflate } from "../byte_chunks.ts";
import { damaged, type Hdf5Bytes, unknownForm } from "./bytes.ts";

/** What a file says of an array in chunks. */
export interface Chunked {
  /** The layout message. */
  readonly layout: Hdf5Bytes;
  /** The message of filters, where there are any. */
  readonly filters: Hdf5Bytes | undefined;
  readonly shape: readonly number[];
  /** Bytes of a number. */
  readonly size: number;
  /** How many bytes its chunks may have. */
  readonly room: number;
}

/** What a filter did. */
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER_32 = 3;

/** A chunk: where it begins in the array, and its bytes in the file. */
interface Chunk {
  readonly offsets: readonly number[];
  readonly bytes: Uint8Array;
  /** A bit for each filter that was left out. */
  readonly mask: number;
}

/**
 * The bytes of an array in chunks.
 *
 * @param file The file.
 * @param chunked What it says of the array.
 * @returns The bytes, row-major.
 * @throws {SyntaxError} If the file is damaged, or of a form that is not read.
 */
export async function chunkedBytes(
  file: Hdf5Bytes,
  { layout, filters, shape, size, room }: Chunked,
): Promise<Uint8Array> {
  if (layout.u8(0) !== 3) throw unknownForm("an array's chunks are of a newer version");
  const rank = layout.u8(2) - 1;
  if (rank !== shape.length || rank < 1) throw damaged("an array's chunks have other axes");
  const address = layout.address(3);
  const chunk = shape.map((_, axis) => layout.u32(11 + 4 * axis));
  if (layout.u32(11 + 4 * rank) !== size || chunk.includes(0)) {
    throw damaged("an array's chunks have no size");
  }
  const counts = shape.map((length, axis) => Math.ceil(length / chunk[axis]!));
  const count = productOf(counts);
  const chunkLength = productOf(chunk) * size;
  if (!(count * chunkLength <= room)) {
    throw damaged(`an array's chunks unpack to ${count * chunkLength} bytes, for which it is too short`);
  }
  const steps = filters ? filtersIn(filters) : [];
  const result = new Uint8Array(productOf(shape) * size);
  const seen = new Set<string>();
  for (
    const { offsets, bytes, mask } of address === undefined
      ? []
      : chunksAt(file, address, { rank, most: count })
  ) {
    const isPlace = offsets.every((offset, axis) => offset % chunk[axis]! === 0 && offset < shape[axis]!);
    const place = offsets.join();
    if (!isPlace || seen.has(place)) throw damaged("an array's chunks lie beside their places");
    seen.add(place);
    const used = steps.filter((_, i) => (mask >>> i & 1) === 0);
    copy(await unpacked(bytes, used, { length: chunkLength, size }), result, { offsets, chunk, shape, size });
  }
  if (seen.size < count) throw unknownForm("an array has chunks that were never written");
  return result;
}

/** The filters in the order in which they were applied. */
function filtersIn(message: Hdf5Bytes): number[] {
  const version = message.u8(0);
  if (version !== 1 && version !== 2) throw unknownForm(`its filters are of version ${version}`);
  const filters: number[] = [];
  let at = version === 1 ? 8 : 2;
  for (let i = message.u8(1); i > 0; i--) {
    const id = message.u16(at);
    const named = version === 1 || id >= 256;
    const name = named ? message.u16(at + 2) : 0;
    const values = message.u16(at + (named ? 6 : 4));
    at += (named ? 8 : 6) + (version === 1 ? 8 * Math.ceil(name / 8) : name) + 4 * values;
    if (version === 1 && values % 2 === 1) at += 4;
    if (id < DEFLATE || id > FLETCHER_32) throw unknownForm(`its arrays are packed by filter ${id}`);
    filters.push(id);
  }
  return filters;
}

/** The chunks below a node of a B-tree. */
function chunksAt(file: Hdf5Bytes, root: number, { rank, most }: { rank: number; most: number }): Chunk[] {
  const chunks: Chunk[] = [];
  const seen = new Set<number>();
  const walk = (node: number, level: number | undefined): void => {
    if (seen.has(node)) throw damaged("an array's chunks go round in a circle");
    seen.add(node);
    file.expect(node, "TREE");
    const own = file.u8(node + 5);
    if (file.u8(node + 4) !== 1 || level !== undefined && own !== level) {
      throw damaged("an array's chunks are none");
    }
    const key = 16 + 8 * rank;
    for (let i = 0; i < file.u16(node + 6); i++) {
      const at = node + 24 + i * (key + 8);
      const child = file.address(at + key);
      if (child === undefined) throw damaged("a chunk is nowhere");
      if (own > 0) walk(child, own - 1);
      else if (chunks.length === most) throw damaged("an array has more chunks than places");
      else {
        const offsets = Array.from({ length: rank }, (_, axis) => file.size(at + 8 + 8 * axis));
        chunks.push({ offsets, bytes: file.raw(child, file.u32(at)), mask: file.u32(at + 4) });
      }
    }
  };
  walk(root, undefined);
  return chunks;
}

/** The bytes of a chunk, its filters undone from the last to the first. */
async function unpacked(
  bytes: Uint8Array,
  filters: readonly number[],
  { length, size }: { length: number; size: number },
): Promise<Uint8Array> {
  let current = bytes;
  for (const filter of filters.toReversed()) {
    if (filter === FLETCHER_32) current = current.subarray(0, Math.max(0, current.length - 4));
    else if (filter === SHUFFLE) current = together(current, size);
    else current = await inflated(current, length + 4);
  }
  if (current.length !== length) throw damaged("a chunk does not unpack to its size");
  return current;
}

async function inflated(bytes: Uint8Array, most: number): Promise<Uint8Array> {
  const broken = (): SyntaxError => damaged("a chunk does not unpack");
  const result = new Uint8Array(most);
  let at = 0;
  for await (const part of inflate(chunksOf(bytes), "deflate", broken)) {
    if (at + part.length > most) throw broken();
    result.set(part, at);
    at += part.length;
  }
  return result.subarray(0, at);
}

/** Numbers whose first bytes lay together, then their second ones, and so on. */
function together(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.length / size);
  const result = new Uint8Array(bytes.length);
  for (let byte = 0; byte < size; byte++) {
    for (let i = 0; i < count; i++) result[i * size + byte] = bytes[byte * count + i]!;
  }
  return result;
}

/** Puts a chunk at its place, but for what of it lies beyond the array. */
function copy(
  from: Uint8Array,
  to: Uint8Array,
  { offsets, chunk, shape, size }: {
    offsets: readonly number[];
    chunk: readonly number[];
    shape: readonly number[];
    size: number;
  },
): void {
  const last = shape.length - 1;
  const width = Math.min(chunk[last]!, shape[last]! - offsets[last]!) * size;
  const rows = productOf(chunk.slice(0, -1));
  for (let row = 0; row < rows; row++) {
    let [rest, target, step, inside] = [row, 0, shape[last]!, true];
    for (let axis = last - 1; axis >= 0; axis--) {
      const place = offsets[axis]! + rest % chunk[axis]!;
      rest = Math.floor(rest / chunk[axis]!);
      inside &&= place < shape[axis]!;
      target += place * step;
      step *= shape[axis]!;
    }
    if (!inside) continue;
    const start = row * chunk[last]! * size;
    to.set(from.subarray(start, start + width), (target + offsets[last]!) * size);
  }
}

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
