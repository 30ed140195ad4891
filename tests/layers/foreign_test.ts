/** What layers, losses and tapes do with tensors of another device. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  AdamW,
  add,
  binaryCrossEntropyWithLogits,
  clipGradNorm,
  concatenate,
  Corpus,
  crossEntropy,
  Dense,
  type Device,
  Dropout,
  Embedding,
  gelu,
  GRUCell,
  huber,
  lastState,
  lastStep,
  LayerNorm,
  LSTM,
  LSTMCell,
  maxPool,
  meanPool,
  meanSquaredError,
  Module,
  multiply,
  relu,
  RMSprop,
  RNN,
  RNNCell,
  RNNModel,
  Sequential,
  SGD,
  sigmoid,
  tanh,
  Tape,
  Tensor,
  train,
} from "../../mod.ts";
import { addLosses } from "../../src/losses/cross_entropy.ts";
import { foreign, testPairs } from "../support/test_pairs.ts";

const B = 2;
const T = 3;
const I = 5;
const H = 7;
const RECURRENT = { inputSize: I, hiddenSize: H, seed: 0 };
const DENSE = { inputSize: I, outputSize: 3, seed: 0 };
const EMBEDDING = { vocabularySize: 3, embeddingSize: I, seed: 0 };

const zeros = (device: Device, ...shape: number[]): Tensor =>
  Tensor.from(device, new Float32Array(shape.reduce((product, size) => product * size)), shape);
const ids = (device: Device, ...shape: number[]): Tensor<"u32"> =>
  Tensor.from(device, new Uint32Array(shape.reduce((product, size) => product * size)), shape);

/** Each call throws the TypeError that names both devices. */
function assertAllForeign(
  device: Device,
  other: Device,
  calls: readonly (readonly [what: string, call: () => unknown])[],
): void {
  for (const [what, call] of calls) {
    assertEquals(assertThrows(call, TypeError).message, foreign(what, other, device));
  }
}

testPairs("a tensor takes a block and an owner of its device only", (device, other) => {
  using own = device.alloc(64);
  using block = other.alloc(64);
  assertAllForeign(device, other, [
    ["a tensor's block", () => new Tensor(device, block, [64])],
    ["a tensor's owner", () => new Tensor(device, own, [64], { owner: block })],
  ]);
});

testPairs("layers take inputs, states and ids of their device only", (device, other) => {
  const lstm = new LSTM(device, RECURRENT);
  const dense = new Dense(device, DENSE);
  const model = new RNNModel(new RNN(device, RECURRENT), I);
  const x = zeros(device, T, B, I);
  const h = zeros(device, 1, B, H);
  assertAllForeign(device, other, [
    ["an input", () => dense.forward(zeros(other, B, I))],
    ["an input", () => new LayerNorm(device, { normalizedShape: I }).forward(zeros(other, B, I))],
    ["an input", () => new Sequential(device, [relu]).forward(zeros(other, B, I))],
    ["an input", () => add(x, zeros(other, T, B, I))],
    ["an input", () => concatenate([x, zeros(other, T, B, I)])],
    ["a state", () => lastState(lstm, [zeros(other, 1, B, H), h])],
    ["an input", () => lstm.forward(zeros(other, T, B, I))],
    ["an input", () => lstm.step(zeros(other, B, I))],
    ["an input", () => lstm.outputs(zeros(other, T, B, I))],
    ["hidden[0]", () => lstm.forward(x, [zeros(other, 1, B, H), h])],
    ["hidden[1]", () => lstm.forward(x, [h, zeros(other, 1, B, H)])],
    ["an input", () => new RNNCell(device, RECURRENT).forward(zeros(other, B, I))],
    ["hidden", () => new GRUCell(device, RECURRENT).forward(zeros(device, B, I), zeros(other, B, H))],
    ["ids", () => new Embedding(device, EMBEDDING).forward(ids(other, B, T))],
    ["ids", () => model.forward(ids(other, B, T))],
    ["ids", () => model.logits(ids(other, B, T))],
    ["hidden", () => model.forward(ids(device, B, T), zeros(other, 1, B, H))],
  ]);
});

testPairs("layers take a tape of their device only, and put nothing on another", (device, other) => {
  using tape = new Tape(other);
  const lstm = new LSTM(device, RECURRENT);
  const x = zeros(device, T, B, I);
  const model = new RNNModel(new RNN(device, RECURRENT), I);
  const logits = zeros(device, T * B, I);
  const losses = device.alloc(T * B);
  assertAllForeign(
    device,
    other,
    [
      () => new Dense(device, DENSE).forward(x, tape),
      () => lstm.forward(x, undefined, tape),
      () => lstm.outputs(x, tape),
      () => lstm.step(zeros(device, B, I), undefined, tape),
      () => new LSTMCell(device, RECURRENT).forward(zeros(device, B, I), undefined, tape),
      () => new Embedding(device, EMBEDDING).forward(ids(device, B, T), tape),
      () => new Dropout({ probability: 0.5, seed: 0 }).forward(x, tape),
      () => new Dropout({ probability: 0, seed: 0 }).forward(x, tape),
      ...[relu, tanh, sigmoid, gelu].map((apply) => () => apply(x, tape)),
      () => concatenate([x, x], tape),
      () => lastState(lstm, lstm.zeroState(B), tape),
      () => new Sequential(device, [relu]).forward(x, tape),
      () => new LayerNorm(device, { normalizedShape: I }).forward(x, tape),
      ...[meanPool, maxPool, lastStep].map((pool) => () => pool(x, tape)),
      ...[add, multiply].map((join) => () => join(x, x, tape)),
      () => model.forward(ids(device, B, T), undefined, tape),
      () => model.logits(ids(device, B, T), tape),
      () => crossEntropy(logits, ids(device, B, T), tape),
      () => addLosses(logits, ids(device, B, T), losses, tape),
      () => meanSquaredError(x, x, tape),
      () => huber(x, x, tape),
      () => binaryCrossEntropyWithLogits(x, x, tape),
    ].map((call) => ["a tape", call] as const),
  );
  assertThrows(() => tape.backward([]), TypeError, "no pass was recorded on this tape");
});

testPairs("a loss takes targets and sums of its device only", (device, other) => {
  const logits = zeros(device, T * B, I);
  const losses = other.alloc(T * B);
  assertAllForeign(device, other, [
    ["targets", () => crossEntropy(logits, ids(other, B, T))],
    ["targets", () => meanSquaredError(logits, zeros(other, T * B, I))],
    ["targets", () => addLosses(logits, ids(other, B, T), losses)],
    [
      'buffer "losses" of kernel softmax_cross_entropy',
      () => addLosses(logits, ids(device, B, T), losses),
    ],
  ]);
});

testPairs("a tape goes backwards from tensors of its device only", async (device, other) => {
  using tape = new Tape(device);
  const x = zeros(device, B, I);
  const y = new Dense(device, DENSE).forward(x, tape);
  const one = zeros(other, 1);
  assertAllForeign(device, other, [
    ["a tensor", () => tape.backward(one)],
    ["a tensor", () => tape.backward([y, one], [zeros(device, B, 3)])],
    ["a gradient", () => tape.backward(y, zeros(other, B, 3))],
  ]);
  const error = await assertRejects(() => tape.gradient(zeros(other, B, I)), TypeError);
  assertEquals(error.message, foreign("a tensor", other, device));
  tape.backward(y, zeros(device, B, 3)); // nothing was lost
  assertEquals(await tape.gradient(x), new Float32Array(B * I));
});

testPairs("weights are tied and modules joined on one device only", async (device, other) => {
  const embedding = new Embedding(other, EMBEDDING);
  class Both extends Module {
    constructor(children: Record<string, Module>) {
      super(device);
      this.join(children);
    }
  }
  const first = new Dense(device, DENSE);
  const second = new Dense(other, DENSE);
  const before = await first.stateDict();
  assertAllForeign(device, other, [
    ['parameter "weight"', () => new Dense(device, DENSE, { weight: embedding.weight })],
    ['parameter "1.weight"', () => new Sequential(device, [first, second])],
    ['parameter "second.weight"', () => new Both({ first, second })],
  ]);
  assertEquals(await first.stateDict(), before);
  assertEquals(first.parameters()[0]!.device, device);
});

testPairs("optimizers and clipping take parameters of one device only", async (device, other) => {
  const first = new Dense(device, DENSE);
  const second = new Dense(other, DENSE);
  const both = [...first.parameters(), ...second.parameters()];
  const before = [await first.stateDict(), await second.stateDict()];
  assertAllForeign(device, other, [
    ...[Adam, AdamW, SGD, RMSprop].map((optimizer) => ["a parameter", () => new optimizer(both)] as const),
    ["a parameter", () => clipGradNorm(both, 1)],
  ]);
  assertEquals([await first.stateDict(), await second.stateDict()], before);
});

testPairs("train() takes an optimizer of the model's device only", async (device, other) => {
  const corpus = Corpus.fromText("abcde".repeat(9));
  const sizes = { epochs: 1, batchSize: B, numSteps: T };
  const model = new RNNModel(new RNN(device, RECURRENT), I);
  using optimizer = new SGD(new Dense(other, DENSE).parameters());
  const error = await assertRejects(() => train(model, corpus, { ...sizes, optimizer }).next(), TypeError);
  assertEquals(error.message, foreign("an optimizer", other, device));
});
