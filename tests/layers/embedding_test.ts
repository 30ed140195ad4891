/** Embeddings: PyTorch's numbers, shapes of ids, and weights that another layer has too. @module */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Dense, Embedding, type EmbeddingOptions, Tape, Tensor } from "../../mod.ts";
import { compareEmbedding } from "../../src/verify/cells.ts";
import { embeddingCases } from "../../src/verify/golden.ts";
import { Random } from "../../src/random.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose, assertWithin } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";

const V = 13;
const E = 11;

for (const given of await embeddingCases()) {
  testEach(
    `PyTorch's vectors and the weight's gradient, of ids that repeat: ${given.name}`,
    async (device) => {
      for await (const [, difference] of compareEmbedding(device, given)) assertWithin(difference);
    },
  );
}

testEach("ids of any shape give vectors in their places, gradients too", async (device) => {
  const shapes = [[1], [17], [3, 5], [1, 7], [2, 3, 5], [64, 2]];
  const random = new Random(4);
  for (const [columns, timeMajor] of [[E, false], [1, false], [65, false], [E, true]] as const) {
    for (const shape of shapes.filter(({ length }) => length === 2 || !timeMajor)) {
      using embedding = new Embedding(device, { vocabularySize: V, embeddingSize: columns, seed: 1 });
      const { data: table } = (await embedding.stateDict())["weight"]!;
      const count = shape.reduce((a, b) => a * b, 1);
      const values = new Uint32Array(count).map(() => random.integer(V));
      const ids = Tensor.from(device, values, shape);
      const [B, T] = shape as [number, number];
      using tape = new Tape(device);
      const y = embedding.forward(ids, tape, { timeMajor });
      assertEquals(y.shape, [...(timeMajor ? [T, B] : shape), columns]);
      // The id of each row of y.
      const rows = values.map((_, row) => values[timeMajor ? (row % B) * T + Math.floor(row / B) : row]!);
      const expected = [...rows].flatMap((id) => [...table.slice(id * columns, (id + 1) * columns)]);
      assertEquals([...await y.data()], expected);
      assertEquals(await embedding.forward(ids, undefined, { timeMajor }).data(), await y.data());

      const dy = uniformArray(count * columns, 2);
      const sums = new Array<number>(V * columns).fill(0);
      rows.forEach((id, row) => {
        for (let c = 0; c < columns; c++) sums[id * columns + c]! += dy[row * columns + c]!;
      });
      tape.backward(y, Tensor.from(device, dy, y.shape));
      const tolerance = TOLERANCES.embedding_backward(count);
      const what = `gradient for ids (${shape})`;
      const { data } = (await embedding.gradients())["weight"]!;
      assertClose(data, sums, { shape: [V, columns], tolerance, what });
    }
  }
});

testEach("one tensor of ids serves both orders, and what is written to it", async (device) => {
  using embedding = new Embedding(device, { vocabularySize: V, embeddingSize: E, seed: 1 });
  const ids = Tensor.from(device, new Uint32Array([0, 1, 2, 3, 4, 5]), [2, 3]);
  const flat = ids.reshape([6]);
  const dy = uniformArray(6 * E, 2);
  for (const written of [[0, 1, 2, 3, 4, 5], [7, 7, 8, 9, 7, 10]]) {
    flat.write(new Uint32Array(written));
    assertEquals([...ids.values], written);
    for (const [tensor, timeMajor] of [[ids, true], [ids, false], [flat, false]] as const) {
      device.clear(embedding.weight.gradient);
      using tape = new Tape(device);
      const y = embedding.forward(tensor, tape, { timeMajor });
      tape.backward(y, Tensor.from(device, dy, y.shape));
      const { data } = (await embedding.gradients())["weight"]!;
      const expected = new Float32Array(V * E);
      written.forEach((id, at) => {
        const row = timeMajor ? (at % 3) * 2 + Math.floor(at / 3) : at;
        for (let c = 0; c < E; c++) expected[id * E + c]! += dy[row * E + c]!;
      });
      assertClose(data, expected, {
        shape: [V, E],
        tolerance: TOLERANCES.embedding_backward(3),
        what: "gradient",
      });
    }
  }
});

testEach("an embedding starts from N(0, 1), other values for another seed", async (device) => {
  const sizes = { vocabularySize: 101, embeddingSize: 103 };
  const weights = async (options: EmbeddingOptions): Promise<Float32Array> => {
    using embedding = new Embedding(device, options);
    return (await embedding.stateDict())["weight"]!.data;
  };
  const data = await weights({ ...sizes, seed: 5 });
  const n = data.length;
  assertEquals(await weights({ ...sizes, seed: 5 }), data);
  assertNotEquals(await weights({ ...sizes, seed: 6 }), data);
  const moment = (power: number): number => data.reduce((sum, value) => sum + value ** power, 0) / n;
  // Standard errors of the moments of N(0, 1) are sqrt(1/n), sqrt(2/n), sqrt(15/n), sqrt(96/n).
  for (const [power, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const) {
    const error = Math.abs(moment(power) - expected) / Math.sqrt(variance / n);
    assert(error < 4, `moment ${power}: ${moment(power)}, ${error} standard errors from ${expected}`);
  }
  const open = { ...sizes, seed: undefined } as unknown as EmbeddingOptions;
  assertNotEquals(await weights(open), await weights(open));
});

testEach("a dense layer tied to an embedding has its weight, and leaves it alive", async (device) => {
  using embedding = new Embedding(device, { vocabularySize: V, embeddingSize: E, seed: 1 });
  const { data: table } = (await embedding.stateDict())["weight"]!;
  {
    using dense = new Dense(device, { inputSize: E, outputSize: V, seed: 2 }, { weight: embedding.weight });
    assertEquals(dense.parameterNames(), ["weight", "bias"]);
    assertEquals(dense.parameterCount(), V * E + V);
    assertEquals((await dense.stateDict())["weight"]!.data, table);
    const ids = Tensor.from(device, new Uint32Array([3, 3, 1]), [1, 3]);
    using tape = new Tape(device);
    const vectors = embedding.forward(ids, tape);
    const y = dense.forward(vectors, tape);
    const dy = uniformArray(3 * V, 3);
    const x = await vectors.data();
    tape.backward(y, Tensor.from(device, dy, y.shape));
    // dW += dy^T x of the dense layer, and at the rows of the ids dx = dy W.
    const expected = new Float64Array(V * E);
    [3, 3, 1].forEach((id, row) => {
      for (let v = 0; v < V; v++) {
        for (let e = 0; e < E; e++) {
          expected[v * E + e]! += dy[row * V + v]! * x[row * E + e]!;
          expected[id * E + e]! += dy[row * V + v]! * table[v * E + e]!;
        }
      }
    });
    const close = { shape: [V, E], tolerance: TOLERANCES.gemm(3 * V), what: "gradient" };
    assertClose((await embedding.gradients())["weight"]!.data, expected, close);
    assertEquals((await dense.gradients())["weight"], (await embedding.gradients())["weight"]);
  }
  assertEquals((await embedding.stateDict())["weight"]!.data, table);
});
