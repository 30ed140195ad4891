/**
 * paddle.save(): a pickle of arrays by PyTorch's names, with each recurrent layer's arrays twice, and linear layers' matrices
 * transposed.
 *
 * @module
 */
import { readPickle } from "../../../files/pickle.ts";
import { readStrided } from "../../../files/strided.ts";
import { quote } from "../../../messages/quote.ts";
import { listed } from "../../../model/config.ts";
import type { HostTensor, StateDict } from "../../../tensors/module.ts";
import { inferModel } from "../../pytorch.ts";
import { transposed } from "../arrays.ts";
import { plainOf } from "../inferred.ts";
import { refuseName, stateDictIn } from "../pickled.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "../plain.ts";
import { release } from "../release.ts";
import { damaged, unfit } from "../unfit.ts";
import { GLOBALS, NumpyArray } from "./arrays.ts";

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** Where a file has the parameters' own names, "linear_0.w_0". */
const OWN_NAMES = "StructuredToParameterName@@";
/** Where a file of protocol 2 or 3 says how arrays of more than 1 GiB are cut. */
const CUT = "UnpackBigParamInfor@@";

/** Bytes that arrays may have beyond the file's, as where some are the same. */
const MOST_OVERLAP = 2 ** 22;

/** The array of a cell, which the layer has too but for a bias that is left out: that is zero there. */
const IN_CELL = /^((?:.*\.)?)(\d+)\.cell(_fw|_bw)?\.((?:weight|bias)_(?:ih|hh))$/s;
/** The matrix of a cell's projection. */
const PROJECTION = /\.cell(_fw|_bw)?\.weight_ho$/;
/** The matrix of a layer that is not recurrent. */
const MATRIX = /^((?:.*\.)?)weight$/s;

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
  const ownName = (name: string, parameter: Parameter): string => {
    const own: unknown = parameter.ownName ?? (ownNames instanceof Map ? ownNames.get(name) : undefined);
    return typeof own === "string" ? own : "";
  };
  const tensors: StateDict = Object.create(null);
  const whole: Record<string, string> = Object.create(null);
  const rounded: string[] = [];
  let left = bytes.length + MOST_OVERLAP;
  for (const [name, parameter] of parameters) {
    const plainName = inLayer(name);
    if (plainName !== name && parameters.has(plainName)) continue;
    if (PROJECTION.test(name)) throw unfit(`${quote(name)} is of a projection, which no layer here has`);
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
      turned: isLinear(name, ownName(name, parameter), parameters),
    });
  }
  const inferred = inferModel({ tensors, whole, metadata: {} }, { nonlinearity, marked: PLAIN });
  const noted = rounded.length > 0 ? [`float64 is rounded to float32 here: ${listed(rounded)}`] : [];
  return plainOf("paddle", inferred, [...notes, ...noted]);
}

/** A value as a parameter: an array, or its own name and that. */
function parameterOf(value: unknown): Parameter | undefined {
  if (value instanceof NumpyArray) return { array: value, ownName: undefined };
  const [ownName, array] = Array.isArray(value) ? value : [];
  return typeof ownName === "string" && array instanceof NumpyArray ? { array, ownName } : undefined;
}

/** A cell's array under the name that its layer has for it. */
function inLayer(name: string): string {
  const [, prefix, layer, direction, which] = IN_CELL.exec(name) ?? [];
  if (which === undefined) return name;
  return `${prefix}${which}_l${layer}${direction === "_bw" ? "_reverse" : ""}`;
}

/** Whether a matrix is a linear layer's, which Paddle has (I, O): by its own name, or by a bias. */
function isLinear(name: string, ownName: string, parameters: ReadonlyMap<string, Parameter>): boolean {
  const prefix = MATRIX.exec(name)?.[1];
  if (prefix === undefined || parameters.get(name)!.array.shape.length !== 2) return false;
  if (ownName.startsWith("linear")) return true;
  if (ownName.startsWith("embedding")) return false;
  if (parameters.has(`${prefix}bias`)) return true;
  throw unfit(
    `nothing tells whether ${
      quote(name)
    } is of an embedding or a linear layer: it has neither a bias nor a name of Paddle's`,
  );
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
