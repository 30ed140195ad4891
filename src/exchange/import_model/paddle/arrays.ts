/**
 * NumPy's arrays in pickles, as paddle.save() has them.
 *
 * @module
 */
import { PickledObject, PickleGlobal } from "../../../files/pickle.ts";
import { NUMBER_BYTES, type NumberType } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import { damaged } from "../unfit.ts";

/** Types by the names of NumPy's; bfloat16, which NumPy has not, is uint16 there. */
const TYPES: Readonly<Record<string, NumberType>> = { f2: "F16", u2: "BF16", f4: "F32", f8: "F64" };

/** The most dimensions of an array. */
const MOST_DIMENSIONS = 8;

/** A type of numbers. */
class NumpyType extends PickledObject {
  /** NumPy's name of it. */
  readonly name: string;
  littleEndian = true;

  constructor(name: string) {
    super();
    this.name = name;
  }

  override setState(state: unknown): void {
    const [, order] = Array.isArray(state) ? state : [];
    if (order !== "<" && order !== ">" && order !== "|") throw damaged("a type of its arrays has no order");
    this.littleEndian = order !== ">";
  }
}

/** Bytes that a pickle of protocol 2 has as a text: they are made when they are read, as there may be many. */
class Latin1 {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    for (let i = 0; i < bytes.length; i++) {
      const code = this.#text.charCodeAt(i);
      if (code > 255) throw damaged(`bytes in it have the character ${quote(this.#text[i])}`);
      bytes[i] = code;
    }
    return bytes;
  }
}

const NOTHING = new Uint8Array(0);

/** An array. */
export class NumpyArray extends PickledObject {
  /** Its dimensions. */
  shape: readonly number[] = [];
  /** The type of its numbers, or NumPy's name of another. */
  type: NumberType | { readonly other: string } = "F32";
  /** Whether the lowest byte of a number comes first. */
  littleEndian = true;
  /** Whether columns lie one behind the other, rather than rows. */
  byColumns = false;
  #bytes: Uint8Array | Latin1 = NOTHING;

  override setState(state: unknown): void {
    const [, shape, type, byColumns, bytes] = Array.isArray(state) ? state : [];
    if (
      !(type instanceof NumpyType) || !isShape(shape) ||
      !(bytes instanceof Uint8Array || bytes instanceof Latin1)
    ) {
      throw damaged("an array has no shape, type or numbers");
    }
    const known = TYPES[type.name];
    const count = shape.reduce((product, size) => product * size, 1);
    if (known && count * NUMBER_BYTES[known] !== bytes.length) {
      throw damaged(`an array of ${count} numbers of ${known} has ${bytes.length} bytes`);
    }
    this.shape = shape;
    this.type = known ?? { other: type.name };
    this.littleEndian = type.littleEndian;
    this.byColumns = byColumns === true;
    this.#bytes = bytes;
  }

  /** How many bytes its numbers have. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** The bytes of its numbers. */
  bytes(): Uint8Array {
    return this.#bytes instanceof Latin1 ? this.#bytes.bytes() : this.#bytes;
  }

  /** How far it is from one number to the next in each dimension. */
  get strides(): number[] {
    const beside = (i: number): readonly number[] =>
      this.byColumns ? this.shape.slice(0, i) : this.shape.slice(i + 1);
    return this.shape.map((_, i) => beside(i).reduce((product, size) => product * size, 1));
  }
}

const RECONSTRUCT = new PickleGlobal(() => new NumpyArray());
const TUPLE = new PickleGlobal(([items]) => items);

/** What names stand for in a pickle of arrays. */
export const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map([
  ["numpy.core.multiarray._reconstruct", RECONSTRUCT],
  ["numpy._core.multiarray._reconstruct", RECONSTRUCT],
  ["numpy.ndarray", new PickleGlobal()],
  ["numpy.dtype", new PickleGlobal(typeOf)],
  ["collections.OrderedDict", new PickleGlobal(() => new Map())],
  ["builtins.tuple", TUPLE],
  ["__builtin__.tuple", TUPLE],
  ["_codecs.encode", new PickleGlobal(latin1Of)],
]);

function typeOf([name]: readonly unknown[]): NumpyType {
  if (typeof name === "string") return new NumpyType(name);
  throw damaged("a type of its arrays has no name");
}

function latin1Of([text, encoding]: readonly unknown[]): Latin1 {
  if (typeof text === "string" && encoding === "latin1") return new Latin1(text);
  throw damaged("bytes in it are no text of Latin-1");
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
