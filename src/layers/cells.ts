/**
 * One time step as a layer of its own: PyTorch's RNNCell, GRUCell and LSTMCell. The arithmetic is the layers'.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { Module } from "../parameters.ts";
import { formatShape } from "../shape.ts";
import type { Tape } from "../tape.ts";
import type { Tensor } from "../tensor.ts";
import { GRU } from "./gru.ts";
import { LSTM } from "./lstm.ts";
import type { Recurrent, State } from "./recurrent.ts";
import { RNN } from "./rnn.ts";

/** Options of a cell, as PyTorch's. */
export interface CellOptions {
  /** I */
  inputSize: number;
  /** H */
  hiddenSize: number;
  /** Whether there are bias_ih and bias_hh. @default {true} */
  bias?: boolean;
  /** RNNCell only. @default {"tanh"} */
  nonlinearity?: "tanh" | "relu";
  /** Seed of the first weights. @default {a random one} */
  seed?: number;
}

/** What the three cells share. Parameters: weight_ih (G*H, I), weight_hh (G*H, H), bias_ih, bias_hh (G*H). */
export abstract class RecurrentCell<S extends State> extends Module {
  readonly #layer: Recurrent<S>;

  /** For RNNCell, GRUCell and LSTMCell. */
  constructor(layer: Recurrent<S>) {
    super(layer.device);
    this.#layer = layer;
    this.join({ layer }, (_, name) => name.slice(0, -"_l0".length));
  }

  /**
   * Takes one step.
   *
   * @param input f32 (B, I), or (I) unbatched
   * @param state h (B, H), for LSTMCell [h, c], or (H) unbatched; zeros where absent
   * @param tape records the step
   * @returns the next state, in the shape of the state
   * @throws {TypeError} when a shape does not fit
   */
  forward(input: Tensor, state?: S, tape?: Tape): S {
    if (input.shape.length !== 1 && input.shape.length !== 2) {
      throw new TypeError(
        `Cannot use an input of shape ${
          formatShape(input.shape)
        }: a cell takes 1 or 2 dimensions, (I) or (B, I)`,
      );
    }
    const tensors = state === undefined ? undefined : [state].flat() as Tensor[];
    for (const tensor of tensors ?? []) {
      if (tensor.shape.length !== input.shape.length) {
        throw new TypeError(
          `Cannot use a state of shape ${formatShape(tensor.shape)} with an input of shape ${
            formatShape(input.shape)
          }`,
        );
      }
    }
    const ahead = (tensor: Tensor): Tensor => tensor.reshape([1, ...tensor.shape]);
    const behind = (tensor: Tensor): Tensor => tensor.reshape(tensor.shape.slice(1));
    const before = tensors?.map(ahead);
    const [output, next] = this.#layer.forward(
      ahead(input),
      (before?.length === 2 ? before : before?.[0]) as S,
      tape,
    );
    if (!tape) output[Symbol.dispose]();
    return (Array.isArray(next) ? next.map(behind) : behind(next as Tensor)) as S;
  }

  /** Frees the parameters. */
  override [Symbol.dispose](): void {
    this.#layer[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}

/**
 * One step of an RNN.
 *
 * @example Use
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
   * @param device where it computes
   * @param options sizes, and what PyTorch's RNNCell takes
   */
  constructor(device: Device, options: CellOptions) {
    super(new RNN(device, options));
  }
}

/**
 * One step of a GRU.
 *
 * @example Use
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
   * @param device where it computes
   * @param options sizes, and what PyTorch's GRUCell takes
   */
  constructor(device: Device, options: Omit<CellOptions, "nonlinearity">) {
    super(new GRU(device, options));
  }
}

/**
 * One step of an LSTM.
 *
 * @example Use
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
   * @param device where it computes
   * @param options sizes, and what PyTorch's LSTMCell takes
   */
  constructor(device: Device, options: Omit<CellOptions, "nonlinearity">) {
    super(new LSTM(device, options));
  }
}
