/**
 * Training against PyTorch: ten Adam steps of a language model, and fifty steps of every optimizer.
 *
 * @module
 */
import { type Difference, differenceOf } from "./cases/assert_close.ts";
import { GOLDEN_TRAINING, OPTIMIZERS as OPTIMIZERS_TOLERANCE } from "./cases/tolerances.ts";
import type { Device } from "../device/device.ts";
import { Dense } from "../layers/dense.ts";
import { makeLayer } from "../layers/make_layer.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import { KINDS } from "../layers/recurrent/cell.ts";
import { crossEntropy } from "../losses/cross_entropy.ts";
import { RNNModel } from "../model.ts";
import { Adam } from "../optimizers/adam.ts";
import { AdamW } from "../optimizers/adamw.ts";
import { clipGradNorm, health } from "../optimizers/clip_grad_norm.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { RMSprop } from "../optimizers/rmsprop.ts";
import { SGD } from "../optimizers/sgd.ts";
import type { Parameter } from "../tensors/parameters.ts";
import { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import type { Check } from "./check.ts";
import { dictFromGolden, dictOf, fromGolden } from "./golden.ts";
import type { OptimizerCase, OptimizerCases, TrainingCase } from "./golden.ts";

/** What a training's difference is one of. */
export type Part = "gradients" | "losses" | "weights";

/** The model of a case, with its first weights. */
export function makeModel(device: Device, given: TrainingCase): RNNModel {
  const { vocabularySize, hiddenSize, numLayers, embeddingSize = 0, tieWeights = false } = given;
  const inputSize = embeddingSize || vocabularySize;
  const layer = makeLayer(device, given.cell, { inputSize, hiddenSize, numLayers, seed: 0 });
  const model = new RNNModel(layer, vocabularySize, { embeddingSize, tieWeights });
  model.loadStateDict(dictOf(given.weights));
  return model;
}

/**
 * Takes the ten steps of a golden case, one by one.
 *
 * @param device The device.
 * @param given The case.
 * @returns The differences, each with its part.
 * @throws {Mismatch} If shapes or names differ.
 */
export async function* compareTraining(
  device: Device,
  given: TrainingCase,
): AsyncGenerator<readonly [part: Part, difference: Difference], void, void> {
  const { name, batchSize, numSteps, learningRate } = given;
  const shape = [batchSize, numSteps];
  using model = makeModel(device, given);
  using adam = new Adam(model.parameters(), { learningRate });
  const losses: number[] = [];
  const norms: number[] = [];
  let state: State | undefined;
  for (const [step, { ids, targets }] of given.batches.entries()) {
    const x = Tensor.from(device, new Uint32Array(ids), shape);
    const y = Tensor.from(device, new Uint32Array(targets), shape);
    using tape = new Tape(device);
    const [logits, final] = model.forward(x, state, tape);
    const loss = crossEntropy(logits, y, tape);
    adam.zeroGrad();
    tape.backward(loss);
    if (step === 0) {
      const actual = { shape: logits.shape, data: await logits.data() };
      yield ["gradients", fromGolden(actual, given.logits, { what: `${name}: logits` })];
      const what = `${name}: gradient`;
      for (const difference of dictFromGolden(await model.gradients(), given.gradients, { what })) {
        yield ["gradients", difference];
      }
    }
    clipGradNorm(model.parameters(), given.clipGradNorm);
    adam.step();
    losses.push((await loss.data())[0]!);
    norms.push((await health(model.parameters())).norm);
    state = final;
  }
  yield ["losses", compareLosses(losses, given.losses, `${name}: losses`)];
  yield ["losses", compareLosses(norms, given.norms, `${name}: norms`)];
  const options = { what: `${name}: final weights`, tolerance: GOLDEN_TRAINING };
  for (const difference of dictFromGolden(await model.stateDict(), given.finalWeights, options)) {
    yield ["weights", difference];
  }
}

/** The difference of losses or norms of steps from PyTorch's. */
export function compareLosses(actual: number[], expected: number[], what: string): Difference {
  return differenceOf(actual, expected, { shape: [expected.length], tolerance: GOLDEN_TRAINING, what });
}

/**
 * A check a layer, and one of models with an embedding.
 *
 * @param cases The golden cases.
 */
export function trainingChecks(cases: readonly TrainingCase[]): Check[] {
  return [...KINDS, "embedding"].map((kind) => {
    const own = cases.filter(({ cell, embeddingSize }) => kind === (embeddingSize ? "embedding" : cell));
    const name = kind === "embedding" ? "Embedding" : kind.toUpperCase();
    const rows = {
      gradients: `${name}, ${own.length} models: gradients`,
      losses: `${name}: ten Adam losses`,
      weights: `${name}: weights after them`,
    };
    return {
      group: "Training against PyTorch",
      rows: Object.values(rows),
      async *run(device) {
        for (const given of own) {
          for await (const [part, difference] of compareTraining(device, given)) {
            yield [rows[part], difference];
          }
        }
      },
    };
  });
}

type Make = new (parameters: Parameter[], options: Record<string, unknown>) => Optimizer;
const OPTIMIZERS = { Adam, AdamW, SGD, RMSprop } as unknown as Record<OptimizerCase["kind"], Make>;
/** PyTorch's names of options, and ours. */
const NAMES: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eps: "epsilon",
  weight_decay: "weightDecay",
};

/**
 * Takes the steps of an optimizer.
 *
 * @param device The device.
 * @param all The golden file.
 * @param given One of its optimizers.
 * @returns The differences after each step that was kept.
 */
export async function* compareOptimizer(
  device: Device,
  all: OptimizerCases,
  { kind, options, parameters }: OptimizerCase,
): AsyncGenerator<Difference, void, void> {
  const { initial, gradients } = all;
  const shape = [1, initial.length];
  using dense = new Dense(device, { inputSize: initial.length, outputSize: 1, bias: false });
  const [weight] = dense.parameters();
  dense.loadStateDict({ weight: { shape, data: new Float32Array(initial) } });
  const ours = Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]);
  using optimizer = new OPTIMIZERS[kind](dense.parameters(), Object.fromEntries(ours));
  for (const [index, gradient] of gradients.entries()) {
    device.write(weight!.gradient, new Float32Array(gradient));
    optimizer.step();
    const expected = parameters[index + 1];
    if (!expected) continue;
    const { data } = (await dense.stateDict())["weight"]!;
    const what = `${kind} ${JSON.stringify(options)}: step ${index + 1}`;
    yield differenceOf(data, expected, { shape, tolerance: OPTIMIZERS_TOLERANCE, what });
  }
}

/**
 * A check an optimizer.
 *
 * @param all The golden file.
 */
export function optimizerChecks(all: OptimizerCases): Check[] {
  return Object.keys(OPTIMIZERS).map((kind) => {
    const own = all.optimizers.filter((given) => given.kind === kind);
    const row = `${kind}, ${own.length} settings: 50 steps`;
    return {
      group: "Training against PyTorch",
      rows: [row],
      async *run(device) {
        for (const given of own) {
          for await (const difference of compareOptimizer(device, all, given)) yield [row, difference];
        }
      },
    };
  });
}
