/**
 * HDF5 files as h5py writes them, and Keras with it: groups, arrays of floating-point numbers that lie in one piece or in
 * chunks, attributes that are texts. Nothing of a file is trusted: each structure is read once, within the file.
 *
 * The package h5wasm reads all of HDF5; damaged files make it loop for ever.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";
import { readAttribute, type TextAttribute } from "./hdf5/attributes.ts";
import { damaged, Hdf5Bytes, unknownForm } from "./hdf5/bytes.ts";
import { chunkedBytes } from "./hdf5/chunks.ts";
import { linksOf, membersOf, type Message, MESSAGES, messagesAt } from "./hdf5/objects.ts";
import { countOf, readShape, readType } from "./hdf5/types.ts";
import { mostUnpacked } from "./most_unpacked.ts";

/** What an object is. */
interface Entity {
  readonly messages: readonly Message[];
  /** Addresses of its members by name, of a group. */
  readonly members: ReadonlyMap<string, number> | undefined;
  readonly attributes: readonly TextAttribute[];
}

/** An array of a file. */
export interface Hdf5Array {
  /** Its dimensions; none for a single number. */
  readonly shape: number[];
  /** Its numbers, row-major. */
  readonly data: Float32Array;
}

/** What tells an array. */
interface ArrayMessages {
  readonly space?: Hdf5Bytes | undefined;
  readonly type?: Hdf5Bytes | undefined;
  readonly layout?: Hdf5Bytes | undefined;
  readonly filters?: Hdf5Bytes | undefined;
}

/** The layout of an array in chunks. */
const CHUNKED = 2;

/** How a file begins. */
const SIGNATURE = "\x89HDF\r\n\x1a\n";

/**
 * A file.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const file = new Hdf5File(await Deno.readFile("tests/golden/foreign/model.weights.h5"));
 * assertEquals(file.names("/").length > 0, true);
 * ```
 */
export class Hdf5File {
  readonly #file: Hdf5Bytes;
  readonly #root: number;
  readonly #entities: Map<number, Entity> = new Map();
  /** Bytes of arrays that lay in chunks. */
  readonly #unpacked: Map<Entity, Uint8Array> = new Map();

  /**
   * Opens a file.
   *
   * @param bytes All of it.
   * @throws {SyntaxError} If it is damaged, or of a form that is not read.
   */
  constructor(bytes: Uint8Array) {
    const file = new Hdf5Bytes(bytes);
    file.expect(0, SIGNATURE);
    const version = file.u8(8);
    if (version > 1) throw unknownForm(`it is of version ${version}`);
    if (file.u8(13) !== 8 || file.u8(14) !== 8) throw unknownForm("its addresses have other than 64 bits");
    const base = version === 0 ? 24 : 28;
    if (file.address(base) !== 0) throw unknownForm("it begins behind other bytes");
    this.#file = file;
    this.#root = file.size(base + 40);
  }

  /**
   * The names in a group.
   *
   * @param path The group: "/" or "a/b".
   * @returns The names; none where there is no such group.
   * @throws {SyntaxError} If the file is damaged.
   */
  names(path: string): string[] {
    return [...this.#find(path)?.members?.keys() ?? []];
  }

  /**
   * An attribute that is one text.
   *
   * @param path The object that has it.
   * @param name Its name.
   * @returns The text; undefined where there is none.
   * @throws {SyntaxError} If the file is damaged.
   */
  text(path: string, name: string): string | undefined {
    const attribute = this.#attribute(path, name);
    return attribute?.single ? attribute.texts[0] : undefined;
  }

  /**
   * An attribute that is a list of texts, or several that make one, numbered behind the name.
   *
   * @param path The object that has it.
   * @param name Its name.
   * @returns The texts; undefined where there is none.
   * @throws {SyntaxError} If the file is damaged.
   */
  texts(path: string, name: string): string[] | undefined {
    const whole = this.#attribute(path, name);
    if (whole) return [...whole.texts];
    const parts: string[] = [];
    for (let number = 0;; number++) {
      const part = this.#attribute(path, `${name}${number}`);
      if (!part) return number === 0 ? undefined : parts;
      parts.push(...part.texts);
    }
  }

  /**
   * Puts arrays together that lie in chunks, so that they can be read.
   *
   * @param path The group that has them, or groups of them.
   * @param most How many bytes they may have, all of them together.
   * @throws {SyntaxError} If the file is damaged, or the chunks are of a form that is not read.
   */
  async unpack(path: string, most: number = mostUnpacked(this.#file.length)): Promise<void> {
    const seen = new Set<Entity>();
    const left = [this.#find(path)];
    let room = most;
    for (let entity = left.pop(); entity; entity = left.pop()) {
      if (seen.has(entity)) continue;
      seen.add(entity);
      for (const address of entity.members?.values() ?? []) left.push(this.#entity(address));
      const { space, type, layout, filters } = messagesOf(entity);
      if (!space || !type || !layout || layout.u8(0) < 3 || layout.u8(1) !== CHUNKED) continue;
      const { kind, size } = readType(type);
      const shape = readShape(space) ?? [0];
      if (kind !== "float" || countOf(shape) === 0) continue;
      const bytes = await chunkedBytes(this.#file, { layout, filters, shape, size, room });
      room -= bytes.length;
      this.#unpacked.set(entity, bytes);
    }
  }

  /**
   * An array of floating-point numbers.
   *
   * @param path Where it is.
   * @returns Its shape and numbers, as float32; undefined where there is no array.
   * @throws {SyntaxError} If the file is damaged, or the numbers are of another type, or lie in chunks that nobody unpacked.
   */
  array(path: string): Hdf5Array | undefined {
    const entity = this.#find(path);
    const { space, type, layout } = entity ? messagesOf(entity) : {};
    if (!entity || !space || !type || !layout) return undefined;
    const shape = readShape(space) ?? [0];
    const { kind, size } = readType(type);
    if (kind !== "float") throw unknownForm(`${quote(path)} has no numbers of float16, float32 or float64`);
    const count = countOf(shape);
    if (count === 0) return { shape, data: new Float32Array(0) };
    const unpacked = this.#unpacked.get(entity);
    if (!unpacked && !(count * size <= this.#file.length)) {
      throw damaged(`${quote(path)} states ${count} numbers, for which it is too short`);
    }
    return { shape, data: numbersOf(unpacked ?? this.#stored(layout, count * size), size) };
  }

  /** The bytes of an array in one piece. */
  #stored(layout: Hdf5Bytes, length: number): Uint8Array {
    const version = layout.u8(0);
    const kind = layout.u8(1);
    if (version !== 3 && version !== 4 || kind > 1) throw unknownForm("an array does not lie in one piece");
    if (kind === 0) return layout.raw(4, length);
    const address = layout.address(2);
    if (address === undefined) throw damaged("an array is nowhere");
    return this.#file.raw(address, length);
  }

  #attribute(path: string, name: string): TextAttribute | undefined {
    return this.#find(path)?.attributes.find((attribute) => attribute.name === name);
  }

  #find(path: string): Entity | undefined {
    let entity = this.#entity(this.#root);
    for (const name of path.split("/").filter(Boolean)) {
      const address = entity.members?.get(name);
      if (address === undefined) return undefined;
      entity = this.#entity(address);
    }
    return entity;
  }

  #entity(address: number): Entity {
    const known = this.#entities.get(address);
    if (known) return known;
    const messages = messagesAt(this.#file, address);
    const table = messages.find(({ type }) => type === MESSAGES.table);
    const entity = {
      messages,
      members: table ? membersOf(this.#file, table.bytes) : linksOf(this.#file, messages),
      attributes: messages.filter(({ type }) => type === MESSAGES.attribute)
        .map(({ bytes }) => readAttribute(this.#file, bytes)),
    };
    this.#entities.set(address, entity);
    return entity;
  }
}

/** The messages that tell an array, as far as an object has them. */
function messagesOf({ messages }: Entity): ArrayMessages {
  const find = (wanted: number): Hdf5Bytes | undefined => messages.find(({ type }) => type === wanted)?.bytes;
  const { space, type, layout, filters } = MESSAGES;
  return { space: find(space), type: find(type), layout: find(layout), filters: find(filters) };
}

/** Little-endian numbers of 16, 32 or 64 bits. */
function numbersOf(bytes: Uint8Array, size: number): Float32Array {
  const { buffer } = bytes.slice(); // which lies where numbers may
  if (size === 4) return new Float32Array(buffer);
  return size === 8 ? Float32Array.from(new Float64Array(buffer)) : Float32Array.from(halves(buffer));
}

/** Numbers of 16 bits. */
function halves(buffer: ArrayBuffer): number[] {
  return Array.from(new Uint16Array(buffer), (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = bits >> 10 & 31;
    const mantissa = bits & 0x3ff;
    if (exponent === 31) return mantissa ? NaN : sign * Infinity;
    return sign * (exponent ? (1 + mantissa / 1024) * 2 ** (exponent - 15) : mantissa * 2 ** -24);
  });
}
