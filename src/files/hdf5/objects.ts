/**
 * Objects of an HDF5 file: the messages of their headers, and the members of groups. (HDF5 File Format Specification 3.0:
 * object headers of version 1, symbol tables, links in messages.)
 *
 * @module
 */
import { damaged, type Hdf5Bytes, unknownForm } from "./bytes.ts";
import { denseLinks } from "./dense_links.ts";

/** A message of an object's header. */
export interface Message {
  /** What it says. */
  readonly type: number;
  /** Its bytes. */
  readonly bytes: Hdf5Bytes;
}

/** Types of messages. */
export const MESSAGES = {
  space: 1,
  links: 2,
  type: 3,
  link: 6,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  table: 17,
} as const;
/** The message of attributes that are held elsewhere. */
const NEWER = 21;

/** Bytes of an entry of a symbol table. */
const ENTRY = 40;

/**
 * The messages of an object.
 *
 * @param file The file.
 * @param address Where its header begins.
 * @returns The messages in order.
 */
export function messagesAt(file: Hdf5Bytes, address: number): Message[] {
  const version = file.u8(address);
  if (version === 79) throw unknownForm("its objects have headers of version 2"); // "OHDR"
  if (version !== 1) throw damaged(`an object has a header of version ${version}`);
  const messages: Message[] = [];
  const blocks: [from: number, length: number][] = [[address + 16, file.u32(address + 8)]];
  const seen = new Set<number>();
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    const [from, length] = block;
    if (seen.has(from)) throw damaged("a header goes round in a circle");
    seen.add(from);
    for (let at = from; at + 8 <= from + length;) {
      const type = file.u16(at);
      const size = file.u16(at + 2);
      const shared = (file.u8(at + 4) & 2) !== 0;
      const bytes = file.part(at + 8, size);
      if (type === MESSAGES.continuation) blocks.push([bytes.size(0), bytes.size(8)]);
      else if (type === NEWER) throw unknownForm("its objects have messages of newer versions");
      else if (type !== 0) {
        if (shared) throw unknownForm("its objects share messages");
        messages.push({ type, bytes });
      }
      at += 8 + size;
    }
  }
  return messages;
}

/**
 * The members of a group.
 *
 * @param file The file.
 * @param table The symbol table's message.
 * @returns Addresses of their headers by name.
 */
export function membersOf(file: Hdf5Bytes, table: Hdf5Bytes): Map<string, number> {
  const heap = addressIn(table, 8);
  file.expect(heap, "HEAP");
  const names = file.part(addressIn(file, heap + 24), file.size(heap + 8));
  const members = new Map<string, number>();
  const seen = new Set<number>();
  const walk = (node: number, level: number | undefined): void => {
    if (seen.has(node)) throw damaged("a group goes round in a circle");
    seen.add(node);
    if (level === -1) return leaf(node);
    file.expect(node, "TREE");
    const own = file.u8(node + 5);
    if (level !== undefined && own !== level) throw damaged("a group's levels are mixed");
    const count = file.u16(node + 6);
    for (let i = 0; i < count; i++) walk(addressIn(file, node + 32 + 16 * i), own - 1);
  };
  const leaf = (node: number): void => {
    file.expect(node, "SNOD");
    const count = file.u16(node + 6);
    for (let i = 0; i < count; i++) {
      const entry = node + 8 + ENTRY * i;
      const name = file.size(entry);
      if (file.u32(entry + 16) === 2) continue; // a link by a path
      members.set(names.text(name, names.length - name), addressIn(file, entry + 8));
    }
  };
  walk(addressIn(table, 0), undefined);
  return members;
}

/**
 * The members of a group that has a message for each, as one whose name is not of ASCII makes it; of many these lie elsewhere.
 *
 * @param file The file.
 * @param messages The group's messages.
 * @returns Addresses of their headers by name; undefined where the object has no such messages.
 */
export function linksOf(file: Hdf5Bytes, messages: readonly Message[]): Map<string, number> | undefined {
  const of = (wanted: number): Hdf5Bytes[] =>
    messages.filter(({ type }) => type === wanted).map(({ bytes }) => bytes);
  const [info] = of(MESSAGES.links);
  if (!info) return undefined;
  if (info.u8(0) !== 0) throw unknownForm("its objects have messages of newer versions");
  const heapAt = info.u8(1) & 1 ? 10 : 2;
  const heap = info.address(heapAt);
  const links = heap === undefined ? of(MESSAGES.link) : denseLinks(file, heap, addressIn(info, heapAt + 8));
  const members = new Map<string, number>();
  for (const link of links) {
    const flags = link.u8(1);
    if (link.u8(0) !== 1) throw unknownForm("its links are of newer versions");
    const isHard = !(flags & 8) || link.u8(2) === 0;
    // Behind what may be stated of its type, its place among the others, and its letters.
    const at = 2 + (flags & 8 ? 1 : 0) + (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0);
    const width = 1 << (flags & 3);
    const length = link.number(at, width);
    if (isHard) members.set(link.text(at + width, length), addressIn(link, at + width + length));
  }
  return members;
}

function addressIn(bytes: Hdf5Bytes, at: number): number {
  const address = bytes.address(at);
  if (address === undefined) throw damaged("an object is nowhere");
  return address;
}
