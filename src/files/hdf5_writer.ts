/**
 * HDF5 files as they are written: groups and arrays of float32 that lie in one piece, in the forms that h5py writes without
 * options and hdf5.ts reads. (HDF5 File Format Specification 3.0: superblock 0, object headers of version 1, symbol tables.)
 *
 * @module
 */
import { joinBytes } from "../join_bytes.ts";
import type { Hdf5Array } from "./hdf5.ts";
import { MESSAGES } from "./hdf5/objects.ts";
import { littleEndian, type LittleEndianField } from "./little_endian.ts";

/** A group: its members by name. */
type Group = Map<string, Group | Hdf5Array>;

/** Bytes of the superblock. */
const SUPERBLOCK = 96;
/** An address of what is nowhere. */
const NOWHERE: LittleEndianField = [8, -1];
/** Half the children that a node of a group's tree may have: here each tree is one node with one leaf. */
const HALF_NODE = 16;
/** Half the members that a leaf may have at least. */
const LEAST_HALF_LEAF = 4;
/** Bytes of a member in a leaf. */
const MEMBER = 40;

/**
 * Writes a file.
 *
 * @param arrays Arrays by their paths, "a/b/0": what stands before a slash is a group.
 * @returns The file's bytes.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Hdf5File } from "./hdf5.ts";
 *
 * const bytes = encodeHdf5({ "vars/0": { shape: [2], data: Float32Array.of(1, 2) } });
 * assertEquals(new Hdf5File(bytes).array("vars/0")?.shape, [2]);
 * ```
 */
export function encodeHdf5(arrays: Readonly<Record<string, Hdf5Array>>): Uint8Array<ArrayBuffer> {
  const root = treeOf(arrays);
  const halfLeaf = Math.max(LEAST_HALF_LEAF, Math.ceil(mostMembers(root) / 2));
  const writer = new Writer(halfLeaf);
  const { header, tree, heap } = writer.group(root);
  const superblock = littleEndian(
    ...[...SIGNATURE].map((byte): LittleEndianField => [1, byte]),
    [1, 0],
    [1, 0],
    [1, 0],
    [1, 0],
    [1, 0],
    [1, 8], // bytes of an address
    [1, 8], // bytes of a length
    [1, 0],
    [2, halfLeaf],
    [2, HALF_NODE],
    [4, 0],
    [8, 0],
    NOWHERE,
    [8, writer.length],
    NOWHERE,
    [8, 0], // the root's name
    [8, header],
    [4, 1], // what follows is its tree and heap
    [4, 0],
    [8, tree],
    [8, heap],
  );
  return joinBytes([superblock, ...writer.parts]);
}

/** How a file begins. */
const SIGNATURE = new TextEncoder().encode("\x00HDF\r\n\x1a\n").with(0, 0x89);

function treeOf(arrays: Readonly<Record<string, Hdf5Array>>): Group {
  const root: Group = new Map();
  for (const [path, array] of Object.entries(arrays)) {
    const names = path.split("/");
    const last = names.pop()!;
    let group = root;
    for (const name of names) {
      const found = group.get(name) ?? new Map();
      if (!(found instanceof Map)) throw new TypeError(`Cannot write "${path}" as "${name}" is an array`);
      group.set(name, found);
      group = found;
    }
    group.set(last, array);
  }
  return root;
}

function mostMembers(group: Group): number {
  const counts = [...group.values()].map((one) => one instanceof Map ? mostMembers(one) : 0);
  return Math.max(group.size, ...counts);
}

/** Writes structures one after the other, each behind those that it names. */
class Writer {
  readonly parts: Uint8Array[] = [];
  /** How many bytes there are, the superblock among them. */
  length = SUPERBLOCK;
  readonly #halfLeaf: number;

  constructor(halfLeaf: number) {
    this.#halfLeaf = halfLeaf;
  }

  /** A group with all that is in it. */
  group(group: Group): { header: number; tree: number; heap: number } {
    const names = [...group.keys()].sort(); // as the format has it
    const members = names.map((name) => {
      const one = group.get(name)!;
      return one instanceof Map ? this.group(one) : { header: this.#array(one), tree: 0, heap: 0 };
    });
    const places: number[] = [];
    const texts: Uint8Array[] = [new Uint8Array(8)]; // the empty name
    let at = 8;
    for (const name of names) {
      const text = padded(new TextEncoder().encode(`${name}\0`));
      places.push(at);
      texts.push(text);
      at += text.length;
    }
    const text = this.#add(joinBytes(texts));
    const heap = this.#add(
      joinBytes([mark("HEAP"), littleEndian([4, 0], [8, at], [8, 1], [8, text])]), // 1: no free room
    );
    const leaf = this.#add(this.#leaf(members, places));
    const tree = this.#add(joinBytes([
      mark("TREE"),
      littleEndian([1, 0], [1, 0], [2, 1], NOWHERE, NOWHERE, [8, 0], [8, leaf], [8, places.at(-1) ?? 0]),
      new Uint8Array(16 * (2 * HALF_NODE - 1)),
    ]));
    const header = this.#header([[MESSAGES.table, littleEndian([8, tree], [8, heap])]]);
    return { header, tree, heap };
  }

  #leaf(
    members: readonly { header: number; tree: number; heap: number }[],
    places: readonly number[],
  ): Uint8Array {
    const entries = members.map(({ header, tree, heap }, i) =>
      littleEndian([8, places[i]!], [8, header], [4, tree === 0 ? 0 : 1], [4, 0], [8, tree], [8, heap])
    );
    return joinBytes([
      mark("SNOD"),
      littleEndian([1, 1], [1, 0], [2, members.length]),
      ...entries,
      new Uint8Array(MEMBER * (2 * this.#halfLeaf - members.length)),
    ]);
  }

  #array({ shape, data }: Hdf5Array): number {
    const place = this.#add(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return this.#header([
      [
        MESSAGES.space,
        littleEndian(
          [1, 1],
          [1, shape.length],
          [2, 0],
          [4, 0],
          ...shape.map((size): LittleEndianField => [8, size]),
        ),
      ],
      [MESSAGES.type, FLOAT32],
      [MESSAGES.layout, littleEndian([1, 3], [1, 1], [8, place], [8, data.byteLength])],
    ]);
  }

  #header(messages: readonly [type: number, body: Uint8Array][]): number {
    const bodies = messages.map(([type, body]) => {
      const bytes = padded(body);
      return joinBytes([littleEndian([2, type], [2, bytes.length], [4, 0]), bytes]);
    });
    const body = joinBytes(bodies);
    const head = littleEndian([1, 1], [1, 0], [2, messages.length], [4, 1], [4, body.length], [4, 0]);
    return this.#add(joinBytes([head, body]));
  }

  /** Adds bytes, such that what follows begins at a multiple of 8. */
  #add(bytes: Uint8Array): number {
    const at = this.length;
    const rest = -bytes.length & 7;
    this.parts.push(bytes, new Uint8Array(rest));
    this.length += bytes.length + rest;
    return at;
  }
}

/** The type of IEEE's float32, little-endian. */
const FLOAT32 = littleEndian(
  [1, 0x11],
  [1, 0x20], // the leading one of the mantissa is not written
  [1, 31], // the sign's place
  [1, 0],
  [4, 4],
  [2, 0],
  [2, 32],
  [1, 23], // the exponent's place and size
  [1, 8],
  [1, 0], // the mantissa's
  [1, 23],
  [4, 127],
);

function mark(signature: string): Uint8Array {
  return new TextEncoder().encode(signature);
}

/** Bytes with zeros behind them, to a multiple of 8. */
function padded(bytes: Uint8Array): Uint8Array {
  return joinBytes([bytes, new Uint8Array(-bytes.length & 7)]);
}
