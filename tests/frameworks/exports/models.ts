/** Models that go out: each cell in each shape, weights N(0, 0.6²), every bias among them. @module */
import {
  type Device,
  GRU,
  LSTM,
  type Recurrent,
  type RecurrentOptions,
  RNN,
  RNNModel,
  type RNNModelOptions,
} from "../../../mod.ts";
import { Random } from "../../../src/random.ts";
import type { Listed } from "../compare.ts";

/** A model, and what it reads. */
export interface ExportCase {
  readonly name: string;
  readonly model: RNNModel | Recurrent;
  /** Ids (B, T), or numbers in the layer's order of axes. */
  readonly input: Listed;
  /** What it begins with, by ONNX's names. */
  readonly states: Readonly<Record<string, Listed>>;
}

const [T, B, I, H, V] = [7, 2, 4, 5, 8];

/** What the cells are called, and their options. */
const CELLS: Readonly<
  Record<string, readonly [Layer: typeof RNN | typeof GRU | typeof LSTM, options: object]>
> = {
  rnn: [RNN, {}],
  rnn_relu: [RNN, { nonlinearity: "relu" }],
  gru: [GRU, {}],
  gru_before: [GRU, { resetAfter: false }],
  gru_hard5: [GRU, { gateActivation: "hardSigmoid5" }],
  gru_before_hard6: [GRU, { resetAfter: false, gateActivation: "hardSigmoid6" }],
  lstm: [LSTM, {}],
  lstm_hard5: [LSTM, { gateActivation: "hardSigmoid5" }],
  lstm_hard6: [LSTM, { gateActivation: "hardSigmoid6" }],
};

/** Shapes of language models. */
const LANGUAGE: Readonly<Record<string, Partial<RecurrentOptions> & RNNModelOptions>> = {
  language: {},
  language_two: { numLayers: 2, embeddingSize: I },
  language_no_bias: { bias: false, embeddingSize: I },
  language_tied: { embeddingSize: H, tieWeights: true },
};

/** Shapes of layers by themselves. */
const LAYERS: Readonly<Record<string, Partial<RecurrentOptions>>> = {
  layer: { batchFirst: true },
  layer_time_first: { numLayers: 2 },
  layer_both: { bidirectional: true, batchFirst: true },
  layer_both_two: { bidirectional: true, numLayers: 2, bias: false },
};

/**
 * Makes the models.
 *
 * @param device The device on which they compute.
 */
export function* exportCases(device: Device): Generator<ExportCase, void, void> {
  const random = new Random(0, 0);
  for (const [cell, [Layer, options]] of Object.entries(CELLS)) {
    for (const [shape, { embeddingSize = 0, tieWeights = false, ...others }] of Object.entries(LANGUAGE)) {
      const layer = new Layer(device, {
        inputSize: embeddingSize || V,
        hiddenSize: H,
        ...options,
        ...others,
      }) as Recurrent;
      const model = new RNNModel(layer, V, { embeddingSize, tieWeights });
      draw(model, random);
      const data = Array.from({ length: B * T }, () => Math.floor(V * random.uniform()));
      yield {
        name: `${cell}_${shape}`,
        model,
        input: { shape: [B, T], data },
        states: statesOf(layer, random),
      };
    }
    for (const [shape, others] of Object.entries(LAYERS)) {
      const sizes = { inputSize: I, hiddenSize: H, ...options, ...others };
      const layer = new Layer(device, sizes) as Recurrent;
      draw(layer, random);
      const input = drawn(others.batchFirst ? [B, T, I] : [T, B, I], 1, random);
      yield { name: `${cell}_${shape}`, model: layer, input, states: statesOf(layer, random) };
    }
  }
}

function statesOf(layer: Recurrent, random: Random): Record<string, Listed> {
  const { numLayers, bidirectional } = layer.options;
  const state = (): Listed => drawn([numLayers * (bidirectional ? 2 : 1), B, H], 0.6, random);
  return layer.kind === "lstm" ? { h_0: state(), c_0: state() } : { h_0: state() };
}

function draw(model: RNNModel | Recurrent, random: Random): void {
  for (const { value, shape } of model.parameters()) {
    model.device.write(value, Float32Array.from(drawn(shape, 0.6, random).data));
  }
}

/** Numbers from N(0, scale²). */
function drawn(shape: readonly number[], scale: number, random: Random): Listed {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const data = Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => Math.fround(scale * normal()),
  );
  return { shape, data };
}
