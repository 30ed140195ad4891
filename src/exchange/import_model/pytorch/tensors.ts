/**
 * Tensors of PyTorch's pickles: views of storages, whose numbers lie beside the pickle.
 *
 * @module
 */
import { PickleGlobal } from "../../../files/pickle.ts";
import { extentOf, type NumberType, type Strided } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import { damaged } from "../unfit.ts";

/** Memory of tensors. */
export interface Storage {
  /** Its name. */
  readonly key: string;
  /** The type of its numbers, or that of whole numbers, which are not read. */
  readonly type: NumberType | Whole;
  /** How many it has. */
  readonly length: number;
}

/** A type of whole numbers. */
type Whole = "I64" | "I32" | "I16" | "I8" | "U8" | "BOOL";

/** A tensor: a view of a storage. */
export class StoredTensor implements Strided {
  /** Where its numbers lie. */
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  /**
   * Makes a tensor.
   *
   * @param storage Where its numbers lie.
   * @param view How they lie there.
   */
  constructor(storage: Storage, { offset, shape, strides }: Strided) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** Types by the names of their storages. */
const TYPES: Readonly<Record<string, NumberType | Whole>> = {
  FloatStorage: "F32",
  DoubleStorage: "F64",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** The most dimensions of a tensor: a recurrent layer's have two. */
const MOST_DIMENSIONS = 8;

/** A storage's type, which the pickle names. */
class StorageType extends PickleGlobal {
  readonly type: NumberType | Whole;

  constructor(type: NumberType | Whole) {
    super();
    this.type = type;
  }
}

/** What names stand for in a pickle of tensors. */
export const GLOBALS: ReadonlyMap<string, PickleGlobal> = new Map<string, PickleGlobal>([
  ["collections.OrderedDict", new PickleGlobal(() => new Map())],
  ["torch._utils._rebuild_tensor_v2", new PickleGlobal(rebuilt)],
  ["torch._utils._rebuild_parameter", new PickleGlobal(([tensor]) => tensor)],
  ["torch.Size", new PickleGlobal(([sizes]) => sizes)],
  ...Object.entries(TYPES).map(([name, type]) => [`torch.${name}`, new StorageType(type)] as const),
]);

/**
 * The storage that an id in a pickle names.
 *
 * @param id The words "storage", the type, the name, the device and the length.
 * @returns The storage.
 * @throws {SyntaxError} If it is no such id.
 */
export function storageOf(id: unknown): Storage {
  const [word, type, key, , length] = Array.isArray(id) ? id : [];
  if (word !== "storage" || !(type instanceof StorageType) || typeof key !== "string" || !isCount(length)) {
    throw damaged("a storage of its tensors has no type, name or length");
  }
  return { key, type: type.type, length };
}

/** A tensor of the arguments of PyTorch's function; whether it has a gradient, and hooks, are left out. */
function rebuilt([storage, offset, shape, strides]: readonly unknown[]): StoredTensor {
  const { key, length } = (storage ?? {}) as Storage;
  if (key === undefined || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) {
    throw damaged("a tensor of it has no storage, place or shape");
  }
  const view = { offset, shape, strides };
  const extent = extentOf(view);
  if (shape.length !== strides.length || shape.length > MOST_DIMENSIONS || !(extent <= length)) {
    throw damaged(`a tensor lies beyond its storage ${quote(key)}, which has ${length} numbers`);
  }
  return new StoredTensor(storage as Storage, view);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
