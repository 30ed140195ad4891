/** Language models with an embedding, dropout and tied weights: how the layers are put together. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  Corpus,
  type Device,
  GRU,
  LSTM,
  predict,
  RNNModel,
  type RNNModelOptions,
  Tape,
  Tensor,
  train,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";
import { threefry2x32, uniform } from "../../src/random.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const V = 13;
const B = 3;
const T = 5;
const H = 11;

const CASES: (RNNModelOptions & { kind: Kind; batchFirst?: boolean; projSize?: number })[] = [
  { kind: "rnn", embeddingSize: 7, batchFirst: true },
  { kind: "gru", embeddingSize: H, tieWeights: true, dropout: 0.4 },
  { kind: "lstm", embeddingSize: 5, tieWeights: true, projSize: 5, batchFirst: true, dropout: 0.25 },
  { kind: "lstm", dropout: 0.5 },
];

function make(device: Device, { kind, batchFirst, projSize, ...options }: typeof CASES[number]): RNNModel {
  const layer = makeLayer(device, kind, {
    inputSize: options.embeddingSize ?? V,
    hiddenSize: H,
    numLayers: 2,
    seed: 6,
    ...(batchFirst ? { batchFirst } : {}),
    ...(projSize ? { projSize } : {}),
  });
  return new RNNModel(layer, V, options);
}

/** (T·B, columns) times a mask of `pass`, which the generator gives in the order of (B, T, columns) or (T, B, columns). */
function masked(
  values: number[],
  { pass, probability, batchFirst }: Record<string, number | boolean>,
): number[] {
  const columns = values.length / (T * B);
  const p = Math.fround(probability as number);
  return values.map((value, at) => {
    const column = at % columns;
    const row = Math.floor(at / columns);
    const b = row % B;
    const t = Math.floor(row / B);
    const place = batchFirst ? (b * T + t) * columns + column : at;
    return uniform(threefry2x32(6, pass as number, place, 2 ** 18)[0]) >= p ? value / (1 - p) : 0;
  });
}

for (const given of CASES) {
  const words = Object.entries(given).map((entry) => entry.join(" ")).join(", ");
  testEach(`logits are the embedding's, the recurrence's and the dense layer's: ${words}`, async (device) => {
    using model = make(device, given);
    const { embeddingSize = 0, dropout = 0, tieWeights = false, batchFirst = false } = given;
    const dict = await model.stateDict();
    const values = Uint32Array.from({ length: B * T }, (_, i) => (i * i) % V);
    const tensor = Tensor.from(device, values, [B, T]);
    const E = embeddingSize || V;
    assertEquals(Object.hasOwn(dict, "embedding.weight"), embeddingSize > 0);
    if (tieWeights) assertEquals(dict["dense.weight"], dict["embedding.weight"]);
    const sizes = Object.entries(dict).map(([, { data }]) => data.length);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    assertEquals(model.parameterCount(), tieWeights ? all - V * E : all);

    const rnn = Object.entries(dict).filter(([name]) => name.startsWith("rnn."))
      .map(([name, value]) => [name.slice("rnn.".length), value]);
    const table = dict["embedding.weight"]?.data;
    const x = Array.from({ length: T * B }, (_, row) => values[(row % B) * T + Math.floor(row / B)]!)
      .flatMap((id) => Array.from({ length: E }, (_, e) => table ? table[id * E + e]! : Number(e === id)));
    const { "dense.weight": weight, "dense.bias": bias } = dict;
    const R = weight!.shape[1]!;
    using tape = new Tape(device);
    for (const taped of [undefined, tape]) {
      const onInput = taped && embeddingSize ? masked(x, { pass: 0, probability: dropout, batchFirst }) : x;
      const pass = { dict: Object.fromEntries(rnn), x: onInput, steps: T, batch: B };
      let { output } = naiveRecurrence(given.kind, model.rnn.options, pass);
      const second = embeddingSize ? 1 : 0;
      if (taped) output = masked(output, { pass: second, probability: dropout, batchFirst: false });
      const expected = Array.from({ length: T * B }, (_, row) => row).flatMap((row) =>
        Array.from({ length: V }, (_, v) =>
          output.slice(row * R, (row + 1) * R)
            .reduce((sum, value, r) => sum + value * weight!.data[v * R + r]!, bias!.data[v]!))
      );
      const [logits] = model.forward(tensor, undefined, taped);
      assertEquals(logits.shape, [T * B, V]);
      const close = { shape: [T * B, V], tolerance: 2 * NAIVE, what: taped ? "logits, taped" : "logits" };
      assertClose(await logits.data(), expected, close);
    }
  });
}

testEach("dropout 1 of a model leaves the output's bias, and gradients of nothing else", async (device) => {
  const options = { embeddingSize: H, dropout: 1, tieWeights: true };
  using model = new RNNModel(new GRU(device, { inputSize: H, hiddenSize: H, seed: 1 }), V, options);
  const ids = Tensor.from(device, new Uint32Array(B * T).fill(2), [B, T]);
  using tape = new Tape(device);
  const [logits] = model.forward(ids, undefined, tape);
  const { "dense.bias": bias } = await model.stateDict();
  assertEquals([...await logits.data()], Array.from({ length: T * B }, () => [...bias!.data]).flat());
  tape.backward(logits, Tensor.from(device, uniformArray(T * B * V, 1), [T * B, V]));
  for (const [name, { data }] of Object.entries(await model.gradients())) {
    assertEquals(data.every(Number.isFinite), true, name);
    assertEquals(data.some((value) => value !== 0), name === "dense.bias", name);
  }
});

testEach(
  "a model with an embedding, dropout and tied weights trains, predicts, and does so again",
  async (device) => {
    const corpus = Corpus.fromText("火车开了 我们只是暂时分开 ".repeat(4));
    const { vocabulary } = corpus;
    const run = async (dropout: number): Promise<{ losses: number[]; text: string }> => {
      const layer = new LSTM(device, { inputSize: H, hiddenSize: H, seed: 1, batchFirst: true });
      using model = new RNNModel(layer, vocabulary.size, { embeddingSize: H, tieWeights: true, dropout });
      const losses: number[] = [];
      const options = { epochs: 30, batchSize: 2, numSteps: 5, learningRate: 3e-2 };
      for await (const { loss } of train(model, corpus, options)) losses.push(loss);
      const dict = await model.stateDict();
      assertEquals(dict["dense.weight"], dict["embedding.weight"]);
      const text = await predict(model, vocabulary, "火车", 6);
      // Greedy, a character at a time, the whole text read anew.
      for (let length = 2; length < 8; length++) {
        const ids = vocabulary.encode([...text].slice(0, length).join(""));
        const logits = await model.forward(Tensor.from(device, ids, [1, length]))[0].data();
        const last = [...logits.slice(-vocabulary.size)];
        assertEquals(vocabulary.decode([last.indexOf(Math.max(...last))]), [...text][length]);
      }
      return { losses, text };
    };
    const plain = await run(0);
    const first = await run(0.2);
    const again = await run(0.2);
    assertEquals(again, first);
    assertNotEquals(first.losses, plain.losses);
    assertEquals(
      plain.losses.at(-1)! < 0.3 && first.losses.at(-1)! < 1.2,
      true,
      `${plain.losses} ${first.losses}`,
    );
    assertEquals(plain.text, "火车开了 我们只");
  },
);
