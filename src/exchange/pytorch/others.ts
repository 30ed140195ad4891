/**
 * The layers beside the recurrent part: which is the linear one, and which the embedding.
 *
 * @module
 */
import type { HostTensor } from "../../tensors/module.ts";
import { formatShape, sameShape } from "../../tensors/shape.ts";
import { listed } from "../../model/config.ts";
import type { Part } from "./names.ts";
import type { Sizes } from "./sizes.ts";
import { unfit } from "./unfit.ts";

/** How the last part of a linear layer's prefix is written where it tells the layer. */
const LINEAR = /(^|\.)(lm_)?(fc|linear|dense|decoder|head|logits|classifier|out|output)\d*\.$/i;

/** Another layer's tensors, of which the weight is there and a matrix. */
export interface Matrix {
  /** How its names begin. */
  readonly prefix: string;
  /** Its matrix. */
  readonly weight: HostTensor;
  /** Its bias, where it has one. */
  readonly bias: HostTensor | undefined;
}

/** What stands beside the recurrent part. */
export interface Others {
  /** From its outputs to logits. */
  readonly linear: Matrix;
  /** From tokens to its inputs. */
  readonly embedding: HostTensor | undefined;
  /** Whether both have the same matrix. */
  readonly tied: boolean;
  /** Names of copies of the embedding. */
  readonly copies: string[];
}

/**
 * Tells the linear layer and the embedding apart.
 *
 * @param others Their tensors, by prefix.
 * @param sizes Those of the recurrent part.
 * @returns Both, of which the embedding may be absent.
 * @throws {TypeError} If there are others, or they do not fit the recurrent part.
 */
export function tellApart(
  others: ReadonlyMap<string, Part>,
  { inputSize, hiddenSize, projSize }: Sizes,
): Others {
  const outputSize = projSize || hiddenSize;
  const parts = [...others].map(([prefix, part]) => matrixOf(prefix, part));
  const [linear, second] = linearParts(parts, outputSize);
  if (linear && second) throw severalLinear(linear, second);
  const tables = parts.filter((part) => part !== linear);
  const [embedding] = tables;
  if (!linear || tables.some((table) => !isCopy(table, embedding!))) {
    throw unfit(
      `it must have one linear layer, and at most one embedding: found ${
        others.size === 0 ? "none" : listed([...others.keys()])
      }`,
    );
  }
  if (embedding && readsOutputs(embedding, linear, inputSize)) throw severalLinear(linear, embedding);
  mustRead(linear, outputSize, "the outputs of the recurrent layer");
  if (embedding) mustRead(embedding, inputSize, "what the recurrent layer reads");
  const copies = tables.slice(1).map(({ prefix }) => `${prefix}weight`);
  const tied = embedding !== undefined && isCopy(embedding, linear);
  return { linear, embedding: embedding?.weight, tied, copies };
}

/** Whether a matrix takes a linear layer's outputs rather than tokens. */
function readsOutputs({ weight }: Matrix, linear: Matrix, inputSize: number): boolean {
  const [, columns] = weight.shape;
  return columns !== inputSize && columns === linear.weight.shape[0];
}

function severalLinear(first: Matrix, second: Matrix): TypeError {
  return unfit(
    `it must have one linear layer: found ${
      listed([first.prefix, second.prefix])
    }; where nothing stands between ` +
      `them they are one, of weight w2 @ w1 and bias w2 @ b1 + b2`,
  );
}

function matrixOf(prefix: string, { weight, bias }: Part): Matrix {
  const name = listed([`${prefix}weight`]);
  if (weight?.shape.length === 2) return { prefix, weight, bias };
  if (weight?.shape.length === 1) {
    throw unfit(
      `${name} is of a normalization layer, which refrain's language models do not have: train the model without it`,
    );
  }
  throw unfit(
    `${name} must be a matrix: ${weight ? `current shape is ${formatShape(weight.shape)}` : "it is missing"}`,
  );
}

/** The parts that may be the linear layer: a bias tells, else the columns, else a name where they are not tied. */
function linearParts(parts: readonly Matrix[], outputSize: number): Matrix[] {
  const withBias = parts.filter(({ bias }) => bias);
  if (withBias.length > 0) return withBias;
  const fitting = parts.filter(({ weight }) => weight.shape[1] === outputSize);
  const [first, ...rest] = fitting;
  if (!first || rest.every((part) => isCopy(part, first))) return fitting.slice(-1);
  const named = fitting.filter(({ prefix }) => !/emb|encoder/i.test(prefix));
  if (named.length === 1) return named;
  const telling = fitting.filter(({ prefix }) => LINEAR.test(prefix));
  if (telling.length === 1) return telling;
  if (rest.some(({ weight }) => !sameShape(weight.shape, first.weight.shape))) return fitting;
  throw unfit(
    `nothing tells its linear layer from its embedding: found ${
      listed(fitting.map(({ prefix }) => prefix))
    } of shape ${formatShape(first.weight.shape)}; name them "embedding." and "linear."`,
  );
}

/** Whether a table is the same as another: wrappers that drop words save it twice. */
function isCopy({ weight }: Matrix, { weight: other }: Matrix): boolean {
  return weight === other ||
    sameShape(weight.shape, other.shape) && weight.data.every((value, i) => value === other.data[i]);
}

function mustRead(part: Matrix, expected: number, what: string): void {
  if (part.weight.shape[1] === expected) return;
  const shape = formatShape(part.weight.shape);
  throw unfit(`"${part.prefix}weight" must have ${expected} columns, ${what}: current shape is ${shape}`);
}
