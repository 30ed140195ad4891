/** What cells, single steps, embeddings, dropout and models say to wrong arguments. @module */
import {
  type CellOptions,
  Dense,
  type Device,
  Dropout,
  Embedding,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  openDevice,
  RNN,
  RNNCell,
  RNNModel,
  Tape,
  Tensor,
} from "../../mod.ts";
import { testEach } from "../support/test_each.ts";
import { foreign } from "../support/test_pairs.ts";
import { assertComplains } from "./assert_complains.ts";

const B = 3;
const I = 7;
const H = 11;
const SIZES = { inputSize: I, hiddenSize: H, seed: 0 };
type Complaint = [body: () => unknown, errorClass: typeof TypeError | typeof RangeError, message: string];

const zeros = (device: Device, ...shape: number[]): Tensor =>
  Tensor.from(device, new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const ids = (device: Device, values: number[], ...shape: number[]): Tensor<"u32"> =>
  Tensor.from(device, new Uint32Array(values), shape);

function assertAll(complaints: readonly Complaint[]): void {
  for (const complaint of complaints) assertComplains(...complaint);
}

testEach("cells refuse options under their own names", (device) => {
  const relu = { ...SIZES, nonlinearity: "relu" } as CellOptions;
  assertAll([
    [
      () => new RNNCell(device, { ...SIZES, hiddenSize: 0 }),
      RangeError,
      "Cannot make an RNNCell as hiddenSize must be a positive integer: current value is 0",
    ],
    [
      () => new GRUCell(device, { ...SIZES, inputSize: 2.5 }),
      TypeError,
      "Cannot make a GRUCell as inputSize must be an integer: current value is 2.5",
    ],
    [
      () => new RNNCell(device, { ...SIZES, nonlinearity: "sin" as "tanh" }),
      TypeError,
      'Cannot make an RNNCell with unknown nonlinearity "sin": known are tanh, relu',
    ],
    [
      () => new LSTMCell(device, relu),
      TypeError,
      "Cannot make an LSTMCell with nonlinearity relu: it is only supported for RNN",
    ],
    [
      () => new GRUCell(device, { ...SIZES, forgetBias: 1 } as CellOptions),
      TypeError,
      "Cannot make a GRUCell with forgetBias 1: it is only supported for LSTM",
    ],
  ]);
});

testEach("cells refuse inputs and states that do not fit", (device) => {
  const rnn = new RNNCell(device, SIZES);
  const lstm = new LSTMCell(device, SIZES);
  const x = zeros(device, B, I);
  const h = zeros(device, B, H);
  assertAll([
    [
      () => rnn.forward(zeros(device, 1, B, I)),
      TypeError,
      "Cannot use an input of 3 dimensions: it must have 1 or 2",
    ],
    [
      () => rnn.forward(zeros(device, B, I + 1)),
      TypeError,
      "Cannot use an input of shape (3, 8) as its last size must be equal to inputSize: expected 7, got 8",
    ],
    [
      () => rnn.forward(x, zeros(device, B + 1, H)),
      TypeError,
      "Cannot use hidden: expected size (3, 11), got (4, 11)",
    ],
    [
      () => rnn.forward(x, zeros(device, H)),
      TypeError,
      "Cannot use hidden of 1 dimensions: for batched 2-D input it should also be 2-D",
    ],
    [
      () => rnn.forward(zeros(device, I), zeros(device, 1, H)),
      TypeError,
      "Cannot use hidden of 2 dimensions: for unbatched 1-D input it should also be 1-D",
    ],
    [
      () => lstm.forward(x, [h, zeros(device, B, H - 1)]),
      TypeError,
      "Cannot use hidden[1]: expected size (3, 11), got (3, 10)",
    ],
    [
      () => lstm.forward(x, h as unknown as [Tensor, Tensor]),
      TypeError,
      "Cannot use a state of 1 tensors: an LSTM takes [h, c]",
    ],
    [
      () => rnn.forward(ids(device, [1, 2], 1, 2)),
      TypeError,
      "Cannot use ids of shape (1, 2) in one step: it must be (B)",
    ],
    [
      () => rnn.forward(ids(device, [1, 7], 2)),
      RangeError,
      "Cannot use ids as the id at index 1 must be below 7: current value is 7",
    ],
    [
      () => rnn.forward(x, ids(device, new Array(B * H).fill(0), B, H) as unknown as Tensor),
      TypeError,
      "Cannot use hidden of type u32: it must have the type f32",
    ],
  ]);
});

testEach("a layer refuses steps that it cannot take", (device) => {
  const gru = new GRU(device, { ...SIZES, numLayers: 2 });
  assertAll([
    [
      () => new GRU(device, { ...SIZES, bidirectional: true }).step(zeros(device, B, I)),
      TypeError,
      "Cannot take one step of a bidirectional layer: its second direction begins at the end of a sequence",
    ],
    [
      () => gru.step(zeros(device, 1, B, I)),
      TypeError,
      "Cannot use an input of 3 dimensions: it must have 1 or 2",
    ],
    [
      () => gru.step(zeros(device, B, I), zeros(device, B, H)),
      TypeError,
      "Cannot use hidden of 2 dimensions: for batched 2-D input it should be 3-D",
    ],
    [
      () => gru.step(zeros(device, B, I), zeros(device, 1, B, H)),
      TypeError,
      "Cannot use hidden: expected size (2, 3, 11), got (1, 3, 11)",
    ],
    [
      () => gru.step(zeros(device, I), zeros(device, 2, 1, H)),
      TypeError,
      "Cannot use hidden of 3 dimensions: for unbatched 1-D input it should be 2-D",
    ],
  ]);
});

testEach("embeddings, dense layers and dropout refuse what does not fit", (device) => {
  const embedding = new Embedding(device, { vocabularySize: I, embeddingSize: 4, seed: 0 });
  const dense = new Dense(device, { inputSize: I, outputSize: 2, seed: 0 });
  const words = ids(device, [1, 2, 3], 3);
  const probability =
    "Cannot make a Dropout as probability must be a float32 number in the range [0, 1], the probability of an element being " +
    "zeroed: current value is ";
  assertAll([
    [
      () => new Embedding(device, { vocabularySize: 0, embeddingSize: 4 }),
      RangeError,
      "Cannot make an Embedding as vocabularySize must be a positive integer: current value is 0",
    ],
    [
      () => new Embedding(device, { vocabularySize: 3, embeddingSize: "4" as unknown as number }),
      TypeError,
      'Cannot make an Embedding as embeddingSize must be an integer: current value is "4"',
    ],
    [
      () => embedding.forward(ids(device, [1, 6, 7], 3)),
      RangeError,
      "Cannot use ids as the id at index 2 must be below 7: current value is 7",
    ],
    [
      () => embedding.forward(words, undefined, { timeMajor: true }),
      TypeError,
      "Cannot use ids of shape (3,): it must be (B, T)",
    ],
    [
      () => embedding.forward(zeros(device, 1, 3) as unknown as Tensor<"u32">),
      TypeError,
      "Cannot use ids as ids must be a Uint8Array, Uint16Array or Uint32Array, in a Tensor: current type is a Tensor of f32",
    ],
    [
      () => dense.forward(ids(device, new Array(I).fill(0), 1, I) as unknown as Tensor),
      TypeError,
      "Cannot use an input of type u32: it must have the type f32",
    ],
    [
      () => new Dense(device, { inputSize: 4, outputSize: I + 1 }, { weight: embedding.weight }),
      TypeError,
      "Cannot tie a Dense to a weight as its shape must be (8, 4): current shape is (7, 4)",
    ],
    ...[[-0.1, "-0.1"], [1.5, "1.5"], [NaN, "NaN"], ["0.5", '"0.5"']].map(([value, text]): Complaint => [
      () => new Dropout({ probability: value as number }),
      RangeError,
      `${probability}${text}`,
    ]),
    [
      () => new Dropout({ probability: 0.5, seed: -1 }),
      RangeError,
      "Cannot seed random numbers as the seed must be an integer from 0 to 2^53 - 1: current value is -1",
    ],
    [
      () => new Dropout().forward(words as unknown as Tensor, new Tape(device)),
      TypeError,
      "Cannot use an input of type u32: it must have the type f32",
    ],
  ]);
});

testEach("a model refuses an embedding, dropout, tied weights and ids that do not fit", (device) => {
  const layer = new LSTM(device, { ...SIZES, projSize: 5 });
  const model = new RNNModel(new RNN(device, SIZES), 5, { embeddingSize: I });
  assertAll([
    [
      () => new RNNModel(layer, 5, { embeddingSize: I + 1 }),
      TypeError,
      "Cannot make an RNNModel as the layer's inputSize must be the embedding's size 8: current value is 7",
    ],
    [
      () => new RNNModel(layer, 5, { embeddingSize: -I }),
      RangeError,
      "Cannot make an RNNModel as embeddingSize must be a positive integer: current value is -7",
    ],
    [
      () => new RNNModel(layer, NaN),
      TypeError,
      "Cannot make an RNNModel as vocabularySize must be an integer: current value is NaN",
    ],
    [
      () => new RNNModel(layer, I, { dropout: 2 }),
      RangeError,
      "Cannot make an RNNModel as dropout must be a float32 number in the range [0, 1], the probability of an element being " +
      "zeroed: current value is 2",
    ],
    [
      () => new RNNModel(layer, 5, { embeddingSize: I, tieWeights: true }),
      TypeError,
      "Cannot tie the weights of an RNNModel as embeddingSize must be the size of the outputs 5: current value is 7",
    ],
    [
      () => new RNNModel(layer, I, { tieWeights: true }),
      TypeError,
      "Cannot tie the weights of an RNNModel as embeddingSize must be the size of the outputs 5: current value is 0",
    ],
    [
      () => model.forward(ids(device, [1, 2, 3], 3)),
      TypeError,
      "Cannot use ids of shape (3,): it must be (B, T)",
    ],
    [
      () => model.forward(zeros(device, 2, 3) as unknown as Tensor<"u32">),
      TypeError,
      "Cannot use ids as ids must be a Uint8Array, Uint16Array or Uint32Array, in a Tensor: current type is a Tensor of f32",
    ],
    [
      () => model.forward(ids(device, [1, 5], 1, 2)),
      RangeError,
      "Cannot use ids as the id at index 1 must be below 5: current value is 5",
    ],
    [
      () => model.forward(ids(device, [1, 2], 1, 2), zeros(device, 1, 2, H)),
      TypeError,
      "Cannot use hidden: expected size (1, 1, 11), got (1, 2, 11)",
    ],
  ]);
});

testEach("layers refuse what is no tensor, or lies on another device", async (device) => {
  const rnn = new RNN(device, SIZES);
  using other = await openDevice("wasm", { threads: 1 });
  assertAll([
    [
      () => rnn.forward([1, 2] as unknown as Tensor),
      TypeError,
      "Cannot use an input that is not a Tensor: current value is [1,2]",
    ],
    [() => rnn.forward(zeros(other, 2, I)), TypeError, foreign("an input", other, device)],
    [() => rnn.forward(ids(other, [1], 1, 1)), TypeError, foreign("ids", other, device)],
    [
      () => rnn.forward(zeros(device, 2, I), zeros(other, 1, H)),
      TypeError,
      foreign("hidden", other, device),
    ],
    [
      () => rnn.forward(zeros(device, 2, I), 5 as unknown as Tensor),
      TypeError,
      "Cannot use hidden that is not a Tensor: current value is 5",
    ],
  ]);
});
