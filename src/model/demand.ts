/**
 * What a model demands of a device and of the host: to be made, for a step of training, for a pass without gradients, to be
 * written to a file. B rows, T steps, V tokens, E the size of an embedding, R the size of h; all by shapes alone.
 *
 * A step has the weights W, as many gradients, the optimizer's moments (Adam 2 W, RMSprop W, with momentum 2 W, SGD none, with
 * momentum W), and activations; what each pass allocates, the functions say line by line.
 *
 * @module
 */
import { CHUNK } from "../kernels.ts";
import type { Kind } from "../layers/recurrent/cell.ts";
import { type LayerSizes, layerStorage, recurrentPass, swapDemand } from "../layers/recurrent/demand.ts";
import { recurrentWords } from "../layers/recurrent/shapes.ts";
import { blocksOf, type Demand, storageDemand, times, together, totalWords } from "../tensors/demand.ts";
import { restsOf } from "../tensors/matmul.ts";

/** What of a model its memory depends on. */
export interface ModelSizes {
  readonly kind: Kind;
  readonly layer: LayerSizes;
  /** V */
  readonly vocabularySize: number;
  readonly model: {
    /** E */
    readonly embeddingSize: number;
    readonly dropout: number;
    readonly tieWeights: boolean;
  };
}

/** Rows B and steps T. */
export interface BatchSizes {
  readonly batchSize: number;
  readonly numSteps: number;
  /** Batches that make a step; absent, one does. */
  readonly accumulateSteps?: number;
  /** How likely a row begins a step from a zero state. */
  readonly resetProbability?: number;
}

/** Rows B of lines, and all T that batches have. */
export interface LinesSizes {
  readonly batchSize: number;
  readonly lengths: readonly number[];
  readonly accumulateSteps: number;
}

/** An optimizer as far as its memory goes. */
export interface OptimizerSizes {
  /** "adam", "adamw", "rmsprop" or "sgd". */
  readonly optimizer: string;
  readonly momentum: number;
}

/** R */
function outputSize({ layer }: ModelSizes): number {
  return layer.projSize || layer.hiddenSize;
}

/** W: words of all parameters of a model in one block. */
export function modelWords(config: ModelSizes): number {
  const { kind, layer } = config;
  return recurrentWords(kind, layer) + embeddingWords(config) + denseWords(config);
}

/** (V, E) */
function embeddingWords({ vocabularySize, model: { embeddingSize } }: ModelSizes): number {
  return totalWords([vocabularySize * embeddingSize]);
}

/** (V, R), where it is not the embedding's, and (V) */
function denseWords(config: ModelSizes): number {
  const { vocabularySize, model: { tieWeights } } = config;
  return totalWords([...(tieWeights ? [] : [vocabularySize * outputSize(config)]), vocabularySize]);
}

/** A model that is there: W, their gradients, and what the clipping keeps. */
export function modelStorage(config: ModelSizes): Demand {
  return storageDemand(modelWords(config));
}

/** A model while it is made: its layers have their parameters until they lie in one block. */
export function modelMaking(config: ModelSizes): Demand {
  const { kind, layer, model: { embeddingSize } } = config;
  return together(
    layerStorage(kind, layer),
    embeddingSize > 0 ? storageDemand(embeddingWords(config)) : blocksOf({}),
    storageDemand(denseWords(config)),
    modelStorage(config),
  );
}

/** An optimizer of W: its rates and moments; of those that it does not use a word. */
export function optimizerDemand(words: number, { optimizer, momentum }: OptimizerSizes): Demand {
  const optional = momentum === 0 ? 1 : words;
  return blocksOf({
    rates: 4,
    ...(optimizer.startsWith("adam") ? { moments: words, "second moments": words } : {}),
    ...(optimizer === "rmsprop" ? { "second moments": words, moments: optional } : {}),
    ...(optimizer === "sgd" ? { moments: optional } : {}),
  });
}

/** A recorded step of training, but for the model and its optimizer. */
export function stepDemand(config: ModelSizes, sizes: BatchSizes): Demand {
  return together(
    batchDemand(sizes),
    passDemand(config, sizes, true),
    partsDemand(config, sizes),
    blocksOf(sizes.resetProbability ? { "a row's zero state": config.layer.hiddenSize } : {}),
    blocksOf({ "sums of squares": Math.ceil(modelWords(config) / CHUNK) }),
  );
}

/** Steps of training on lines, recorded for each length, but for the model and its optimizer. */
export function linesDemand(
  config: ModelSizes,
  { batchSize, lengths, accumulateSteps }: LinesSizes,
): Demand {
  const norm = blocksOf({ "sums of squares": Math.ceil(modelWords(config) / CHUNK) });
  const whole = accumulateSteps === 1;
  const recorded = lengths.map((numSteps) =>
    together(
      blocksOf({ ids: batchSize * numSteps, targets: batchSize * numSteps }),
      blocksOf({ "what tokens count": config.vocabularySize, norm: 1 }),
      passDemand(config, { batchSize, numSteps }, true),
      whole ? norm : blocksOf({}),
    )
  );
  const ends = whole ? blocksOf({}) : { ...norm, lists: 2 };
  return together(...recorded, ends, blocksOf({ losses: batchSize * lengths.at(-1)! }));
}

/** The states of all rows, h (·, R) and c (·, H), where a step is one of several batches. */
function partsDemand({ kind, layer }: ModelSizes, { batchSize, accumulateSteps = 1 }: BatchSizes): Demand {
  if (accumulateSteps === 1) return blocksOf({});
  const { hiddenSize, numLayers, projSize } = layer;
  const words = (projSize || hiddenSize) + (kind === "lstm" ? hiddenSize : 0);
  const states = times(numLayers, blocksOf({ "carried states": accumulateSteps * batchSize * words }));
  return { ...states, lists: accumulateSteps + 1 };
}

/** A recorded pass without gradients over a text. */
export function evaluationDemand(config: ModelSizes, sizes: BatchSizes): Demand {
  return together(batchDemand(sizes), passDemand(config, sizes, false));
}

/** Ids (B, T), targets (B, T), and the rows' losses (T·B). */
function batchDemand({ batchSize, numSteps }: BatchSizes): Demand {
  const rows = batchSize * numSteps;
  return blocksOf({ ids: rows, targets: rows, losses: rows });
}

/** What the model's forward pass allocates, and with a tape its backward pass too. */
export function passDemand(config: ModelSizes, sizes: BatchSizes, tape: boolean): Demand {
  const { kind, layer, vocabularySize: V, model: { embeddingSize: E } } = config;
  const R = outputSize(config);
  const rows = sizes.batchSize * sizes.numSteps;
  const dropped = tape && config.model.dropout > 0;
  return together(
    blocksOf({
      // (T, B, E)
      vectors: rows * E,
      // (T·B, V), which turns into its gradient
      logits: rows * V,
      // the order of the rows by id (T·B), and where an id's rows begin (V + 1)
      "sorted rows": tape ? rows : 0,
      "rows' starts": tape ? V + 1 : 0,
      // (T, B, R)
      "outputs' gradients": tape ? rows * R : 0,
    }, [["gemm", {}]]),
    dropped ? droppedDemand(rows * R) : blocksOf({}),
    dropped && E > 0 ? droppedDemand(rows * E) : blocksOf({}),
    recurrentPass(kind, layer, { ...sizes, ids: E === 0, tape }),
    layer.batchFirst
      ? swapDemand(rows * R, { outer: sizes.batchSize, inner: sizes.numSteps, tape })
      : blocksOf({}),
    restsOf({ M: rows, N: V, K: R }),
    ...(tape ? [restsOf({ M: V, N: R, K: rows }), restsOf({ M: rows, N: R, K: V })] : []),
  );
}

/** What dropout of so many words allocates: the key of its masks, its outputs, and their gradients. */
function droppedDemand(words: number): Demand {
  return blocksOf({ "a key of masks": 4, "dropped outputs": words, "their gradients": words });
}

/**
 * Bytes that a training takes on the host beside those of objects: the ids, and first the weights of the largest layer as they
 * are drawn, later a model file: what was read of the device, each tensor, and the file.
 *
 * @param sizes The model's sizes.
 * @param ids Bytes of the ids of the corpus.
 */
export function hostBytes(sizes: ModelSizes, ids: number): number {
  const { kind, layer, vocabularySize, model: { embeddingSize, tieWeights } } = sizes;
  const words = modelWords(sizes);
  const shared = tieWeights ? vocabularySize * embeddingSize : 0; // a file has it under both names
  const drawn = Math.max(recurrentWords(kind, layer), embeddingWords(sizes), denseWords(sizes));
  return ids + 4 * Math.max(drawn, 3 * words + 2 * shared);
}
