/**
 * What stands between layers against PyTorch: outputs, and the gradients of inputs and weights.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import { gelu, relu, sigmoid, tanh } from "../layers/activations.ts";
import { add, multiply } from "../layers/combine.ts";
import { concatenate } from "../layers/concatenate.ts";
import { Dense } from "../layers/dense.ts";
import { LayerNorm, type LayerNormOptions } from "../layers/layer_norm.ts";
import { lastStep, maxPool, meanPool } from "../layers/pools.ts";
import { Sequential } from "../layers/sequential.ts";
import type { Module } from "../tensors/module.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";
import { dictFromGolden, dictOf, fromGolden, type Golden, type PartCase } from "./golden.ts";
import { layerCheck, type Measured } from "./layers.ts";

/** How a part is called with a case's inputs. */
type Call = (given: PartCase, inputs: Tensor[], tape: Tape) => Tensor;

const CALLS: Readonly<Record<string, Call>> = {
  relu: (_, [x], tape) => relu(x!, tape),
  tanh: (_, [x], tape) => tanh(x!, tape),
  sigmoid: (_, [x], tape) => sigmoid(x!, tape),
  add: (_, [a, b], tape) => add(a!, b!, tape),
  multiply: (_, [a, b], tape) => multiply(a!, b!, tape),
  concatenate: ({ options }, tensors, tape) => concatenate(tensors, tape, options),
  meanPool: ({ options }, [x], tape) => meanPool(x!, tape, options),
  maxPool: ({ options }, [x], tape) => maxPool(x!, tape, options),
  lastStep: ({ options }, [x], tape) => lastStep(x!, tape, options),
  gelu: ({ options }, [x], tape) => gelu(x!, tape, options),
};

/** A part with weights. */
type Layer = Module & { forward(x: Tensor, tape: Tape): Tensor };

const LAYERS: Readonly<Record<string, (device: Device, given: PartCase) => Layer>> = {
  LayerNorm: (device, { options }) => new LayerNorm(device, options as unknown as LayerNormOptions),
  Sequential: (device) =>
    new Sequential(device, [
      new Dense(device, { inputSize: 11, outputSize: 13, seed: 0 }),
      gelu,
      new LayerNorm(device, { normalizedShape: 13 }),
      new Dense(device, { inputSize: 13, outputSize: 2, bias: false, seed: 0 }),
    ]),
};

/** Rows of the table, and the parts in each. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  Activations: ["relu", "tanh", "sigmoid", "gelu"],
  Joins: ["add", "multiply", "concatenate"],
  Pools: ["lastStep", "meanPool", "maxPool"],
  LayerNorm: ["LayerNorm"],
  Sequential: ["Sequential"],
};

/**
 * Runs one golden case forwards and backwards.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 * @throws {Mismatch} If shapes or names differ.
 */
export async function* comparePart(device: Device, given: PartCase): Measured {
  const tensor = ({ shape, data }: Golden): Tensor => Tensor.from(device, data, shape);
  const { name, output, gradients } = given;
  const inputs = given.inputs.map(tensor);
  const upstream = tensor(given.upstream);
  using tape = new Tape(device);
  using layer = LAYERS[given.part]?.(device, given);
  layer?.loadStateDict(dictOf(given.weights!));
  const y = layer ? layer.forward(inputs[0]!, tape) : CALLS[given.part]!(given, inputs, tape);
  yield [
    "outputs",
    fromGolden({ shape: y.shape, data: await y.data() }, output, { what: `${name}: output` }),
  ];

  tape.backward(y, upstream);
  for (const [i, golden] of gradients.inputs.entries()) {
    const actual = { shape: inputs[i]!.shape, data: await tape.gradient(inputs[i]!) };
    yield ["gradients", fromGolden(actual, golden, { what: `${name}: gradient of input ${i}` })];
  }
  if (layer) {
    const differences = dictFromGolden(await layer.gradients(), gradients.weights!, {
      what: `${name}: gradient`,
    });
    for (const difference of differences) yield ["gradients", difference];
  }
  for (const { block } of [...inputs, upstream, y]) block[Symbol.dispose]();
}

/**
 * A check for each group of parts.
 *
 * @param cases The golden cases.
 */
export function partChecks(cases: readonly PartCase[]): Check[] {
  return Object.entries(GROUPS).map(([name, parts]) =>
    layerCheck(name, cases.filter(({ part }) => parts.includes(part)), comparePart)
  );
}
