/**
 * Options of recurrent layers: PyTorch's, what they default to, and which of them a layer cannot have.
 *
 * @module
 */
import { assertOptions, refuseUnknown } from "../../messages/options.ts";
import { isIn, RANGES } from "../../ranges.ts";
import { checkProbability, checkSizes } from "../../tensors/arguments.ts";
import { anySeed } from "../initial.ts";
import { GATE_ACTIVATIONS, type GateActivation, type Kind } from "./cell.ts";
import { quote } from "../../messages/quote.ts";

/** Options of a recurrent layer of any kind, as PyTorch's. */
export interface RecurrentOptions {
  /** I: the size of x at each step, or of the vocabulary where ids are given. */
  inputSize: number;
  /** H: the size of h. */
  hiddenSize: number;
  /**
   * L: layers, each taking the outputs of the one below.
   *
   * @default {1}
   */
  numLayers?: number;
  /**
   * Whether there are bias_ih and bias_hh.
   *
   * @default {true}
   */
  bias?: boolean;
  /**
   * Whether inputs and outputs are (B, T, ·) rather than (T, B, ·).
   *
   * @default {false}
   */
  batchFirst?: boolean;
  /**
   * The probability with which an output of all but the last layer is zeroed, with a tape only.
   *
   * @default {0}
   */
  dropout?: number;
  /**
   * Whether a second direction runs backwards over time.
   *
   * @default {false}
   */
  bidirectional?: boolean;
  /**
   * RNN only: the activation.
   *
   * @default {"tanh"}
   */
  nonlinearity?: "tanh" | "relu";
  /**
   * LSTM only: the size to which h is projected; 0 for none.
   *
   * @default {0}
   */
  projSize?: number;
  /**
   * GRU only: whether the reset gate acts behind the product with weight_hn, r ∘ (W_hn h + b_hn), as PyTorch's, or before
   * it, W_hn (r ∘ h) + b_hn.
   *
   * @default {true}
   */
  resetAfter?: boolean;
  /**
   * GRU and LSTM only: the activation of the gates, PyTorch's sigmoid, or clip(x/5 + 1/2, 0, 1), or clip(x/6 + 1/2, 0, 1).
   *
   * @default {"sigmoid"}
   */
  gateActivation?: GateActivation;
  /**
   * Whether cells are normalized: N(W x) + N(U h) in place of W x + b + U h + b, all gates of a row together, and in an LSTM
   * o ∘ tanh(N(c)). norm_weight has the gains of each N, of x, of h and of c, norm_bias their biases. Source: Ba, Kiros and
   * Hinton 2016.
   *
   * @default {false}
   */
  layerNorm?: boolean;
  /**
   * Seed of the first weights, and of the masks of dropout.
   *
   * @default {a random one}
   */
  seed?: number;
  /**
   * How weight_hh begins: as all weights, from U(-1/√H, 1/√H), or with each gate's matrix orthogonal.
   *
   * @default {"uniform"}
   */
  initialization?: "uniform" | "orthogonal";
  /**
   * LSTM only: what the forget gates' rows of bias_ih begin with; those of bias_hh are then 0.
   *
   * @default {U(-1/√H, 1/√H) for both}
   */
  forgetBias?: number;
}

/** Options of an RNN. */
export type RNNOptions = Omit<RecurrentOptions, "projSize" | "resetAfter" | "gateActivation" | "forgetBias">;
/** Options of a GRU. */
export type GRUOptions = Omit<RecurrentOptions, "nonlinearity" | "projSize" | "forgetBias">;
/** Options of an LSTM. */
export type LSTMOptions = Omit<RecurrentOptions, "nonlinearity" | "resetAfter">;

/** The options with nothing left open, but for those that only say how weights begin. */
export type RecurrentSettings = Required<Omit<RecurrentOptions, "initialization" | "forgetBias">>;

/** What an option that may be left out is then. */
export const DEFAULTS: Omit<RecurrentSettings, "inputSize" | "hiddenSize" | "seed"> = {
  numLayers: 1,
  bias: true,
  batchFirst: false,
  dropout: 0,
  bidirectional: false,
  nonlinearity: "tanh",
  projSize: 0,
  resetAfter: true,
  gateActivation: "sigmoid",
  layerNorm: false,
};

/** The kinds of layers in a sentence. */
export const NAMES = { rnn: "an RNN", gru: "a GRU", lstm: "an LSTM" };

/**
 * Checks a constructor's options and fills in what was left open.
 *
 * @param name For the sentences: "an RNNCell".
 */
export function readOptions(
  kind: Kind,
  options: RecurrentOptions,
  name: string = NAMES[kind],
): RecurrentSettings {
  assertOptions(`make ${name}`, options);
  const { inputSize, hiddenSize, numLayers = DEFAULTS.numLayers, bias = DEFAULTS.bias } = options;
  const { batchFirst = DEFAULTS.batchFirst, dropout = DEFAULTS.dropout } = options;
  const { bidirectional = DEFAULTS.bidirectional, nonlinearity = DEFAULTS.nonlinearity } = options;
  const { projSize = DEFAULTS.projSize, seed = anySeed() } = options;
  const { resetAfter = DEFAULTS.resetAfter, gateActivation = DEFAULTS.gateActivation } = options;
  const { layerNorm = DEFAULTS.layerNorm } = options;
  const settings = {
    inputSize,
    hiddenSize,
    numLayers,
    bias,
    batchFirst,
    dropout,
    bidirectional,
    nonlinearity,
    projSize,
    resetAfter,
    gateActivation,
    layerNorm,
    seed,
  };
  const { initialization, forgetBias } = options;
  refuseUnknown(`make ${name}`, options, { ...settings, initialization, forgetBias });
  checkSizes(name, { inputSize, hiddenSize, numLayers });
  checkProbability(name, "dropout", dropout);
  if (dropout > 0 && numLayers === 1) {
    console.warn(
      `warning: dropout is added after all but the last recurrent layer, so it has no effect with dropout ${dropout} and numLayers 1`,
    );
  }
  if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
    throw new TypeError(
      `Cannot make ${name} with unknown nonlinearity "${nonlinearity}": known are tanh, relu`,
    );
  }
  if (nonlinearity !== "tanh" && kind !== "rnn") {
    throw new TypeError(
      `Cannot make ${name} with nonlinearity ${nonlinearity}: it is only supported for RNN`,
    );
  }
  if (!Number.isSafeInteger(projSize) || projSize < 0) {
    throw new RangeError(
      `Cannot make ${name} as projSize must be a positive integer, or zero to disable projections: current value is ${
        quote(projSize)
      }`,
    );
  }
  if (projSize > 0 && kind !== "lstm") {
    throw new TypeError(`Cannot make ${name} with projSize ${projSize}: it is only supported for LSTM`);
  }
  if (projSize >= hiddenSize) {
    throw new RangeError(
      `Cannot make ${name} as projSize must be smaller than hiddenSize ${hiddenSize}: current value is ${projSize}`,
    );
  }
  checkCell(kind, settings, name);
  checkInitial(kind, options, name);
  return settings;
}

function checkCell(kind: Kind, settings: RecurrentSettings, name: string): void {
  const { resetAfter, gateActivation, layerNorm } = settings;
  for (const [option, value] of Object.entries({ resetAfter, layerNorm })) {
    if (typeof value === "boolean") continue;
    throw new TypeError(
      `Cannot make ${name} as ${option} must be true or false: current value is ${quote(value)}`,
    );
  }
  if (!resetAfter && kind !== "gru") {
    throw new TypeError(`Cannot make ${name} with resetAfter false: it is only supported for GRU`);
  }
  if (!resetAfter && layerNorm) {
    throw new TypeError(
      `Cannot make ${name} with layerNorm and resetAfter false: its product with the state is normalized as a whole`,
    );
  }
  if (!GATE_ACTIVATIONS.includes(gateActivation)) {
    throw new TypeError(
      `Cannot make ${name} with unknown gateActivation ${quote(gateActivation)}: known are ${
        GATE_ACTIVATIONS.join(", ")
      }`,
    );
  }
  if (gateActivation !== "sigmoid" && kind === "rnn") {
    throw new TypeError(
      `Cannot make ${name} with gateActivation ${gateActivation}: it is only supported for GRU and LSTM`,
    );
  }
}

function checkInitial(kind: Kind, options: RecurrentOptions, name: string): void {
  const { initialization = "uniform", forgetBias, bias = true } = options;
  if (initialization !== "uniform" && initialization !== "orthogonal") {
    throw new TypeError(
      `Cannot make ${name} with unknown initialization "${initialization}": known are uniform, orthogonal`,
    );
  }
  if (forgetBias === undefined) return;
  if (kind !== "lstm") {
    throw new TypeError(`Cannot make ${name} with forgetBias ${forgetBias}: it is only supported for LSTM`);
  }
  if (!bias) throw new TypeError(`Cannot make ${name} with forgetBias ${forgetBias}: it has no bias`);
  if (!isIn(RANGES.number, forgetBias)) {
    throw new RangeError(
      `Cannot make ${name} as forgetBias must be a finite float32 number: current value is ${
        quote(forgetBias)
      }`,
    );
  }
}
