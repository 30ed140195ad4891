/**
 * What a bare state dict says of its model: PyTorch's names and shapes give the cell, the sizes and the parts.
 *
 * @module
 */
import type { SafetensorsContent } from "../files/safetensors.ts";
import { NAMES } from "../layers/recurrent/options.ts";
import type { HostTensor, StateDict } from "../tensors/module.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Marked } from "./marks.ts";
import { withBothBiases } from "./pytorch/biases.ts";
import { sortParts } from "./pytorch/names.ts";
import { tellApart } from "./pytorch/others.ts";
import { joinStack } from "./pytorch/stack.ts";
import { unfit } from "./pytorch/unfit.ts";

/** What no name and no shape tells, and was supposed of a file of another program. */
export interface Suppositions {
  /** The activation of an RNN, where none was given. */
  nonlinearity?: "tanh";
  /** The modules that were taken for the layers of one stack, from the first to the last. */
  stack?: readonly string[];
  /** The bias that no layer had beside the other, and that is zero. */
  zeroBias?: "bias_ih" | "bias_hh";
}

/** A file's tensors by any names, and what else it says. */
export type DictContent = Omit<SafetensorsContent, "int8">;

/** What names and shapes of weights do not tell. */
export interface Known {
  /** The RNN's activation; undefined where nobody knows it. */
  readonly nonlinearity: "tanh" | "relu" | undefined;
  /** What the file's marks say. */
  readonly marked: Marked;
}

/** A model's weights under refrain's names, and what it is made of. */
export interface Inferred {
  /** Weights: embedding.weight, rnn.…, dense.weight, dense.bias. */
  readonly tensors: StateDict;
  /** What they say of the model. */
  readonly config: ModelConfig;
  /** What was supposed. */
  readonly supposed: Suppositions;
  /** Names of tensors that are no weights of the model. */
  readonly leftAside: readonly string[];
}

/**
 * Reads a state dict that Python wrote.
 *
 * There must be one recurrent part (as "rnn.", "lstm." or no prefix; layers or cells that are numbered modules are one)
 * and one linear part (as "dense.", "fc." or "decoder."), with an embedding or without. A linear part without bias gets
 * one of zeros. Where the recurrent layer reads vectors of the size that the linear layer reads, and there is no
 * embedding or it has the same numbers, the weights are tied.
 *
 * @param content The file: tensors by any names, and metadata that may name tensors left out by Python's save_model().
 * @param known What names and shapes of weights do not tell.
 * @returns Weights under refrain's names, the configuration, and what was supposed.
 * @throws {TypeError} If the parts are not those of a language model.
 */
export function inferModel(content: DictContent, known: Known): Inferred {
  const shared = withShared(content);
  try {
    return infer(shared, known);
  } catch (error) {
    if (shared === content) throw error;
    return infer(content, known); // the metadata was free text
  }
}

/** The content with those tensors that share another's memory: the metadata names the one that each shares. */
function withShared(content: DictContent): DictContent {
  const { tensors, metadata } = content;
  const shared = Object.entries(metadata).filter(([name, other]) =>
    !Object.hasOwn(tensors, name) && Object.hasOwn(tensors, other)
  );
  if (shared.length === 0) return content;
  const all: StateDict = Object.assign(Object.create(null), tensors);
  for (const [name, other] of shared) all[name] = tensors[other]!;
  return { ...content, tensors: all };
}

function infer({ tensors, whole }: DictContent, { nonlinearity, marked }: Known): Inferred {
  const parts = sortParts(tensors, whole);
  const { sizes, prefixes, recurrent: joined } = joinStack(parts.recurrent);
  const { kind, ...layer } = sizes;
  if (!marked.resetAfter && kind !== "gru" || marked.gateActivation !== "sigmoid" && kind === "rnn") {
    throw unfit(`its tensors are marked as of another layer than ${NAMES[kind]}`);
  }
  const { recurrent, bias, zero } = withBothBiases(joined, layer.numLayers);
  const { linear, embedding, tied: same, copies } = tellApart(parts.others, sizes);
  const [vocabularySize, outputSize] = linear.weight.shape as [number, number];
  const oneHot = layer.inputSize === vocabularySize;
  const tied = embedding ? same : !oneHot && layer.inputSize === outputSize;
  const table = embedding ?? (tied ? linear.weight : undefined);
  if (!table && !oneHot) {
    throw unfit(
      `the recurrent layer must read one-hot rows of the vocabulary's size ${vocabularySize}: it reads ${layer.inputSize}`,
    );
  }
  const supposed: Suppositions = {
    ...(kind === "rnn" && nonlinearity === undefined ? { nonlinearity: "tanh" } : {}),
    ...(prefixes ? { stack: prefixes } : {}),
    ...(zero ? { zeroBias: zero } : {}),
  };
  const fixed = {
    bias,
    batchFirst: false,
    dropout: 0,
    bidirectional: false,
    layerNorm: false,
    ...marked,
  };
  return {
    tensors: renamed(recurrent, linear, table),
    config: {
      kind,
      layer: { ...layer, ...fixed, nonlinearity: nonlinearity ?? "tanh" },
      vocabularySize,
      model: { embeddingSize: table ? layer.inputSize : 0, dropout: 0, tieWeights: tied },
    },
    supposed,
    leftAside: [...parts.leftAside, ...copies],
  };
}

/** The weights under refrain's names. */
function renamed(
  recurrent: ReadonlyMap<string, HostTensor>,
  { weight, bias }: { weight: HostTensor; bias: HostTensor | undefined },
  table: HostTensor | undefined,
): StateDict {
  const all: StateDict = Object.create(null);
  if (table) all["embedding.weight"] = table;
  for (const [name, tensor] of recurrent) all[`rnn.${name}`] = tensor;
  all["dense.weight"] = weight;
  all["dense.bias"] = bias ?? { shape: [weight.shape[0]!], data: new Float32Array(weight.shape[0]!) };
  return all;
}
