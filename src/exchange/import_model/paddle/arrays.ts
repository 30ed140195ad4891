/**
 * NumPy's arrays in pickles, as paddle.save() has them.
 *
 * @module
 */
import { LongText, PickledObject, PickleGlobal } from "../../../files/pickle.ts";
import { NUMBER_BYTES, type NumberType } from "../../../files/strided.ts";
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
  #bytes: Uint8Array | LongText = NOTHING;

  override setState(state: unknown): void {
    const [, shape, type, byColumns, bytes] = Array.isArray(state) ? state : [];
    if (
      !(type instanceof NumpyType) || !isShape(shape) ||
      !(bytes instanceof Uint8Array || bytes instanceof LongText)
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

  /** The bytes of its numbers: a part of the file, or in memory of their own. */
  bytes(): Uint8Array {
    return this.#bytes instanceof LongText ? this.#bytes.latin1() : this.#bytes;
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

/** Bytes that a pickle of protocol 2 has as a text: they are made when they are read, as there may be many. */
function latin1Of([text, encoding]: readonly unknown[]): LongText {
  if (encoding === "latin1") {
    if (text instanceof LongText) return text;
    if (typeof text === "string") return new LongText(new TextEncoder().encode(text));
  }
  throw damaged("bytes in it are no text of Latin-1");
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
