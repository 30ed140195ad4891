/** The dense layer: values and gradients against sums written out, in float64. @module */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Dense, RNN, RNNModel, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";

const N = 15;
const I = 7;
const O = 13;

/** sum over k < K of a(k) b(k) for each cell of (rows, columns). */
function product(
  [rows, columns, K]: [number, number, number],
  term: (row: number, column: number, k: number) => number,
): number[] {
  return Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    const column = at % columns;
    let sum = 0;
    for (let k = 0; k < K; k++) sum += term(row, column, k);
    return sum;
  });
}

for (const bias of [true, false]) {
  testEach(`y = x W^T${bias ? " + b" : ""}, and its gradients, twice`, async (device) => {
    using dense = new Dense(device, { inputSize: I, outputSize: O, bias, seed: 1 });
    const { weight, bias: b } = await dense.stateDict();
    assertEquals(dense.parameterNames(), bias ? ["weight", "bias"] : ["weight"]);
    const values = uniformArray(N * I, 2);
    const dy = uniformArray(N * O, 3);
    const W = weight!.data;
    const x = Tensor.from(device, values, [5, 3, I]);
    const upstream = Tensor.from(device, dy, [5, 3, O]);
    for (const times of [1, 2]) {
      using tape = new Tape(device);
      const y = dense.forward(x, tape);
      assertEquals(y.shape, [5, 3, O]);
      const close = (what: string, K: number, ...shape: number[]) => ({
        shape,
        tolerance: TOLERANCES.gemm(K),
        what,
      });
      const expected = product([N, O, I], (n, o, i) => values[n * I + i]! * W[o * I + i]!)
        .map((sum, at) => sum + (b?.data[at % O] ?? 0));
      assertClose(await y.data(), expected, close("y", I + 1, N, O));
      assertEquals(await dense.forward(x).data(), await y.data());

      tape.backward(y, upstream);
      const dx = product([N, I, O], (n, i, o) => dy[n * O + o]! * W[o * I + i]!);
      const dW = product([O, I, N], (o, i, n) => dy[n * O + o]! * values[n * I + i]!);
      const db = product([O, 1, N], (o, _, n) => dy[n * O + o]!);
      const gradients = await dense.gradients(); // of all passes so far
      assertClose(await tape.gradient(x), dx, close("dx", O, N, I));
      assertClose(gradients["weight"]!.data, dW.map((value) => times * value), close("dW", N, O, I));
      if (bias) assertClose(gradients["bias"]!.data, db.map((value) => times * value), close("db", N, O));
    }
  });
}

testEach(
  "a dense layer starts from U(-1/√I, 1/√I), and not as the recurrent layer of its seed",
  async (device) => {
    const bound = 1 / Math.sqrt(O);
    using model = new RNNModel(new RNN(device, { inputSize: I, hiddenSize: O, seed: 3 }), I);
    const { "dense.weight": weight, "dense.bias": _, ...others } = await model.stateDict();
    const largest = weight!.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    assertEquals(largest <= bound && largest > 0.8 * bound, true, `${largest} of ${bound}`);
    for (const [name, other] of Object.entries(others)) {
      assertNotEquals(weight!.data.slice(0, 7), other.data.slice(0, 7), name);
    }
  },
);

testEach("a dense layer's options that are undefined take their defaults", (device) => {
  const options = { inputSize: I, outputSize: O, bias: undefined, seed: undefined } as unknown;
  using dense = new Dense(device, options as { inputSize: number; outputSize: number });
  assertEquals(dense.parameterNames(), ["weight", "bias"]);
});

testEach("gradients of 200,000 rows are exact to 1e-6, from run to run of a program too", async (device) => {
  const rows = 200_000;
  using dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 0 });
  using x = Tensor.from(device, new Float32Array(2 * rows).fill(0.1), [rows, 2]);
  using upstream = Tensor.from(device, new Float32Array(3 * rows).fill(0.1), [rows, 3]);
  using tape = new Tape(device);
  using program = device.record(() => tape.backward(dense.forward(x, tape), upstream));
  for (const runs of [1, 2]) {
    program.run();
    const { weight, bias } = await dense.gradients();
    const value = Math.fround(0.1);
    for (const sum of weight!.data) {
      assert(Math.abs(sum / (runs * rows * value * value) - 1) < 1e-6, `${sum}`);
    }
    for (const sum of bias!.data) assert(Math.abs(sum / (runs * rows * value) - 1) < 1e-6, `${sum}`);
  }
});
