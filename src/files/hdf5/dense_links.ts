/**
 * The links of a group that has many, names that are not of ASCII among them: they lie in a heap, and a tree has their places
 * in it. (HDF5 File Format Specification 3.0: version 2 B-trees, fractal heaps.)
 *
 * @module
 */
import { damaged, type Hdf5Bytes, unknownForm } from "./bytes.ts";

/** A record of the tree: a name's hash, and the link's place in the heap. */
const RECORD = 11;
const HASH = 4;
/** What a tree of links is called. */
const LINKS_BY_NAME = 5;
/** The most levels below the root: 46 to the 4th are millions of links. */
const MOST_LEVELS = 4;

/** A block of the heap. */
interface HeapBlock {
  readonly address: number;
  /** Which of the heap's places it has. */
  readonly from: number;
  readonly to: number;
}

/**
 * The links of a group.
 *
 * @param file The file.
 * @param heap Where the heap's header is.
 * @param tree Where the tree's header is.
 * @returns The links' messages, in the tree's order.
 */
export function denseLinks(file: Hdf5Bytes, heap: number, tree: number): Hdf5Bytes[] {
  file.expect(heap, "FRHP");
  const offsetSize = Math.ceil(file.u16(heap + 128) / 8);
  const lengthSize = file.u16(heap + 5) - 1 - offsetSize;
  if (file.u16(heap + 7) !== 0) throw unknownForm("the names of its groups are packed");
  if (!(offsetSize > 0 && lengthSize > 0)) throw damaged("a group's heap has no places");
  const blocks = blocksOf(file, heap, offsetSize);
  return recordsOf(file, tree).map((record) => {
    const id = record + HASH;
    if (file.u8(id) !== 0) throw unknownForm("the names of its groups lie elsewhere");
    const from = file.number(id + 1, offsetSize);
    const length = file.number(id + 1 + offsetSize, lengthSize);
    const block = blocks.find((one) => one.from <= from && from + length <= one.to);
    if (!block) throw damaged("a link lies outside of its heap");
    return file.part(block.address + from - block.from, length);
  });
}

/** The heap's blocks: one, or a table of them, whose rows have blocks of twice the size from the third on. */
function blocksOf(file: Hdf5Bytes, heap: number, offsetSize: number): HeapBlock[] {
  const width = file.u16(heap + 110);
  const size = file.size(heap + 112);
  const most = file.size(heap + 120);
  const root = file.address(heap + 132);
  const rows = file.u16(heap + 140);
  if (root === undefined) throw damaged("a group's heap is nowhere");
  if (rows === 0) return [{ address: root, from: 0, to: size }];
  file.expect(root, "FHIB");
  const blocks: HeapBlock[] = [];
  let at = root + 13 + offsetSize;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const length = size * 2 ** Math.max(0, row - 1);
    if (length > most) throw unknownForm("a group has very many members");
    for (let column = 0; column < width; column++, at += 8, from += length) {
      const address = file.address(at);
      if (address !== undefined) blocks.push({ address, from, to: from + length });
    }
  }
  return blocks;
}

/** Where the tree's records are. */
function recordsOf(file: Hdf5Bytes, tree: number): number[] {
  file.expect(tree, "BTHD");
  const size = file.u32(tree + 6);
  const depth = file.u16(tree + 12);
  const isOfLinks = file.u8(tree + 5) === LINKS_BY_NAME && file.u16(tree + 10) === RECORD;
  if (!isOfLinks || depth > MOST_LEVELS) throw unknownForm("a group's tree is none of links");
  const countSize = bytesFor((size - 10) / RECORD);
  const pointerSizes = pointersOf(size, depth, countSize);
  const records: number[] = [];
  const seen = new Set<number>();
  const walk = (node: number | undefined, count: number, level: number): void => {
    if (node === undefined) throw damaged("a group's tree is nowhere");
    if (seen.has(node)) throw damaged("a group's tree goes round in a circle");
    seen.add(node);
    file.expect(node, level === 0 ? "BTLF" : "BTIN");
    for (let i = 0; i < count; i++) records.push(node + 6 + RECORD * i);
    if (level === 0) return;
    const pointers = node + 6 + RECORD * count;
    for (let i = 0; i <= count; i++) {
      const at = pointers + i * pointerSizes[level]!;
      walk(file.address(at), file.number(at + 8, countSize), level - 1);
    }
  };
  if (file.size(tree + 26) > 0) walk(file.address(tree + 16), file.u16(tree + 24), depth);
  return records;
}

/** Bytes of a pointer in nodes of each level: an address, the node's records, and from the second level on all below it. */
function pointersOf(size: number, depth: number, countSize: number): number[] {
  const sizes = [0];
  let below = Math.floor((size - 10) / RECORD);
  for (let level = 1; level <= depth; level++) {
    const pointer = 8 + countSize + (level > 1 ? bytesFor(below) : 0);
    sizes.push(pointer);
    const most = Math.floor((size - 10 - pointer) / (RECORD + pointer));
    below = (most + 1) * below + most;
  }
  return sizes;
}

/** How many bytes a number up to a most takes. */
function bytesFor(most: number): number {
  return Math.floor(Math.log2(Math.max(1, most)) / 8) + 1;
}
