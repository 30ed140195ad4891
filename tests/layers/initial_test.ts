/** First values of weights: orthogonal recurrent matrices, the forget gate's bias, and that the rest stays. @module */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type CellOptions, LSTM, LSTMCell, type RecurrentOptions, type StateDict } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { recurrentValues } from "../../src/layers/initial.ts";
import { testEach } from "../support/test_each.ts";

const I = 7;
const H = 11;
const GATES = { rnn: 1, gru: 3, lstm: 4 };

/** The largest deviation of Q^T Q from the identity, for rows `from` to `from + rows` of a matrix. */
function deviation({ shape, data }: StateDict[string], from: number, rows: number): number {
  const columns = shape[1]!;
  let largest = 0;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = i === j ? -1 : 0;
      for (let row = from; row < from + rows; row++) {
        sum += data[row * columns + i]! * data[row * columns + j]!;
      }
      largest = Math.max(largest, Math.abs(sum));
    }
  }
  return largest;
}

testEach(
  "a recurrent layer starts from U(-1/√H, 1/√H), H not being its inputs nor its outputs",
  async (device) => {
    const hiddenSize = 31;
    const bound = 1 / Math.sqrt(hiddenSize);
    for (const kind of KINDS) {
      const options = {
        inputSize: 61,
        hiddenSize,
        numLayers: 2,
        projSize: kind === "lstm" ? 17 : 0,
        seed: 2,
      };
      using layer = makeLayer(device, kind, options);
      for (const [name, { data }] of Object.entries(await layer.stateDict())) {
        const least = Math.min(...data);
        const most = Math.max(...data);
        const what = `${kind} ${name}: ${least} to ${most}`;
        assert(-bound <= least && most <= bound, what);
        if (!name.startsWith("weight")) continue; // too few numbers to come close
        assert(least < -0.99 * bound && most > 0.99 * bound, what);
        const square = data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
        assert(Math.abs(square / (bound ** 2 / 3) - 1) < 0.1, `${what}, mean square ${square}`);
      }
    }
  },
);

testEach("orthogonal recurrent weights, gate by gate; all others as without", async (device) => {
  for (const kind of KINDS) {
    for (const projSize of kind === "lstm" ? [0, 5] : [0]) {
      const options: RecurrentOptions = {
        inputSize: I,
        hiddenSize: H,
        numLayers: 2,
        bidirectional: true,
        projSize,
        seed: 3,
      };
      const dictOf = async (more: Partial<RecurrentOptions>): Promise<StateDict> => {
        using layer = makeLayer(device, kind, { ...options, ...more });
        return await layer.stateDict();
      };
      const plain = await dictOf({});
      const dict = await dictOf({ initialization: "orthogonal" });
      assertEquals(await dictOf({ initialization: "orthogonal" }), dict);
      assertEquals(await dictOf({ initialization: "uniform" }), plain);
      const other = await dictOf({ initialization: "orthogonal", seed: 4 });
      const gates = new Set<number>();
      for (const [name, tensor] of Object.entries(dict)) {
        assertEquals(tensor.shape, plain[name]!.shape);
        if (!name.startsWith("weight_hh")) {
          assertEquals(tensor, plain[name], name);
          continue;
        }
        assertNotEquals(other[name], tensor, name);
        for (let gate = 0; gate < GATES[kind]; gate++) {
          assert(deviation(tensor, gate * H, H) < 1e-6, `${kind} ${name}, gate ${gate}`);
          gates.add(tensor.data[gate * H * tensor.shape[1]!]!);
        }
      }
      assertEquals(gates.size, GATES[kind] * 4); // every gate of every matrix has values of its own
    }
  }
});

Deno.test("orthogonal values have torch.nn.init.orthogonal_'s signs: every turn is as likely", () => {
  // With R's diagonal positive an element of Q has mean 0 and variance 1/H, the diagonal's too; Householder's own signs
  // would make the diagonal negative on average.
  const size = 3;
  const count = 4000;
  const values: number[] = [];
  for (let seed = 0; seed < count; seed++) {
    const shapes = { weight_hh_l0: [size, size] };
    const dict = recurrentValues(shapes, { hiddenSize: size, seed, initialization: "orthogonal" });
    values.push(...[0, 4, 8].map((at) => dict["weight_hh_l0"]!.data[at]!));
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
  assert(Math.abs(mean) < 4 / Math.sqrt(size * count) / Math.sqrt(size), `mean ${mean}`);
  assert(Math.abs(square - 1 / size) < 0.02, `mean square ${square}`);
});

Deno.test("large orthogonal matrices are as orthogonal as float32 can say", () => {
  const size = 193;
  const shapes = { weight_hh_l0: [size, size], weight_hh_l1: [size, 1] };
  const dict = recurrentValues(shapes, { hiddenSize: size, seed: 1, initialization: "orthogonal" });
  for (const tensor of Object.values(dict)) assert(deviation(tensor, 0, size) < 1e-6);
});

testEach("forgetBias is the forget gate's bias_ih, and 0 its bias_hh", async (device) => {
  const options: RecurrentOptions = {
    inputSize: I,
    hiddenSize: H,
    numLayers: 2,
    bidirectional: true,
    seed: 3,
  };
  for (const forgetBias of [1, 0, -0.5]) {
    using lstm = new LSTM(device, { ...options, forgetBias });
    using plain = new LSTM(device, options);
    const first = await plain.stateDict();
    for (const [name, { data }] of Object.entries(await lstm.stateDict())) {
      const expected = first[name]!.data.slice();
      if (name.startsWith("bias_ih")) expected.fill(forgetBias, H, 2 * H); // i f g o
      if (name.startsWith("bias_hh")) expected.fill(0, H, 2 * H);
      assertEquals(data, expected, name);
    }
  }
  const cellOptions: CellOptions = { inputSize: I, hiddenSize: H, seed: 3, initialization: "orthogonal" };
  using cell = new LSTMCell(device, { ...cellOptions, forgetBias: 1 });
  const dict = await cell.stateDict();
  assertEquals(dict["bias_ih"]!.data.slice(H, 2 * H), new Float32Array(H).fill(1));
  assertEquals(dict["bias_hh"]!.data.slice(H, 2 * H), new Float32Array(H));
  assert(deviation(dict["weight_hh"]!, 3 * H, H) < 1e-6);
});
