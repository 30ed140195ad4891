/**
 * paddle.save(): a pickle of arrays by PyTorch's names, with each recurrent layer's arrays twice, and linear layers' matrices
 * transposed.
 *
 * @module
 */
import { readPickle } from "../../../files/pickle.ts";
import { readStrided } from "../../../files/strided.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { inferModel } from "../../pytorch.ts";
import { transposed } from "../arrays.ts";
import { plainOf } from "../inferred.ts";
import { roundedNotes } from "../named/content.ts";
import { refuseName, stateDictIn } from "../pickled.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import { release } from "../release.ts";
import { damaged, unfit } from "../unfit.ts";
import { GLOBALS, NumpyArray } from "./arrays.ts";
import { isLinear, plainNameOf, tableAmong } from "./named.ts";

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** Where a file has the parameters' own names, "linear_0.w_0". */
const OWN_NAMES = "StructuredToParameterName@@";
/** Where a file of protocol 2 or 3 says how arrays of more than 1 GiB are cut. */
const CUT = "UnpackBigParamInfor@@";

/** Bytes that arrays may have beyond the file's, as where some are the same. */
const MOST_OVERLAP = 2 ** 22;

/** A parameter, and its own name where the file has it beside. */
interface Parameter {
  readonly array: NumpyArray;
  readonly ownName: string | undefined;
}

/**
 * Reads a file of paddle.save().
 *
 * @param files The file.
 * @param options The activation of an RNN.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If it names code, or the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export function readPaddle(
  files: readonly ImportFile[],
  { nonlinearity }: ReaderOptions,
): PlainModel {
  const { bytes } = files[0]!;
  const root = readPickle(bytes, { globals: GLOBALS, refuse: refuseName });
  if (root instanceof Map && root.has(CUT)) {
    throw unfit("its large arrays are cut in parts: save it with protocol 4");
  }
  const { tensors: parameters, notes } = stateDictIn(root, parameterOf);
  const ownNames = root instanceof Map ? root.get(OWN_NAMES) : undefined;
  const has = (name: string): boolean => parameters.has(name);
  const table = tableAmong([...parameters].map(([name, { array }]) => [name, array.shape]), has);
  const ownName = (name: string, parameter: Parameter): string => {
    const own: unknown = parameter.ownName ?? (ownNames instanceof Map ? ownNames.get(name) : undefined);
    if (typeof own === "string" && /^(linear|embedding)/.test(own)) return own;
    return name === table ? "embedding" : ""; // a tensor that was cast has another name
  };
  const tensors: StateDict = Object.create(null);
  const whole: Record<string, string> = Object.create(null);
  const rounded: string[] = [];
  let left = bytes.length + MOST_OVERLAP;
  for (const [name, parameter] of parameters) {
    const plainName = plainNameOf(name, has);
    if (plainName === undefined) continue;
    const { array } = parameter;
    const { type } = array;
    if (typeof type !== "string") {
      whole[name] = type.other;
      continue;
    }
    if (type === "F64") rounded.push(name);
    left -= array.byteLength;
    if (left < 0) throw damaged("its arrays are longer together than the file");
    tensors[plainName] = read(array, {
      file: bytes,
      turned: isLinear(name, array.shape, has, ownName(name, parameter)),
    });
  }
  const inferred = inferModel({ tensors, whole, metadata: {} }, { nonlinearity, marked: PLAIN });
  return plainOf("paddle", inferred, [...notes, ...roundedNotes(rounded)]);
}

/** A value as a parameter: an array, or its own name and that. */
function parameterOf(value: unknown): Parameter | undefined {
  if (value instanceof NumpyArray) return { array: value, ownName: undefined };
  const [ownName, array] = Array.isArray(value) ? value : [];
  return typeof ownName === "string" && array instanceof NumpyArray ? { array, ownName } : undefined;
}

/** The numbers of an array, or of its transpose; memory that was needed on the way goes at once. */
function read(array: NumpyArray, { file, turned }: { file: Uint8Array; turned: boolean }): HostTensor {
  const { shape, strides, littleEndian } = array;
  const type = array.type as Exclude<typeof array.type, object>;
  const bytes = array.bytes();
  const tensor = {
    shape: [...shape],
    data: readStrided({ bytes, type, littleEndian }, { offset: 0, shape, strides }),
  };
  release([bytes], [file]);
  if (!turned) return tensor;
  const result = transposed(tensor);
  release([tensor.data], []);
  return result;
}
