/** Ids where a one-hot is meant: the same values and gradients, and the counting sort behind them. @module */
import { assertEquals } from "@std/assert";
import { add, GRU, LSTM, oneHot, type Recurrent, RNN, Tape, Tensor } from "../../mod.ts";
import { rowsById } from "../../src/layers/one_hot.ts";
import { Random } from "../../src/random.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const B = 3;
const T = 5;
const V = 13;
const H = 11;

function randomIds(seed: number, limit: number = V): Uint32Array {
  const random = new Random(seed);
  return Uint32Array.from({ length: B * T }, () => random.integer(limit));
}

testEach("oneHot() gives a row for each id", async (device) => {
  const ids = randomIds(1);
  const x = oneHot(Tensor.from(device, ids, [B, T]), V);
  const data = await x.data();
  assertEquals(x.shape, [B, T, V]);
  ids.forEach((id, row) => {
    const expected = new Float32Array(V);
    expected[id] = 1;
    assertEquals(data.slice(row * V, (row + 1) * V), expected);
  });
});

testEach("oneHot() of a recorded program has the rows of the ids that are written", async (device) => {
  const ids = Tensor.from(device, randomIds(1), [B, T]);
  let sum!: Tensor;
  const program = device.record(() => {
    sum = add(oneHot(ids, V), oneHot(ids, V));
  });
  for (const seed of [1, 2]) {
    ids.write(randomIds(seed));
    program.run();
    const rows = await oneHot(ids, V).data();
    assertEquals(await sum.data(), rows.map((value) => 2 * value));
  }
});

for (const [kind, layerClass] of Object.entries({ RNN, GRU, LSTM })) {
  testEach(`ids equal one-hot rows times the weights, gradients too: ${kind}`, async (device) => {
    for (const options of [{}, { bias: false }, { batchFirst: true, bidirectional: true, numLayers: 2 }]) {
      const settings = { inputSize: V, hiddenSize: H, seed: 2, ...options };
      using first = new layerClass(device, settings) as Recurrent;
      using second = new layerClass(device, settings) as Recurrent;
      // Ids below 6 only: some come often, others never, and their gradients are zero.
      const ids = Tensor.from(device, randomIds(3, 6), [B, T]);
      const matrix = await oneHot(ids, V).data();
      const timeMajor = Float32Array.from(matrix, (_, at) => {
        const v = at % V;
        const b = Math.floor(at / V) % B;
        const t = Math.floor(at / V / B);
        return matrix[(b * T + t) * V + v]!;
      });
      const x = first.options.batchFirst ? oneHot(ids, V) : Tensor.from(device, timeMajor, [T, B, V]);
      using tape = new Tape(device);
      const [yIds] = first.forward(ids, undefined, tape);
      const [y] = second.forward(x, undefined, tape);
      const close = { shape: y.shape, tolerance: NAIVE };
      assertEquals(yIds.shape, y.shape);
      assertClose(await yIds.data(), await y.data(), { ...close, what: "outputs" });
      const dy = Tensor.from(device, uniformArray(y.size, 4), y.shape);
      tape.backward([yIds, y], [dy, dy]);
      const gradients = await first.gradients();
      for (const [name, { shape, data }] of Object.entries(await second.gradients())) {
        assertClose(gradients[name]!.data, data, { shape, tolerance: NAIVE, what: name });
      }
    }
  });
}

testEach("new ids in the same tensor give new gradients", async (device) => {
  using layer = new RNN(device, { inputSize: V, hiddenSize: H, seed: 2 });
  const ids = Tensor.from(device, new Uint32Array(B * T).fill(1), [B, T]);
  for (const id of [1, 4]) {
    ids.write(new Uint32Array(B * T).fill(id));
    for (const parameter of layer.parameters()) device.clear(parameter.gradient);
    using tape = new Tape(device);
    const [y] = layer.forward(ids, undefined, tape);
    tape.backward(y, Tensor.from(device, uniformArray(y.size, 4), y.shape));
    const { data } = (await layer.gradients())["weight_ih_l0"]!;
    const used = new Set([...data.keys()].filter((at) => data[at] !== 0).map((at) => at % V));
    assertEquals(used, new Set([id]));
  }
});

testEach("ids that live longer than a scope or a program can be used again", async (device) => {
  using layer = new RNN(device, { inputSize: V, hiddenSize: H, seed: 2 });
  const ids = Tensor.from(device, randomIds(5), [B, T]);
  const upstream = Tensor.from(device, uniformArray(T * B * H, 4), [T, B, H]);
  const pass = (): void => {
    using tape = new Tape(device);
    tape.backward(layer.forward(ids, undefined, tape)[0], upstream);
  };
  const expected: Float32Array[] = [];
  for (const run of [pass, (): void => device.scope(pass), (): void => device.scope(pass), pass]) {
    for (const parameter of layer.parameters()) device.clear(parameter.gradient);
    run();
    expected.push((await layer.gradients())["weight_ih_l0"]!.data);
  }
  const other = Tensor.from(device, randomIds(5), [B, T]);
  for (let time = 0; time < 2; time++) {
    for (const parameter of layer.parameters()) device.clear(parameter.gradient);
    using program = device.record(() => {
      const tape = new Tape(device);
      tape.backward(layer.forward(other, undefined, tape)[0], upstream);
    });
    program.run();
    expected.push((await layer.gradients())["weight_ih_l0"]!.data);
  }
  for (const gradient of expected) assertEquals(gradient, expected[0]);
});

Deno.test("rowsById() sorts rows by id, in order within one", () => {
  // (B 2, T 3): row b of time step t is number t * 2 + b.
  const [order, starts] = rowsById(new Uint32Array([2, 0, 2, 0, 2, 3]), {
    batch: 2,
    steps: 3,
    vocabularySize: 5,
  });
  assertEquals([...order], [1, 2, 0, 3, 4, 5]);
  assertEquals([...starts], [0, 2, 2, 5, 6, 6]);
});

Deno.test("rowsById() agrees with a plain sort", () => {
  const random = new Random(8);
  for (const [batch, steps, vocabularySize] of [[1, 1, 1], [3, 5, 13], [7, 11, 2], [2, 64, 1000]] as const) {
    const values = Uint32Array.from({ length: batch * steps }, () => random.integer(vocabularySize));
    const idOf = (row: number): number => values[(row % batch) * steps + Math.floor(row / batch)]!;
    const [order, starts] = rowsById(values, { batch, steps, vocabularySize });
    const expected = [...values.keys()].sort((a, b) => idOf(a) - idOf(b) || a - b);
    assertEquals([...order], expected);
    for (let id = 0; id <= vocabularySize; id++) {
      assertEquals(starts[id], expected.filter((row) => idOf(row) < id).length);
    }
  }
});
