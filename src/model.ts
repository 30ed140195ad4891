/**
 * The tutorial's model: one-hot, a recurrent layer, a dense output layer.
 *
 * @module
 */
import { assertSequences, checkProbability, checkSizes, checkTape } from "./tensors/arguments.ts";
import { blockBytes } from "./tensors/demand.ts";
import { checkRoom } from "./tensors/room.ts";
import { Dense } from "./layers/dense.ts";
import { Dropout } from "./layers/dropout.ts";
import { Embedding } from "./layers/embedding.ts";
import { layerStorage } from "./layers/recurrent/demand.ts";
import { modelMaking } from "./model/demand.ts";
import { modelChoices } from "./model/room.ts";
import type { Recurrent } from "./layers/recurrent.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import type { Carried } from "./layers/recurrent/carried.ts";
import { refuseUnknown } from "./messages/options.ts";
import { optionsText } from "./messages/printable.ts";
import { swapAxes } from "./layers/swap_axes.ts";
import type { Sentence } from "./messages/naming.ts";
import { Module } from "./tensors/module.ts";
import type { Tape } from "./tensors/tape.ts";
import { Tensor } from "./tensors/tensor.ts";

/** Options of RNNModel. */
export interface RNNModelOptions {
  /**
   * Seed of the layers made here.
   *
   * @default {the recurrent layer's seed}
   */
  seed?: number;
  /**
   * E: characters go through an embedding of this size rather than as one-hot; the layer's inputSize is E.
   *
   * @default {0}
   */
  embeddingSize?: number;
  /**
   * The probability of dropout on embeddings and on the recurrent layer's outputs.
   *
   * @default {0}
   */
  dropout?: number;
  /**
   * Whether dense.weight is the embedding's: E and the size of the outputs must be equal.
   *
   * @default {false}
   */
  tieWeights?: boolean;
}

/**
 * A language model: logits = W h + b for the state h of a recurrent layer that reads one-hot characters, or embeddings.
 *
 * Parameters: rnn.weight_ih_l0 …, dense.weight (V, R), dense.bias (V), with an embedding embedding.weight (V, E). It takes
 * over the layer's parameters.
 *
 * @example Usage
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
  /** The embedding, where there is one. */
  readonly embedding: Embedding | undefined;
  /** V: tokens of the vocabulary. */
  readonly vocabularySize: number;
  /** What it was made with, apart from the layer. */
  readonly options: Required<RNNModelOptions>;
  /** Dropout behind the embedding and behind the recurrent layer. Each call draws masks of its own. */
  readonly #dropout: Dropout;

  /**
   * Joins a recurrent layer, a new dense layer, and an embedding if wanted.
   *
   * @param layer An RNN, GRU or LSTM whose inputSize is V, or the size of the embedding.
   * @param vocabularySize The number of tokens V.
   * @param options The embedding, dropout, tied weights and seed.
   * @throws {TypeError} If the layer's inputSize does not fit, it is bidirectional, weights cannot be tied, a size is
   * not an integer, or an option is unknown.
   * @throws {RangeError} If a size or dropout is out of range.
   */
  constructor(layer: Recurrent<S>, vocabularySize: number, options: RNNModelOptions = {}) {
    super(layer.device);
    const { inputSize, bidirectional } = layer.options;
    const { seed = layer.options.seed, embeddingSize = 0, dropout = 0, tieWeights = false } = options;
    this.options = { seed, embeddingSize, dropout, tieWeights };
    refuseUnknown("make an RNNModel", options, this.options);
    checkSizes("an RNNModel", { vocabularySize, ...(embeddingSize === 0 ? {} : { embeddingSize }) });
    checkProbability("an RNNModel", "dropout", dropout);
    const expected = embeddingSize || vocabularySize;
    if (inputSize !== expected) {
      throw new TypeError(
        `Cannot make an RNNModel as the layer's inputSize must be ${
          embeddingSize ? "the embedding's size" : "the vocabulary's size"
        } ${expected}: current value is ${inputSize}`,
      );
    }
    if (tieWeights && embeddingSize !== layer.outputFeatures) {
      throw new TypeError(
        `Cannot tie the weights of an RNNModel as embeddingSize must be the size of the outputs ${layer.outputFeatures}: current value is ${embeddingSize}`,
      );
    }
    if (bidirectional) {
      throw new TypeError(
        "Cannot make an RNNModel of a bidirectional layer: it would see the characters to come",
      );
    }
    const { device } = layer;
    const { hiddenSize } = layer.options;
    const made: Sentence = (option) =>
      `make an RNNModel of ${option("hiddenSize", hiddenSize)} and a vocabulary of ${vocabularySize}`;
    const model = { kind: layer.kind, layer: layer.options, vocabularySize, model: this.options };
    checkRoom(device, made, [modelMaking(model)], {
      choices: modelChoices(model, (smaller) => [modelMaking(smaller)]),
      present: blockBytes(layerStorage(layer.kind, layer.options)),
    });
    this.rnn = layer;
    this.vocabularySize = vocabularySize;
    this.embedding = embeddingSize
      ? new Embedding(device, { vocabularySize, embeddingSize, seed })
      : undefined;
    const sizes = { inputSize: layer.outputFeatures, outputSize: vocabularySize };
    this.dense = new Dense(device, { ...sizes, seed }, tieWeights ? { weight: this.embedding!.weight } : {});
    this.#dropout = new Dropout({ probability: dropout, seed });
    this.join({ ...(this.embedding ? { embedding: this.embedding } : {}), rnn: this.rnn, dense: this.dense });
  }

  /** Its layers, and its options: its line without the parameters. */
  override describe(): string {
    const { dropout, tieWeights } = this.options;
    const layers = [this.embedding, this.rnn, this.dense].flatMap((layer) => layer ? [layer.describe()] : []);
    const options = optionsText({ dropout, tieWeights }, { dropout: 0, tieWeights: false });
    return `RNNModel(${[...layers, ...options].join(", ")})`;
  }

  /**
   * Runs the model over a batch of sequences.
   *
   * @param ids The ids, u32 (B, T).
   * @param state The initial state; zeros where absent or null.
   * @param tape The tape that records the pass; without one nothing is kept.
   * @returns Logits (T·B, V), time-major rows, and the final state, without history.
   * @throws {TypeError} If the ids are not u32 (B, T), the state does not fit, or something lies on another device.
   * @throws {RangeError} If an id is not below V.
   */
  forward(ids: Tensor<"u32">, state?: S | null, tape?: Tape): [logits: Tensor, state: S] {
    return this.#pass(ids, tape, (input) => this.rnn.forward(input, state, tape));
  }

  /**
   * The logits of forward() without the final state, from zeros. See Recurrent.outputs().
   *
   * @param ids The ids, u32 (B, T).
   * @param tape The tape that records the pass; without one nothing is kept.
   * @param carried For recorded programs: gets the state that stays from run to run, a layer each.
   * @returns Logits (T·B, V), time-major rows.
   * @throws {TypeError} If the ids are not u32 (B, T), or something lies on another device.
   * @throws {RangeError} If an id is not below V.
   */
  logits(ids: Tensor<"u32">, tape?: Tape, carried?: Carried[]): Tensor {
    return this.#pass(ids, tape, (input) => [this.rnn.outputs(input, tape, carried), undefined])[0];
  }

  #pass<F>(
    ids: Tensor<"u32">,
    tape: Tape | undefined,
    layer: (input: Tensor | Tensor<"u32">) => [outputs: Tensor, final: F],
  ): [logits: Tensor, final: F] {
    assertSequences(ids, this.vocabularySize, this.device);
    checkTape(tape, this.device);
    const pass = (): [Tensor, F] => {
      const [batch, steps] = ids.shape as [number, number];
      const { batchFirst } = this.rnn.options;
      const dropout = this.#dropout;
      const vectors = this.embedding?.forward(ids, tape, { timeMajor: !batchFirst });
      const [outputs, final] = layer(vectors ? dropout.forward(vectors, tape, { batchFirst }) : ids);
      const y = batchFirst ? swapAxes(outputs, { outer: batch, inner: steps }, tape) : outputs;
      for (const kept of [vectors, outputs, y]) if (kept) tape?.keep(kept);
      const logits = this.dense.forward(dropout.forward(y, tape), tape);
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
