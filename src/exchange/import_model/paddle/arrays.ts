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
  /** Its numbers. */
  bytes: Uint8Array = NOTHING;

  override setState(state: unknown): void {
    const [, shape, type, byColumns, bytes] = Array.isArray(state) ? state : [];
    if (!(type instanceof NumpyType) || !(bytes instanceof Uint8Array) || !isShape(shape)) {
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
    this.bytes = bytes;
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

/** Names that stand for the same in every file. */
const PLAIN: readonly (readonly [string, PickleGlobal])[] = [
  ["numpy.core.multiarray._reconstruct", RECONSTRUCT],
  ["numpy._core.multiarray._reconstruct", RECONSTRUCT],
  ["numpy.ndarray", new PickleGlobal()],
  ["numpy.dtype", new PickleGlobal(typeOf)],
  ["collections.OrderedDict", new PickleGlobal(() => new Map())],
  ["builtins.tuple", TUPLE],
  ["__builtin__.tuple", TUPLE],
];

/**
 * What names stand for in a pickle of arrays.
 *
 * @param most The most bytes that may be made of texts in it, which may come again and again.
 */
export function arrayGlobals(most: number): ReadonlyMap<string, PickleGlobal> {
  let left = most;
  const encode = ([text, encoding]: readonly unknown[]): Uint8Array => {
    if (typeof text !== "string" || encoding !== "latin1") {
      throw damaged("bytes in it are no text of Latin-1");
    }
    left -= text.length;
    if (left < 0) throw damaged("bytes in it are longer together than the file");
    return encoded(text);
  };
  return new Map([...PLAIN, ["_codecs.encode", new PickleGlobal(encode)]]);
}

function typeOf([name]: readonly unknown[]): NumpyType {
  if (typeof name === "string") return new NumpyType(name);
  throw damaged("a type of its arrays has no name");
}

/** Bytes that a pickle of protocol 2 has as a text. */
function encoded(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw damaged(`bytes in it have the character ${quote(text[i])}`);
    bytes[i] = code;
  }
  return bytes;
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS &&
    value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
