/**
 * What a bare state dict says of its model: PyTorch's names and shapes give the cell, the sizes and the parts. Only as
 * much is read as is needed; checkShapes() of model/config.ts holds the rest against the result.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../tensors/module.ts";
import { formatShape } from "../tensors/shape.ts";
import type { Kind } from "../layers/recurrent/cell.ts";
import { listed, type ModelConfig } from "../model/config.ts";

/** A model's weights under refrain's names, and what it is made of. */
export interface Inferred {
  /** Weights: embedding.weight, rnn.…, dense.weight, dense.bias. */
  readonly tensors: StateDict;
  /** What they say of the model. */
  readonly config: ModelConfig;
}

/** weight_ih_l0, bias_hh_l1_reverse … behind a prefix that is empty or ends with a dot. */
const RECURRENT = /^((?:.*\.)?)(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(\d+)(_reverse)?$/s;
/** The weight or bias of another layer. */
const OTHER = /^((?:.*\.)?)(weight|bias)$/s;
/** Rows of weight_hh, in units of H. */
const KINDS: Readonly<Record<number, Kind>> = { 1: "rnn", 3: "gru", 4: "lstm" };

/**
 * Reads a state dict that Python wrote.
 *
 * There must be one recurrent part (as "rnn.", "lstm." or no prefix) and one linear part (as "dense.", "fc." or
 * "decoder."), with an embedding or without. A linear part without bias gets one of zeros. Where the recurrent layer
 * reads vectors of the size that the linear layer reads, and there is no embedding or it is the same tensor, the weights
 * are tied.
 *
 * @param tensors By any names.
 * @param options The RNN's nonlinearity, which no shape tells.
 * @returns Weights under refrain's names, and the configuration.
 * @throws {TypeError} If the parts are not those of a language model.
 */
export function inferModel(
  tensors: StateDict,
  { nonlinearity }: { nonlinearity: "tanh" | "relu" },
): Inferred {
  const parts = sortParts(tensors);
  const { recurrent } = parts;
  const sizes = inferSizes(recurrent);
  const renamed: StateDict = Object.create(null);
  const { linear, embedding } = tellApart(parts.others, sizes);
  const vocabularySize = linear.weight.shape[0]!;
  const tied = embedding
    ? embedding === linear.weight
    : sizes.inputSize !== vocabularySize && sizes.inputSize === linear.weight.shape[1];
  const table = embedding ?? (tied ? linear.weight : undefined);
  if (table) renamed["embedding.weight"] = table;
  for (const [name, tensor] of recurrent) renamed[`rnn.${name}`] = tensor;
  renamed["dense.weight"] = linear.weight;
  renamed["dense.bias"] = linear.bias ?? { shape: [vocabularySize], data: new Float32Array(vocabularySize) };
  if (!table && sizes.inputSize !== vocabularySize) {
    throw unfit(
      `the recurrent layer must read one-hot rows of the vocabulary's size ${vocabularySize}: it reads ${sizes.inputSize}`,
    );
  }
  const { kind, ...layer } = sizes;
  return {
    tensors: renamed,
    config: {
      kind,
      layer: { ...layer, batchFirst: false, dropout: 0, bidirectional: false, nonlinearity },
      vocabularySize,
      model: { embeddingSize: table ? sizes.inputSize : 0, dropout: 0, tieWeights: tied },
    },
  };
}

/** Another layer's tensors. */
interface Part {
  weight?: HostTensor;
  bias?: HostTensor;
}

/** The recurrent part by names without its prefix, and the other parts by prefix. */
function sortParts(tensors: StateDict): { recurrent: Map<string, HostTensor>; others: Map<string, Part> } {
  const recurrent = new Map<string, Map<string, HostTensor>>();
  const others = new Map<string, Part>();
  const unknown: string[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const match = RECURRENT.exec(name);
    const other = OTHER.exec(name);
    if (match) {
      const [, prefix, which, layer, reverse] = match as unknown as [string, string, string, string, string?];
      if (reverse) {
        throw unfit(`${listed([name])} is of a bidirectional layer, which would see the characters to come`);
      }
      if (!recurrent.has(prefix)) recurrent.set(prefix, new Map());
      recurrent.get(prefix)!.set(`${which}_l${layer}`, tensor);
    } else if (other) {
      const [, prefix, which] = other as unknown as [string, string, "weight" | "bias"];
      others.set(prefix, { ...others.get(prefix), [which]: tensor });
    } else unknown.push(name);
  }
  if (unknown.length > 0) throw new TypeError(`Cannot load a state dict: unexpected keys ${listed(unknown)}`);
  if (recurrent.size !== 1) {
    throw unfit(`it must have one recurrent layer: found ${partsOf(recurrent)}`);
  }
  return { recurrent: [...recurrent.values()][0]!, others };
}

/** The recurrent layer's cell and sizes. */
function inferSizes(recurrent: ReadonlyMap<string, HostTensor>): {
  kind: Kind;
  inputSize: number;
  hiddenSize: number;
  numLayers: number;
  bias: boolean;
  projSize: number;
} {
  const matrix = (name: string): readonly [number, number] => {
    const tensor = recurrent.get(name);
    if (!tensor) throw new TypeError(`Cannot load a state dict: missing keys "${name}"`);
    if (tensor.shape.length !== 2 || tensor.shape.includes(0)) {
      throw unfit(`"${name}" must be a matrix: current shape is ${formatShape(tensor.shape)}`);
    }
    return tensor.shape as [number, number];
  };
  const [, inputSize] = matrix("weight_ih_l0");
  const [rows, outputSize] = matrix("weight_hh_l0");
  const projected = recurrent.has("weight_hr_l0");
  const hiddenSize = projected ? matrix("weight_hr_l0")[1] : outputSize;
  const kind = KINDS[rows / hiddenSize];
  if (kind === undefined || (projected && kind !== "lstm")) {
    throw unfit(
      projected
        ? `"weight_hh_l0" of a layer with projections must have 4 rows for each of ${hiddenSize} hidden units ` +
          `(LSTM): it has ${rows}`
        : `"weight_hh_l0" must have 1, 3 or 4 rows a column (RNN, GRU, LSTM): current shape is ${
          formatShape([rows, outputSize])
        }`,
    );
  }
  const numLayers = [...recurrent.keys()].filter((name) => name.startsWith("weight_hh_")).length;
  const projSize = projected ? outputSize : 0;
  return { kind, inputSize, hiddenSize, numLayers, bias: recurrent.has("bias_ih_l0"), projSize };
}

/** Another layer's tensors, of which the weight is there and a matrix. */
interface Matrix {
  readonly prefix: string;
  readonly weight: HostTensor;
  readonly bias: HostTensor | undefined;
}

/** Which of the other parts is the linear layer, and which the embedding. */
function tellApart(
  others: ReadonlyMap<string, Part>,
  { inputSize, hiddenSize, projSize }: { inputSize: number; hiddenSize: number; projSize: number },
): { linear: Matrix; embedding: HostTensor | undefined } {
  const outputSize = projSize || hiddenSize;
  const parts = [...others].map(([prefix, { weight, bias }]): Matrix => {
    if (weight?.shape.length !== 2) throw unfit(`"${prefix}weight" must be a matrix`);
    return { prefix, weight, bias };
  });
  const [linear, second] = linearParts(parts, outputSize);
  const [embedding, third] = parts.filter((part) => part !== linear);
  if (!linear || second || third) {
    throw unfit(`it must have one linear layer, and at most one embedding: found ${partsOf(others)}`);
  }
  const mustRead = (part: Matrix, expected: number, what: string): void => {
    if (part.weight.shape[1] === expected) return;
    const shape = formatShape(part.weight.shape);
    throw unfit(`"${part.prefix}weight" must have ${expected} columns, ${what}: current shape is ${shape}`);
  };
  mustRead(linear, outputSize, "the outputs of the recurrent layer");
  if (embedding) mustRead(embedding, inputSize, "what the recurrent layer reads");
  return { linear, embedding: embedding?.weight };
}

/** The parts that may be the linear layer: a bias tells, else the columns, else a name. */
function linearParts(parts: readonly Matrix[], outputSize: number): Matrix[] {
  const withBias = parts.filter(({ bias }) => bias);
  if (withBias.length > 0) return withBias;
  const fitting = parts.filter(({ weight }) => weight.shape[1] === outputSize);
  return fitting.length > 1 ? fitting.filter(({ prefix }) => !/emb|encoder/i.test(prefix)) : fitting;
}

function partsOf(parts: ReadonlyMap<string, unknown>): string {
  return parts.size === 0 ? "none" : listed([...parts.keys()]);
}

function unfit(complaint: string): TypeError {
  return new TypeError(`Cannot load the model as ${complaint}`);
}
