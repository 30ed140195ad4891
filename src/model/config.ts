/**
 * What a model is made of, apart from its weights: as a file's metadata states it, untrusted, and which weights belong
 * to it. Nothing here touches a device.
 *
 * @module
 */
import { GATE_ACTIVATIONS, type GateActivation, type Kind } from "../layers/recurrent/cell.ts";
import { DEFAULTS, type RecurrentSettings } from "../layers/recurrent/options.ts";
import { recurrentShapes } from "../layers/recurrent/shapes.ts";
import type { RNNModel, RNNModelOptions } from "../model.ts";
import { isIn, RANGES } from "../ranges.ts";
import { formatShape, sameShape } from "../tensors/shape.ts";
import { quote } from "../messages/quote.ts";

/** What of a recurrent layer matters once its weights are there. */
export type LayerConfig = Pick<
  RecurrentSettings,
  | ("inputSize" | "hiddenSize" | "numLayers" | "bias" | "batchFirst")
  | ("dropout" | "bidirectional" | "nonlinearity" | "projSize")
  | ("resetAfter" | "gateActivation" | "layerNorm")
>;

/** All of a model but for weights, and how its first ones were drawn. */
export interface ModelConfig {
  /** "rnn", "gru" or "lstm". */
  readonly kind: Kind;
  /** The recurrent layer's options. */
  readonly layer: LayerConfig;
  /** V: tokens of the vocabulary. */
  readonly vocabularySize: number;
  /** The model's options. */
  readonly model: Required<Pick<RNNModelOptions, "embeddingSize" | "dropout" | "tieWeights">>;
}

/** Whether an option may have a value. */
type Test = (value: unknown) => boolean;

const positive: Test = (value) => isIn(RANGES.count, value);
const size: Test = (value) => isIn(RANGES.amount, value);
const flag: Test = (value) => typeof value === "boolean";
const probability: Test = (value) => isIn(RANGES.probability, value);

/** Each option of the recurrent layer. */
const LAYER: Record<keyof LayerConfig, Test> = {
  inputSize: positive,
  hiddenSize: positive,
  numLayers: positive,
  bias: flag,
  batchFirst: flag,
  dropout: probability,
  bidirectional: (value) => value === false, // it would see the characters to come
  nonlinearity: (value) => value === "tanh" || value === "relu",
  projSize: size,
  resetAfter: flag,
  gateActivation: (value) => GATE_ACTIVATIONS.includes(value as GateActivation),
  layerNorm: flag,
};

/**
 * What a file states only where it is not PyTorch's: other files are those of versions that do not know it, and these versions
 * refuse the file where it is stated.
 */
const UNSTATED = {
  resetAfter: DEFAULTS.resetAfter,
  gateActivation: DEFAULTS.gateActivation,
  layerNorm: DEFAULTS.layerNorm,
};

/** Each option of the model. */
const MODEL: Record<keyof ModelConfig["model"], Test> = {
  embeddingSize: size,
  dropout: probability,
  tieWeights: flag,
};

/** The parts of a configuration. */
const PARTS = ["kind", "layer", "vocabularySize", "model"];

/**
 * The configuration of a model.
 *
 * @param model The model.
 * @returns What a file states of it.
 */
export function configOf(model: RNNModel): ModelConfig {
  return {
    kind: model.rnn.kind,
    layer: layerConfigOf(model.rnn),
    vocabularySize: model.vocabularySize,
    model: pick(model.options, MODEL) as unknown as ModelConfig["model"],
  };
}

/** An object's members of some names. */
function pick(options: object, names: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(names).map((name) => [name, (options as Record<string, unknown>)[name]]),
  );
}

/**
 * What a file states of a recurrent layer.
 *
 * @param layer The layer.
 */
export function layerConfigOf({ options }: { readonly options: object }): LayerConfig {
  return pick(options, LAYER) as unknown as LayerConfig;
}

/**
 * What a file states of a configuration: all but what it need not.
 *
 * @param config The configuration.
 * @returns What readConfig() reads it from.
 */
export function statedOf(config: ModelConfig): object {
  return { ...config, layer: statedLayerOf(config.layer) };
}

/**
 * The same of a recurrent layer's options.
 *
 * @param layer All of them.
 */
export function statedLayerOf(layer: LayerConfig): Partial<LayerConfig> {
  const stated = Object.entries(layer).filter(([name, value]) =>
    !(name in UNSTATED) || value !== UNSTATED[name as keyof typeof UNSTATED]
  );
  return Object.fromEntries(stated);
}

/**
 * Reads a configuration that nobody vouches for.
 *
 * @param value The parsed JSON.
 * @returns The configuration, each option present, and fit for the others.
 * @throws {SyntaxError} If it is not one of a model of refrain.
 */
export function readConfig(value: unknown): ModelConfig {
  const { kind, layer: layerValue, vocabularySize, model: modelValue } = membersOf(value, PARTS);
  if (kind !== "rnn" && kind !== "gru" && kind !== "lstm") throw unusable("kind", kind);
  if (!positive(vocabularySize)) throw unusable("vocabularySize", vocabularySize);
  const layer = readOptions(layerValue, LAYER, "layer", UNSTATED) as unknown as LayerConfig;
  const model = readOptions(modelValue, MODEL, "model") as unknown as ModelConfig["model"];
  const { projSize, hiddenSize, inputSize } = layer;
  if (projSize > 0 && (kind !== "lstm" || projSize >= hiddenSize)) throw unusable("layer.projSize", projSize);
  if (!layer.resetAfter && (kind !== "gru" || layer.layerNorm)) throw unusable("layer.resetAfter", false);
  if (layer.gateActivation !== DEFAULTS.gateActivation && kind === "rnn") {
    throw unusable("layer.gateActivation", layer.gateActivation);
  }
  if (inputSize !== (model.embeddingSize || vocabularySize)) throw unusable("layer.inputSize", inputSize);
  if (model.tieWeights && model.embeddingSize !== (projSize || hiddenSize)) {
    throw unusable("model.embeddingSize", model.embeddingSize);
  }
  return { kind, layer, vocabularySize: vocabularySize as number, model };
}

/**
 * Checks that weights are exactly those of a configuration.
 *
 * @param config What the model is made of.
 * @param tensors The weights by name.
 * @throws {TypeError} If a name is missing or unexpected, or a shape differs.
 */
export function checkShapes(
  config: ModelConfig,
  tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>,
): void {
  const names = Object.keys(tensors);
  const { kind, layer, vocabularySize, model } = config;
  if (layer.numLayers > names.length) { // before names of so many layers are made
    throw new TypeError(
      `Cannot load the model as it must have ${layer.numLayers} recurrent layers: it has ${names.length} tensors`,
    );
  }
  const recurrent = Object.entries(recurrentShapes(kind, layer)).map(([name, shape]) =>
    [`rnn.${name}`, shape] as const
  );
  const expected = new Map<string, readonly number[]>([
    ...(model.embeddingSize > 0
      ? [["embedding.weight", [vocabularySize, model.embeddingSize]] as const]
      : []),
    ...recurrent,
    ["dense.weight", [vocabularySize, layer.projSize || layer.hiddenSize]],
    ["dense.bias", [vocabularySize]],
  ]);
  const missing = [...expected.keys()].filter((name) => !Object.hasOwn(tensors, name));
  const unexpected = names.filter((name) => !expected.has(name));
  if (missing.length > 0) throw new TypeError(`Cannot load a state dict: missing keys ${listed(missing)}`);
  if (unexpected.length > 0) {
    throw new TypeError(`Cannot load a state dict: unexpected keys ${listed(unexpected)}`);
  }
  for (const [name, shape] of expected) {
    const current = tensors[name]!.shape;
    if (!sameShape(current, shape)) {
      throw new TypeError(
        `Cannot load parameter "${name}" as its shape must be ${formatShape(shape)}: current shape is ${
          formatShape(current)
        }`,
      );
    }
  }
}

/**
 * Names as errors list them, the first of many.
 *
 * @param names The names.
 * @returns At most eight of them in quotation marks, each cut where it is long.
 */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => quote(name));
  return shown.join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
}

/** @param unstated What holds where a file does not state it. */
function readOptions(
  value: unknown,
  table: Record<string, Test>,
  where: string,
  unstated: Record<string, unknown> = {},
): Record<string, unknown> {
  const members = { ...unstated, ...membersOf(value, Object.keys(table), where) };
  for (const [name, isGood] of Object.entries(table)) {
    if (!isGood(members[name])) throw unusable(`${where}.${name}`, members[name]);
  }
  return members;
}

/** An object's own members: a name that is unknown was another one before the file was damaged. */
function membersOf(value: unknown, known: readonly string[], where: string = ""): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(where || "it", value);
  }
  const unknown = Object.entries(value).find(([name]) => !known.includes(name));
  if (unknown) throw unusable(`${where ? `${where}.` : ""}${nameOf(unknown[0])}`, unknown[1]);
  return { ...value };
}

function unusable(what: string, value: unknown): SyntaxError {
  const text = value === undefined ? "absent" : quote(value);
  return new SyntaxError(
    `Cannot read the model: its configuration is not one of refrain, as ${what} is ${text}`,
  );
}

/** A member's name as sentences have it. */
function nameOf(key: string): string {
  return /^\w{1,80}$/.test(key) ? key : quote(key);
}
