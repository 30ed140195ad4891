/**
 * One time step as a layer of its own: PyTorch's RNNCell, GRUCell and LSTMCell. The arithmetic is the layers'.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { Sentence } from "../messages/naming.ts";
import { assertOptions, refuseUnknown } from "../messages/options.ts";
import { type Demand, times } from "../tensors/demand.ts";
import { Module } from "../tensors/module.ts";
import { checkRoom } from "../tensors/room.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";
import type { GateActivation, Kind } from "./recurrent/cell.ts";
import { layerStorage } from "./recurrent/demand.ts";
import { GRU } from "./gru.ts";
import { LSTM } from "./lstm.ts";
import type { Recurrent } from "./recurrent.ts";
import { readState, readStep, type State, stateOf, tensorsOf } from "./recurrent/arguments.ts";
import { readOptions, type RecurrentOptions } from "./recurrent/options.ts";
import { RNN } from "./rnn.ts";

/** Options of a cell, as PyTorch's. */
export interface CellOptions {
  /** I: the size of an input. */
  inputSize: number;
  /** H: the size of h. */
  hiddenSize: number;
  /**
   * Whether there are bias_ih and bias_hh.
   *
   * @default {true}
   */
  bias?: boolean;
  /**
   * RNNCell only: the activation.
   *
   * @default {"tanh"}
   */
  nonlinearity?: "tanh" | "relu";
  /**
   * GRUCell only: whether the reset gate acts behind the product; see RecurrentOptions.
   *
   * @default {true}
   */
  resetAfter?: boolean;
  /**
   * GRUCell and LSTMCell only: the activation of the gates; see RecurrentOptions.
   *
   * @default {"sigmoid"}
   */
  gateActivation?: GateActivation;
  /**
   * Whether the cell is normalized; see RecurrentOptions.
   *
   * @default {false}
   */
  layerNorm?: boolean;
  /**
   * Seed of the first weights.
   *
   * @default {a random one}
   */
  seed?: number;
  /**
   * How weight_hh begins; see RecurrentOptions.
   *
   * @default {"uniform"}
   */
  initialization?: "uniform" | "orthogonal";
  /** LSTMCell only: what the forget gate's rows of bias_ih begin with; those of bias_hh are then 0. */
  forgetBias?: number;
}

/** What the three cells share. Parameters: weight_ih (G·H, I), weight_hh (G·H, H), bias_ih, bias_hh (G·H). */
export abstract class RecurrentCell<S extends State> extends Module {
  readonly #layer: Recurrent<S>;

  /** For RNNCell, GRUCell and LSTMCell. */
  constructor(layer: Recurrent<S>) {
    super(layer.device);
    this.#layer = layer;
    this.join({ layer }, (_, name) => name.slice(0, -"_l0".length));
  }

  /** Its class and sizes: its line without the parameters. */
  override describe(): string {
    return this.#layer.describe().replace("(", "Cell(");
  }

  /**
   * Takes one step.
   *
   * @param input One time step, f32 (B, I), or (I) unbatched; or ids u32 (B) where one-hot rows are meant.
   * @param state The state before: h (B, H), for LSTMCell [h, c], or (H) unbatched; zeros where absent or null.
   * @param tape The tape that records the step; steps that share a tape are one sequence to backward().
   * @returns The next state, in the shape of the state.
   * @throws {TypeError} If a shape does not fit, or something lies on another device.
   * @throws {RangeError} If an id is out of range.
   */
  forward(input: Tensor | Tensor<"u32">, state?: S | null, tape?: Tape): S {
    const { device } = this;
    const { kind, options } = this.#layer;
    const { batch, unbatched, form } = readStep(input, options, device);
    const shape = [...(unbatched ? [] : [batch]), options.hiddenSize];
    const expected = kind === "lstm" ? [shape, shape] : [shape];
    const before = readState(state, { expected, input: form, device })
      .map((tensor) => tensor.reshape([1, ...shape]));
    const [output, next] = this.#layer.step(input, stateOf<S>(before), tape);
    if (!tape) output[Symbol.dispose]();
    return stateOf<S>(tensorsOf(next).map((tensor) => tensor.reshape(shape)))!;
  }
}

/** The options of the layer that computes a cell's steps, checked under the cell's name, and whether it has room. */
function layerOptions(device: Device, kind: Kind, name: string, options: CellOptions): RecurrentOptions {
  assertOptions(`make ${name}`, options);
  const { inputSize, hiddenSize, bias, nonlinearity, seed, initialization, forgetBias } = options;
  const { resetAfter, gateActivation, layerNorm } = options;
  const form = { nonlinearity, resetAfter, gateActivation, layerNorm };
  const taken = { inputSize, hiddenSize, bias, ...form, seed, initialization, forgetBias };
  refuseUnknown(`make ${name}`, options, taken);
  const settings = readOptions(kind, taken as RecurrentOptions, name);
  const sentence: Sentence = (option) => `make ${name} of ${option("hiddenSize", hiddenSize)}`;
  const demands = (size: number): Demand[] => {
    const layer = layerStorage(kind, { ...settings, hiddenSize: size });
    return [times(2, layer)]; // the layer's parameters become the cell's
  };
  const choice = { options: ["hiddenSize"], value: hiddenSize, demands };
  checkRoom(device, sentence, demands(hiddenSize), { choices: [choice] });
  return taken as RecurrentOptions;
}

/**
 * One step of an RNN.
 *
 * @example Usage
 * ```ts
 * import { openDevice, RNNCell, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const cell = new RNNCell(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
 * const x = Tensor.from(device, new Float32Array(10), [2, 5]); // (B, I)
 * const h = cell.forward(x);
 * assertEquals(cell.forward(x, h).shape, [2, 4]);
 * ```
 */
export class RNNCell extends RecurrentCell<Tensor> {
  /**
   * Makes a cell with first weights from U(-1/√H, 1/√H).
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's RNNCell takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of cell.
   * @throws {RangeError} If a size is not positive.
   */
  constructor(device: Device, options: Omit<CellOptions, "resetAfter" | "gateActivation" | "forgetBias">) {
    super(new RNN(device, layerOptions(device, "rnn", "an RNNCell", options)));
  }
}

/**
 * One step of a GRU.
 *
 * @example Usage
 * ```ts
 * import { GRUCell, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const cell = new GRUCell(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
 * assertEquals(cell.forward(Tensor.from(device, new Float32Array(10), [2, 5])).shape, [2, 4]);
 * ```
 */
export class GRUCell extends RecurrentCell<Tensor> {
  /**
   * Makes a cell with first weights from U(-1/√H, 1/√H).
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's GRUCell takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of cell.
   * @throws {RangeError} If a size is not positive.
   */
  constructor(device: Device, options: Omit<CellOptions, "nonlinearity" | "forgetBias">) {
    super(new GRU(device, layerOptions(device, "gru", "a GRUCell", options)));
  }
}

/**
 * One step of an LSTM.
 *
 * @example Usage
 * ```ts
 * import { LSTMCell, openDevice, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const cell = new LSTMCell(device, { inputSize: 5, hiddenSize: 4, seed: 0 });
 * const [h, c] = cell.forward(Tensor.from(device, new Float32Array(10), [2, 5]));
 * assertEquals([h.shape, c.shape], [[2, 4], [2, 4]]);
 * ```
 */
export class LSTMCell extends RecurrentCell<readonly [Tensor, Tensor]> {
  /**
   * Makes a cell with first weights from U(-1/√H, 1/√H).
   *
   * @param device The device on which it computes.
   * @param options The sizes, and what PyTorch's LSTMCell takes.
   * @throws {TypeError} If a size is not an integer, or an option is unknown or of another kind of cell.
   * @throws {RangeError} If a size is not positive.
   */
  constructor(device: Device, options: Omit<CellOptions, "nonlinearity" | "resetAfter">) {
    super(new LSTM(device, layerOptions(device, "lstm", "an LSTMCell", options)));
  }
}
