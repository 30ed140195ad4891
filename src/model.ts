/**
 * The tutorial's model: one-hot, a recurrent layer, a dense output layer.
 *
 * @module
 */
import { Dense } from "./layers/dense.ts";
import type { Recurrent, State } from "./layers/recurrent.ts";
import { swapAxes } from "./layers/swap_axes.ts";
import { Module } from "./parameters.ts";
import type { Tape } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** Options of RNNModel. */
export interface RNNModelOptions {
  /** Seed of the dense layer's weights. @default {the recurrent layer's seed} */
  seed?: number;
}

/**
 * A language model: logits = W h + b for the state h of a recurrent layer that reads one-hot characters.
 *
 * Parameters: rnn.weight_ih_l0 …, dense.weight (V, D*R), dense.bias (V). It takes over the layer's parameters.
 *
 * @example Use
 * ```ts
 * import { openDevice, RNN, RNNModel, Tensor } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const model = new RNNModel(new RNN(device, { inputSize: 7, hiddenSize: 4, seed: 0 }), 7);
 * const ids = Tensor.from(device, new Uint32Array([1, 2, 3, 4, 5, 6]), [2, 3]); // (B, T)
 * const [logits, state] = model.forward(ids);
 * assertEquals([logits.shape, state.shape], [[6, 7], [1, 2, 4]]);
 * ```
 */
export class RNNModel<S extends State = State> extends Module {
  /** The recurrent layer. */
  readonly rnn: Recurrent<S>;
  /** The output layer. */
  readonly dense: Dense;
  /** V */
  readonly vocabularySize: number;

  /**
   * Joins a recurrent layer and a new dense layer.
   *
   * @param layer an RNN, GRU or LSTM whose inputSize is V
   * @param vocabularySize V
   * @param options seed of the dense layer
   * @throws {TypeError} when the layer's inputSize is not V, or it is bidirectional
   */
  constructor(layer: Recurrent<S>, vocabularySize: number, options: RNNModelOptions = {}) {
    super(layer.device);
    const { inputSize, bidirectional, seed } = layer.options;
    if (inputSize !== vocabularySize) {
      throw new TypeError(
        `Cannot make an RNNModel as the layer's inputSize must be the vocabulary's size ${vocabularySize}: current value is ${inputSize}`,
      );
    }
    if (bidirectional) {
      throw new TypeError(
        "Cannot make an RNNModel of a bidirectional layer: it would see the characters to come",
      );
    }
    this.rnn = layer;
    this.vocabularySize = vocabularySize;
    this.dense = new Dense(layer.device, {
      inputSize: layer.outputFeatures,
      outputSize: vocabularySize,
      seed: options.seed ?? seed,
    });
    this.join({ rnn: this.rnn, dense: this.dense });
  }

  /**
   * Runs the model over a batch of sequences.
   *
   * @param ids u32 (B, T)
   * @param state the initial state; zeros where absent
   * @param tape records the pass
   * @returns logits (T*B, V), time-major rows, and the final state, without history
   * @throws {RangeError} when an id is not below V
   */
  forward(ids: Tensor<"u32">, state?: S, tape?: Tape): [logits: Tensor, state: S] {
    const pass = (): [Tensor, S] => {
      const [batch, steps] = ids.shape as [number, number];
      const [outputs, final] = this.rnn.forward(ids, state, tape);
      const y = this.rnn.options.batchFirst
        ? swapAxes(outputs, { outer: batch, inner: steps }, tape)
        : outputs;
      for (const kept of [outputs, y]) tape?.keep(kept);
      const logits = this.dense.forward(y, tape);
      return [new Tensor(this.device, logits.block, [batch * steps, this.vocabularySize]), final];
    };
    if (!tape) return this.device.scope(pass);
    return pass();
  }

  /** The initial state of a sequence. See Recurrent.zeroState(). */
  zeroState(batch: number): S {
    return this.rnn.zeroState(batch);
  }
}
