/**
 * The gradients of whole models against finite differences of their loss, both taken on the device: embeddings and tied
 * weights, which no golden file has, among them.
 *
 * @module
 */
import { integerNumbers, uniformArray } from "./cases/arrays.ts";
import { type Difference, differenceOf } from "./cases/assert_close.ts";
import { DIRECTIONS } from "./cases/tolerances.ts";
import type { Device } from "../device/device.ts";
import { makeLayer } from "../layers/make_layer.ts";
import { type Kind, KINDS } from "../layers/recurrent/cell.ts";
import type { RecurrentOptions } from "../layers/recurrent/options.ts";
import { crossEntropy } from "../losses/cross_entropy.ts";
import { RNNModel, type RNNModelOptions } from "../model.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";

// Sizes: distinct primes.
const B = 3;
const T = 5;
const V = 13;
const H = 11;
const E = 7;
/** How far the weights go in a direction of length 1: large against float32's roundings of the loss. */
const STEP = 0.05;

/** A model a layer. */
const MODELS: Readonly<Record<Kind, { layer: RecurrentOptions; model: RNNModelOptions }>> = {
  rnn: { layer: { inputSize: V, hiddenSize: H }, model: {} },
  gru: {
    layer: { inputSize: H, hiddenSize: H, numLayers: 2 },
    model: { embeddingSize: H, tieWeights: true },
  },
  lstm: {
    layer: { inputSize: E, hiddenSize: H, numLayers: 2, projSize: 2, batchFirst: true },
    model: { embeddingSize: E },
  },
};

/**
 * Compares, tensor by tensor, the gradient's length with the slope of the loss along the gradient.
 *
 * @param device The device.
 * @param kind The kind of model.
 * @returns A difference a tensor, relative to the length of the whole gradient.
 */
export async function* compareDirections(
  device: Device,
  kind: Kind,
): AsyncGenerator<Difference, void, void> {
  const { layer, model: options } = MODELS[kind];
  using model = new RNNModel(makeLayer(device, kind, { ...layer, seed: 0 }), V, { ...options, seed: 1 });
  const [ids, targets] = [4, 5].map((seed) =>
    Tensor.from(device, Uint32Array.from(integerNumbers(B * T, seed, V)), [B, T])
  ) as [Tensor<"u32">, Tensor<"u32">];
  const parameters = model.parameters();
  const { values, gradients, length } = parameters[0]!.storage;
  const weights = uniformArray(length, 3, -0.5, 0.5);
  device.write(values, weights);

  using tape = new Tape(device);
  const [logits] = model.forward(ids, undefined, tape);
  tape.backward(crossEntropy(logits, targets, tape));
  const gradient = new Float32Array(await device.read(gradients));
  const floor = Math.hypot(...gradient);
  const lossAt = async (weights: Float32Array): Promise<number> => {
    device.write(values, weights);
    return (await crossEntropy(model.forward(ids)[0], targets).data())[0]!;
  };
  for (const { offset, size, shape } of parameters) {
    const direction = gradient.subarray(offset, offset + size);
    const norm = Math.hypot(...direction);
    const along = (step: number): Promise<number> => {
      const moved = weights.slice();
      for (const [i, value] of direction.entries()) moved[offset + i]! += step / norm * value;
      return lossAt(moved);
    };
    // Four points leave an error of the step's fourth power.
    const near = await along(STEP) - await along(-STEP);
    const far = await along(2 * STEP) - await along(-2 * STEP);
    const slope = (8 * near - far) / (12 * STEP);
    const what = `${kind} model: length of the gradient of its parameter (${shape.join(", ")})`;
    yield differenceOf([norm], [slope], { shape: [1], tolerance: DIRECTIONS, floor, what });
  }
}

/** A check a model. */
export const DIRECTION_CHECKS: readonly Check[] = KINDS.map((kind) => {
  const row = `${kind.toUpperCase()} model`;
  return {
    group: "Gradients against differences of the loss",
    rows: [row],
    async *run(device) {
      for await (const difference of compareDirections(device, kind)) yield [row, difference];
    },
  };
});
