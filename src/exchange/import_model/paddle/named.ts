/**
 * Paddle's arrays by name: a recurrent layer's stand there twice, and a linear layer's matrix is (I, O).
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import type { StateDict } from "../../../tensors/module.ts";
import { inferModel } from "../../pytorch.ts";
import { transposed } from "../arrays.ts";
import { plainOf } from "../inferred.ts";
import type { NamedContent } from "../named/content.ts";
import type { PlainModel, ReaderOptions } from "../plain.ts";
import { unfit } from "../unfit.ts";

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** The array of a cell, which the layer has too but for a bias that is left out: that is zero there. */
const IN_CELL = /^((?:.*\.)?)(\d+)\.cell(_fw|_bw)?\.((?:weight|bias)_(?:ih|hh))$/s;
/** The matrix of a cell's projection. */
const PROJECTION = /\.cell(_fw|_bw)?\.weight_ho$/;
/** The matrix of a layer that is not recurrent. */
const MATRIX = /^((?:.*\.)?)weight$/s;

/** Whether there is an array of a name. */
type Has = (name: string) => boolean;

/**
 * Whether names are Paddle's.
 *
 * @param names Those of arrays.
 */
export function isPaddle(names: readonly string[]): boolean {
  return names.some((name) => IN_CELL.test(name));
}

/**
 * The name that a layer has for an array of its cell.
 *
 * @param name The array's name.
 * @param has Whether there is an array of a name.
 * @returns The layer's name for it, or its own; undefined of a cell's that stands under its layer's name too.
 * @throws {TypeError} If it is of a projection.
 */
export function plainNameOf(name: string, has: Has): string | undefined {
  if (PROJECTION.test(name)) throw unfit(`${quote(name)} is of a projection, which no layer here has`);
  const [, prefix, layer, direction, which] = IN_CELL.exec(name) ?? [];
  if (which === undefined) return name;
  const plain = `${prefix}${which}_l${layer}${direction === "_bw" ? "_reverse" : ""}`;
  return has(plain) ? undefined : plain;
}

/**
 * Whether a matrix is a linear layer's, which Paddle has (I, O): by its own name, or by a bias.
 *
 * @param name The array's name.
 * @param shape Its shape.
 * @param has Whether there is an array of a name.
 * @param ownName The parameter's own name; "" where the file does not have it.
 * @throws {TypeError} If nothing tells.
 */
export function isLinear(name: string, shape: readonly number[], has: Has, ownName: string): boolean {
  const prefix = MATRIX.exec(name)?.[1];
  if (prefix === undefined || shape.length !== 2) return false;
  if (ownName.startsWith("linear")) return true;
  if (ownName.startsWith("embedding")) return false;
  if (has(`${prefix}bias`)) return true;
  throw unfit(
    `nothing tells whether ${
      quote(name)
    } is of an embedding or a linear layer: it has neither a bias nor a name of Paddle's`,
  );
}

/**
 * The matrix that is an embedding's: the one without a bias, beside a linear layer that has one.
 *
 * @param arrays Names and shapes.
 * @param has Whether there is an array of a name.
 * @returns Its name; undefined where that does not tell.
 */
export function tableAmong(
  arrays: readonly (readonly [name: string, shape: readonly number[]])[],
  has: Has,
): string | undefined {
  const matrices = arrays.filter(([name, shape]) => MATRIX.test(name) && shape.length === 2);
  const bare = matrices.filter(([name]) => !has(name.replace(/weight$/, "bias")));
  return matrices.length === 2 && bare.length === 1 ? bare[0]![0] : undefined;
}

/**
 * Makes a plain model of Paddle's arrays, which lost their own names.
 *
 * @param content The arrays.
 * @param options The activation of an RNN.
 * @returns The model.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export function paddleModel(content: NamedContent, { nonlinearity }: ReaderOptions): PlainModel {
  const has = (name: string): boolean => Object.hasOwn(content.tensors, name);
  const tensors: StateDict = Object.create(null);
  const table = tableAmong(Object.entries(content.tensors).map(([name, { shape }]) => [name, shape]), has);
  for (const [name, tensor] of Object.entries(content.tensors)) {
    const plainName = plainNameOf(name, has);
    if (plainName === undefined) continue;
    const ownName = name === table ? "embedding" : "";
    tensors[plainName] = isLinear(name, tensor.shape, has, ownName) ? transposed(tensor) : tensor;
  }
  const inferred = inferModel({ ...content, tensors }, { nonlinearity, marked: PLAIN });
  return plainOf("paddle", inferred, content.notes);
}
