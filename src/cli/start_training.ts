/**
 * What `train` begins with: a new model or one to go on from, its optimizer, its schedule.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Device } from "../device/device.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { Recurrent } from "../layers/recurrent.ts";
import { RNNModel } from "../model.ts";
import type { ModelSizes } from "../model/demand.ts";
import { Adam } from "../optimizers/adam.ts";
import { AdamW } from "../optimizers/adamw.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { RMSprop } from "../optimizers/rmsprop.ts";
import { SGD } from "../optimizers/sgd.ts";
import type { Parameter } from "../tensors/parameters.ts";
import type { TrainSchedule } from "../train/loop_options.ts";
import { contradiction } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { kebabCase } from "./parse_flags.ts";
import { loadModel } from "./texts.ts";

/** The flags that make a model what it is. */
export type Architecture = Pick<
  Settings<"train">,
  | ("cell" | "hiddenSize" | "numLayers" | "nonlinearity" | "projSize" | "noBias")
  | ("resetBefore" | "gateActivation" | "layerNorm")
  | ("embeddingSize" | "tieWeights" | "dropout" | "outputDropout")
>;

/**
 * A new model.
 *
 * @param device The device on which it shall compute.
 * @param settings The flags' values.
 * @param vocabularySize The number of tokens V.
 */
export function makeModel(
  device: Device,
  settings:
    & Architecture
    & Pick<Settings<"train">, "seed">
    & Partial<Pick<Settings<"train">, "initialization" | "forgetBias">>,
  vocabularySize: number,
): RNNModel {
  const { seed, initialization, forgetBias } = settings;
  const { kind, layer: options, model } = sizesOf(settings, vocabularySize);
  const layer = makeLayer(device, kind, { ...options, seed, initialization, forgetBias });
  return new RNNModel(layer, vocabularySize, model);
}

/**
 * The sizes of the model that the flags ask for.
 *
 * @param settings The flags' values.
 * @param vocabularySize The number of tokens V.
 */
export function sizesOf(settings: Architecture, vocabularySize: number): ModelSizes {
  const { cell: kind, hiddenSize, numLayers, nonlinearity, projSize, dropout } = settings;
  const { resetBefore, gateActivation, layerNorm, embeddingSize, tieWeights, outputDropout } = settings;
  const layer = {
    inputSize: embeddingSize || vocabularySize,
    hiddenSize,
    numLayers,
    bias: !settings.noBias,
    batchFirst: false,
    nonlinearity,
    projSize,
    resetAfter: !resetBefore,
    gateActivation,
    layerNorm,
    dropout,
    bidirectional: false,
  };
  return { kind, layer, vocabularySize, model: { embeddingSize, tieWeights, dropout: outputDropout } };
}

/**
 * A model to go on from: weights, sizes and vocabulary of a file; probabilities of dropout may be given anew.
 *
 * @param device The device on which it shall compute.
 * @param settings The flags' values.
 * @param given Which flags were written.
 * @returns The model, its tokens, and its flags.
 * @throws {UsageError} If a flag asks for another model than the file has.
 * @throws {TypeError} If its weights are int8.
 */
export async function loadStart(
  device: Device,
  settings: Settings<"train"> & { initFrom: string },
  given: ReadonlySet<string>,
): Promise<{ model: RNNModel; vocabulary: Vocabulary; architecture: Architecture }> {
  const { initFrom } = settings;
  const tokenizer = given.has("tokenizer") ? settings.tokenizer : undefined;
  const nonlinearity = given.has("nonlinearity") ? settings.nonlinearity : undefined;
  const source = { ...settings, model: initFrom, tokenizer, nonlinearity };
  const { model: loaded, vocabulary } = await loadModel(source, device, "--init-from");
  using stored = loaded;
  if (Object.keys(stored.int8Weights()).length > 0) {
    throw new TypeError(
      `Cannot train from "${initFrom}" as its weights are int8: name the run that quantize made it of`,
    );
  }
  const { dropout, outputDropout, ...fixed } = architectureOf(stored);
  checkArchitecture(fixed, { ...settings, initFrom }, given);
  // Made anew, as masks of dropout have this run's seed.
  const architecture = {
    ...fixed,
    dropout: given.has("dropout") ? settings.dropout : dropout,
    outputDropout: given.has("outputDropout") ? settings.outputDropout : outputDropout,
  };
  const weights = await stored.stateDict();
  stored[Symbol.dispose](); // there need not be room for both
  const model = makeModel(device, { ...architecture, seed: settings.seed }, vocabulary.size);
  model.loadStateDict(weights);
  return { model, vocabulary, architecture };
}

function architectureOf({ rnn, options }: RNNModel): Architecture {
  const { embeddingSize, tieWeights, dropout: outputDropout } = options;
  return { ...layerFlagsOf(rnn), embeddingSize, tieWeights, outputDropout };
}

/**
 * The flags that make a recurrent layer what it is.
 *
 * @param layer The layer.
 * @returns Their values.
 */
export function layerFlagsOf(
  { kind, options }: Recurrent,
): Omit<Architecture, "embeddingSize" | "tieWeights" | "outputDropout"> {
  const { hiddenSize, numLayers, nonlinearity, projSize, bias, dropout } = options;
  const { resetAfter, gateActivation, layerNorm } = options;
  const form = { resetBefore: !resetAfter, gateActivation, layerNorm };
  return { cell: kind, hiddenSize, numLayers, nonlinearity, projSize, ...form, noBias: !bias, dropout };
}

/**
 * Checks that no flag asks for another model than the one to go on from.
 *
 * @param fixed What that one's flags are.
 * @param settings The flags' values.
 * @param given Which flags were written.
 * @throws {UsageError} If one does.
 */
export function checkArchitecture(
  fixed: object,
  settings: Settings<"train"> & { initFrom: string },
  given: ReadonlySet<string>,
): void {
  const from = `--init-from ${settings.initFrom}`;
  for (const [name, value] of Object.entries(fixed)) {
    const asked = (settings as Record<string, unknown>)[name];
    if (!given.has(name) || asked === value) continue;
    const flag = `--${kebabCase(name)}`;
    throw typeof value === "boolean"
      ? contradiction(flag, from, "the model was made without")
      : contradiction(`${flag} ${asked}`, from, `the model's is ${value}`);
  }
  for (const name of ["initialization", "forgetBias"] as const) {
    if (!given.has(name)) continue;
    throw contradiction(
      name === "forgetBias" ? "--forget-bias" : "--initialization",
      from,
      "its weights are there",
    );
  }
}

/**
 * The optimizer that the flags ask for.
 *
 * @param parameters What it updates.
 * @param settings The flags' values.
 */
export function makeOptimizer(parameters: readonly Parameter[], settings: Settings<"train">): Optimizer {
  const { optimizer, learningRate, momentum, nesterov } = settings;
  const { weightDecay = optimizer === "adamw" ? 0.01 : 0 } = settings;
  switch (optimizer) {
    case "adam":
      return new Adam(parameters, { learningRate, weightDecay });
    case "adamw":
      return new AdamW(parameters, { learningRate, weightDecay });
    case "sgd":
      return new SGD(parameters, { learningRate, weightDecay, momentum, nesterov });
    case "rmsprop":
      return new RMSprop(parameters, { learningRate, weightDecay, momentum });
  }
}

/**
 * The schedule that the flags ask for.
 *
 * @param settings The flags' values.
 * @param stepsPerEpoch For a cosine over the whole training.
 * @throws {UsageError} If the warm-up leaves nothing for the cosine.
 */
export function scheduleOf(settings: Settings<"train">, stepsPerEpoch: number): TrainSchedule {
  const { schedule: kind, scheduleUnit: unit, warmUp: warmup, warmUpStart: warmupStart, gamma } = settings;
  const common = { unit, warmup, ...(warmupStart === undefined ? {} : { warmupStart }) };
  const { minLearningRate: minRate, factor, plateauPatience: patience, threshold, cooldown } = settings;
  switch (kind) {
    case "constant":
      return { ...common, kind };
    case "step":
      return { ...common, kind, stepSize: settings.stepSize!, ...(gamma === undefined ? {} : { gamma }) };
    case "exponential":
      return { ...common, kind, gamma: gamma! };
    case "cosine": {
      const whole = settings.epochs * (unit === "step" ? stepsPerEpoch : 1);
      const maxSteps = settings.tMax ?? whole - warmup;
      if (maxSteps < 1) {
        const reason = `the training has ${whole} ${unit}${whole === 1 ? "" : "s"}, and none is left`;
        throw contradiction("--schedule cosine", `--warm-up ${warmup}`, reason);
      }
      return { ...common, kind, maxSteps, minRate };
    }
    case "plateau":
      return { ...common, kind, factor, patience, threshold, cooldown, minRate };
  }
}
