/**
 * A plain model as a language model: from ids, or one-hot rows of them, through one recurrent stack to logits.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import type { ModelConfig } from "../../model/config.ts";
import type { HostTensor, StateDict } from "../../tensors/module.ts";
import { zeros } from "./arrays.ts";
import { widened, widenedColumns } from "./widened.ts";
import type { PlainDense, PlainEmbedding, PlainModel, PlainOneHot, PlainRecurrent } from "./plain.ts";

/** A language model's weights, and what it is made of. */
export interface Language {
  /** What it is made of. */
  readonly config: ModelConfig;
  /** Weights under refrain's names. */
  readonly tensors: StateDict;
  /** What who uses it should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes a language model of a plain one.
 *
 * @param model The plain model.
 * @param vocabularySize V, where there is a vocabulary: numbers that are as many are one-hot rows then, a layer that
 * gives the last step alone gives all, and ids (T, B) are (B, T).
 * @returns The language model; else why it is none, for a sentence.
 */
export function languageModelOf(model: PlainModel, vocabularySize: number | undefined): Language | string {
  const { batchFirst } = model;
  const notes: string[] = [];
  const layers = [...model.layers];
  const oneHot = layers[0]?.kind === "one_hot" ? layers.shift() as PlainOneHot : undefined;
  const embedding = layers[0]?.kind === "embedding" ? layers.shift() as PlainEmbedding : undefined;
  const last = layers.at(-1);
  if (last?.kind === "activation" && last.function === "softmax") layers.pop();
  const dense = layers.pop();
  if (dense?.kind !== "dense") return "it does not end with a dense layer";
  const stack: PlainRecurrent[] = [];
  for (const layer of layers) {
    if (layer.kind !== "recurrent") return `${quote(layer.name)} stands beside one recurrent stack`;
    stack.push(layer);
  }
  const [first] = stack;
  if (!first) return "it has no recurrent layer";
  const reason = differing(stack);
  if (reason !== undefined) return reason;
  const V = dense.arrays["weight"]!.shape[0]!;
  const reads = embedding ? embedding.arrays["weight"]!.shape[0]! : first.arrays["weight_ih_l0"]!.shape[1]!;
  if (reads !== V) {
    return `it reads ${
      embedding || oneHot ? `ids below ${reads}` : `${reads} numbers a step`
    }, and gives ${V} numbers`;
  }
  if (!batchFirst && (embedding || oneHot)) {
    if (vocabularySize === undefined) return "it reads ids of all rows a step (time_major)";
    notes.push("it reads ids (T, B) there: here they are (B, T)");
  }
  if (!embedding && !oneHot) {
    if (vocabularySize !== V) {
      return "it reads numbers, which only a vocabulary of as many tokens tells to be one-hot rows of ids";
    }
    notes.push("its inputs are taken for one-hot rows of ids");
  }
  if (stack.at(-1)!.outputs === "last") {
    if (vocabularySize === undefined) return "it gives the last step of a sequence alone";
    notes.push(
      "it was made to read a whole window for each token: here its state goes on from token to token",
    );
  }
  const wide = widened(stack);
  if (wide.note !== undefined) notes.push(wide.note);
  return { ...joined(wide.stack, dense, embedding), notes };
}

/** Why layers are no stack of one kind. */
function differing(stack: readonly PlainRecurrent[]): string | undefined {
  const [first] = stack as [PlainRecurrent];
  const two = stack.find(({ bidirectional }) => bidirectional);
  if (two) return `${quote(two.name)} is bidirectional, so that it sees the tokens to come`;
  const other = stack.find(({ cell, nonlinearity, resetAfter, gateActivation }) =>
    cell !== first.cell || nonlinearity !== first.nonlinearity || resetAfter !== first.resetAfter ||
    gateActivation !== first.gateActivation
  );
  if (other) return `${quote(first.name)} and ${quote(other.name)} are of different kinds`;
  return undefined;
}

/** Layers of one width as the layers of one. */
function joined(
  stack: readonly PlainRecurrent[],
  dense: PlainDense,
  embedding: PlainEmbedding | undefined,
): Pick<Language, "config" | "tensors"> {
  const { cell, nonlinearity, resetAfter, gateActivation, hiddenSize } = stack[0]!;
  const bias = stack.some((layer) => layer.bias);
  const tensors: StateDict = Object.create(null);
  if (embedding) tensors["embedding.weight"] = embedding.arrays["weight"]!;
  stack.forEach(({ arrays }, layer) => {
    const put = (name: string, array: HostTensor): void => {
      tensors[`rnn.${name}_l${layer}`] = array;
    };
    const rows = arrays["weight_hh_l0"]!.shape[0]!;
    for (const name of ["weight_ih", "weight_hh"]) put(name, arrays[`${name}_l0`]!);
    if (bias) { for (const name of ["bias_ih", "bias_hh"]) put(name, arrays[`${name}_l0`] ?? zeros(rows)); }
  });
  const embeddingSize = tensors["embedding.weight"]?.shape[1] ?? 0;
  const weight = dense.arrays["weight"]!;
  const [V] = weight.shape as [number, number];
  tensors["dense.weight"] = weight.shape[1] === hiddenSize ? weight : widenedColumns(weight, hiddenSize);
  tensors["dense.bias"] = dense.arrays["bias"] ?? zeros(V);
  return {
    config: {
      kind: cell,
      layer: {
        inputSize: stack[0]!.arrays["weight_ih_l0"]!.shape[1]!,
        hiddenSize,
        numLayers: stack.length,
        bias,
        batchFirst: false,
        dropout: 0,
        bidirectional: false,
        nonlinearity,
        projSize: 0,
        resetAfter,
        gateActivation,
        layerNorm: false,
      },
      vocabularySize: V,
      model: { embeddingSize, dropout: 0, tieWeights: false },
    },
    tensors,
  };
}
