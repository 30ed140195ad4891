/**
 * What suits a text: sizes, rate and epochs of a training, picked from how long the text is, how many tokens it has, and
 * what was chosen already. It knows numbers only, neither the clock nor the device: the same text is given the same.
 *
 * @module
 */
import type { Kind } from "../layers/recurrent/cell.ts";

/** What is picked where it is not given. */
export interface AutoSettings {
  readonly cell: Kind;
  readonly hiddenSize: number;
  readonly numLayers: number;
  /** 0 for one-hot vectors. */
  readonly embeddingSize: number;
  /** Between layers. */
  readonly dropout: number;
  /** Of embeddings and outputs. */
  readonly outputDropout: number;
  /** Share of the text at its end; undefined for none. */
  readonly validationSplit: number | undefined;
  readonly batchSize: number;
  readonly numSteps: number;
  readonly resetProbability: number;
  readonly learningRate: number;
  readonly clipGradNorm: number;
  readonly epochs: number;
}

/** What is never picked, and what picks depend on. */
export interface AutoContext {
  /** Tokens of the text: N. */
  readonly tokens: number;
  /** How many lines it has, where each is an example of its own. */
  readonly lines?: number | undefined;
  /** V */
  readonly vocabularySize: number;
  readonly optimizer: string;
  readonly sampling: "consecutive" | "random";
  readonly accumulateSteps: number;
  readonly tieWeights: boolean;
  readonly projSize: number;
  /** Whether the weights are those of a model that was trained before. */
  readonly trained: boolean;
}

/** What goes by a text's length alone. */
interface ByLength {
  readonly hiddenSize: number;
  readonly batchSize: number;
  readonly numSteps: number;
  readonly outputDropout: number;
  /** Epochs at most: a short text is learnt by heart before WORK is done. */
  readonly mostEpochs: number;
}

/** Multiplications and additions of a training: about two minutes of two cores in stock Deno, and one with turbo. */
const WORK = 1e13;
/** Tokens of the shortest text of which a tenth tells something. */
const LEAST_SPLIT = 2000;
/**
 * From how many tokens on a text is given what, the longest first. What texts below 100,000 tokens get is measured
 * ("What suits a text" in PERFORMANCE.md); the two longest rows are estimates until bench/presets.ts has run on such texts.
 */
const BY_LENGTH: readonly (readonly [least: number, sizes: ByLength])[] = [
  [600_000, { hiddenSize: 256, batchSize: 32, numSteps: 64, outputDropout: 0, mostEpochs: 12 }],
  [100_000, { hiddenSize: 256, batchSize: 16, numSteps: 64, outputDropout: 0.3, mostEpochs: 20 }],
  [LEAST_SPLIT, { hiddenSize: 128, batchSize: 4, numSteps: 32, outputDropout: 0.5, mostEpochs: 30 }],
  // Nothing is held out: it can only be learnt by heart.
  [0, { hiddenSize: 128, batchSize: 4, numSteps: 32, outputDropout: 0.2, mostEpochs: 300 }],
];
/** Tokens of a vocabulary from which on vectors of their own are too many weights for a text to teach. */
const MANY_TOKENS = 512;
/** Steps of an epoch below which batches become smaller. */
const FEW_STEPS = 8;
const RESET_PROBABILITY = 0.2;
/** What lines leave as it is: they have no use for it. */
const TUTORIAL_STEPS = 35;
/** Learning rates of the optimizers beside gradients that are clipped at 1: of a new model, and of a trained one. */
const RATES: Readonly<Record<string, readonly [fresh: number, trained: number]>> = {
  adam: [3e-3, 1e-3],
  adamw: [3e-3, 1e-3],
  rmsprop: [1e-3, 3e-4],
  sgd: [1, 0.3],
};
/** What the flags of sizes take at most. */
const LARGEST_SIZE = 16384;

/**
 * Picks what is not given.
 *
 * @param context The text, and what is never picked.
 * @param given What is chosen already.
 * @returns All of it, what was given as it was.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = { tokens: 1_115_394, vocabularySize: 65, trained: false };
 * const flags = { optimizer: "adam", sampling: "random", accumulateSteps: 1, tieWeights: false, projSize: 0 } as const;
 * const { cell, hiddenSize, resetProbability } = pickSettings({ ...text, ...flags }, { hiddenSize: 96 });
 * assertEquals([cell, hiddenSize, resetProbability], ["gru", 96, 0]);
 * ```
 */
export function pickSettings(context: AutoContext, given: Partial<AutoSettings>): AutoSettings {
  const { tokens, lines, accumulateSteps, optimizer, sampling, trained } = context;
  if (lines !== undefined) return pickForLines({ ...context, lines }, given);
  const [, sizes] = BY_LENGTH.find(([least]) => tokens >= least)!;
  const model = modelOf(context, sizes, given);
  const split = { validationSplit: tokens < LEAST_SPLIT ? undefined : 0.1, ...given };
  const read = Math.floor(tokens * (1 - (split.validationSplit ?? 0)));
  const passes = Math.floor(WORK / (read * operationsOf({ ...context, ...model })));
  return {
    ...model,
    validationSplit: split.validationSplit,
    ...batchOf(read, { ...sizes, ...given }, { accumulateSteps, given }),
    resetProbability: sampling === "random" ? 0 : RESET_PROBABILITY,
    learningRate: RATES[optimizer]![trained ? 1 : 0],
    clipGradNorm: 1,
    epochs: Math.max(1, Math.min(sizes.mostEpochs, passes)),
    ...given,
  };
}

/** Lines of the shortest list of which a tenth tells something. */
const LEAST_LINES = 200;
/** Steps of an epoch of lines, at least: fewer lines make smaller batches. */
const LEAST_STEPS = 8;
/** What lists of lines are given: measured on 2,000 names ("What suits lines" in PERFORMANCE.md). */
const OF_LINES = { hiddenSize: 128, batchSize: 32, outputDropout: 0.5, mostEpochs: 30 };

function pickForLines(context: AutoContext & { lines: number }, given: Partial<AutoSettings>): AutoSettings {
  const { tokens, lines, optimizer, trained, accumulateSteps } = context;
  const [, byLength] = BY_LENGTH.find(([least]) => tokens >= least)!;
  const sizes = tokens >= 100_000 ? { ...byLength, batchSize: 64 } : { ...byLength, ...OF_LINES };
  const split = { validationSplit: lines < LEAST_LINES ? undefined : 0.1, ...given };
  const read = lines * (1 - (split.validationSplit ?? 0));
  const most = Math.max(1, Math.floor(read / accumulateSteps / LEAST_STEPS));
  const model = modelOf(context, sizes, given);
  const passes = Math.floor(WORK / (tokens * read / lines * operationsOf({ ...context, ...model })));
  return {
    ...model,
    validationSplit: split.validationSplit,
    batchSize: Math.min(sizes.batchSize, most),
    numSteps: TUTORIAL_STEPS,
    resetProbability: 0,
    learningRate: RATES[optimizer]![trained ? 1 : 0],
    clipGradNorm: 1,
    epochs: Math.max(1, Math.min(sizes.mostEpochs, passes)),
    ...given,
  };
}

/** The sizes of the model. */
type Model = Pick<
  AutoSettings,
  "cell" | "hiddenSize" | "numLayers" | "embeddingSize" | "dropout" | "outputDropout"
>;

function modelOf(
  { vocabularySize, tieWeights, projSize }: AutoContext,
  sizes: ByLength,
  given: Partial<AutoSettings>,
): Model {
  const tied = tieWeights && projSize === 0 && given.embeddingSize;
  const {
    hiddenSize = tied || Math.max(sizes.hiddenSize, Math.min(2 * projSize, LARGEST_SIZE)),
    numLayers = 1,
    outputDropout = sizes.outputDropout,
  } = given;
  const embedding = vocabularySize >= MANY_TOKENS ? Math.min(128, hiddenSize) : 0;
  return {
    cell: "gru",
    hiddenSize,
    numLayers,
    embeddingSize: tieWeights ? projSize || hiddenSize : embedding,
    dropout: numLayers > 1 ? outputDropout : 0,
    outputDropout,
    ...given,
  };
}

/** What a token's work depends on. */
export type WorkSizes =
  & Pick<AutoSettings, "cell" | "hiddenSize" | "numLayers" | "embeddingSize">
  & Pick<AutoContext, "projSize" | "vocabularySize">;

/**
 * Multiplications and additions of products, for a token forward and backward.
 *
 * @param sizes The model.
 * @returns How many there are.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const sizes = { numLayers: 1, embeddingSize: 0, projSize: 0, vocabularySize: 10 };
 * assertEquals(operationsOf({ cell: "rnn", hiddenSize: 5, ...sizes }), 3 * 2 * (5 * 5 + 5 * 10));
 * ```
 */
export function operationsOf(
  { cell, hiddenSize: H, numLayers, embeddingSize: E, projSize, vocabularySize: V }: WorkSizes,
): number {
  const gates = { rnn: 1, gru: 3, lstm: 4 }[cell];
  const R = projSize || H;
  const first = gates * H * (E + R); // a one-hot vector is looked up
  const layer = gates * H * 2 * R;
  const projections = projSize ? numLayers * H * R : 0;
  return 3 * 2 * (first + (numLayers - 1) * layer + projections + R * V);
}

/** The largest batch, up to that of the text's length, of which an epoch has several; else of which it has one. */
function batchOf(
  tokens: number,
  sizes: Pick<AutoSettings, "batchSize" | "numSteps">,
  { accumulateSteps, given }: { accumulateSteps: number; given: Partial<AutoSettings> },
): Pick<AutoSettings, "batchSize" | "numSteps"> {
  let { batchSize, numSteps } = sizes;
  const perRow = (): number => Math.floor(tokens / (batchSize * accumulateSteps)) - 1;
  while (given.batchSize === undefined && batchSize > 1 && perRow() < FEW_STEPS * numSteps) {
    batchSize = Math.ceil(batchSize / 2);
  }
  if (given.numSteps === undefined) numSteps = Math.max(1, Math.min(numSteps, perRow()));
  return { batchSize, numSteps };
}
