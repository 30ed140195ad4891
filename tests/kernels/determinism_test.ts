/** One build gives the same bits for any number of threads and any tile, and a program the same bits as eager mode. @module */
import { assertEquals } from "@std/assert";
import { openDevice } from "../../src/device/open_device.ts";
import { openWasm } from "../../src/device/wasm.ts";
import { Random } from "../../src/random.ts";
import { copy } from "../../src/tensors/copy.ts";
import { CHUNK, type KernelName } from "../../src/kernels.ts";
import { HUBER, LOGISTIC, SQUARED } from "../../src/kernels/numbers.ts";
import { download } from "../../src/verify/cases/arrays.ts";
import * as cases from "../../src/verify/cases/cases.ts";
import { type Case, runCase } from "../../src/verify/cases/check_kernel.ts";
import { generateCase } from "../../src/verify/cases/generate.ts";
import { int8Case } from "../../src/verify/cases/generate_int8.ts";
import { pointwiseLossCase } from "../../src/verify/cases/losses.ts";
import { normedBackwardCase, normedForwardCase } from "../../src/verify/cases/normed_cell.ts";
import * as optimizers from "../../src/verify/cases/optimizers.ts";
import { layerNormBackwardCase, layerNormForwardCase } from "../../src/verify/cases/normalization.ts";
import { poolBackwardCase, poolForwardCase } from "../../src/verify/cases/pools.ts";
import { recurrentBackwardCase, recurrentForwardCase } from "../../src/verify/cases/recurrent.ts";
import { sampleCase } from "../../src/verify/cases/sample.ts";
import { chooseThreads } from "../support/chosen_threads.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

const COUNT = 3 * CHUNK + 1027;
const ROWS = { batch: 11, steps: 7 };
/** Each of three threads takes rows of its own through a recurrence; of ROWS only each of two does. */
const MANY_ROWS = { batch: 13, steps: 7 };

/** Each kernel at odd sizes that leave three threads unequal slices. */
const CASES: { readonly [K in KernelName]: readonly Case<K>[] } = {
  gemm: [
    cases.gemmCase({ M: 67, N: 131, K: 259, padC: 3 }),
    cases.gemmCase({ M: 131, N: 67, K: 259, transposeA: 1, accumulate: 1 }),
    cases.gemmCase({ M: 1027, N: 259, K: 517, transposeA: 1, accumulate: 1 }), // several blocks for each thread
    cases.gemmCase({ M: 3, N: 131, K: 259, transposeB: 1, biased: 1 }),
    cases.gemmCase({ M: 67, N: 131, K: 259, transposeA: 1, biased: 1, summed: 1 }),
    cases.gemmCase({ M: 131, N: 67, K: 259, transposeA: 1, accumulate: 1, summed: 1 }),
  ],
  sum_rows: [cases.sumRowsCase({ rows: 259, columns: 131, accumulate: 1 })],
  copy_columns: [cases.copyColumnsCase({ rows: 67, columns: 131, ldY: 133, accumulate: 1 })],
  embedding_forward: [cases.embeddingForwardCase({ ...ROWS, columns: 131, biased: 1 })],
  embedding_backward: [
    cases.embeddingBackwardCase({ ...ROWS, columns: 131, vocabulary: 7, transposed: true }),
  ],
  recurrent_forward: [
    recurrentForwardCase({ ...ROWS, cell: "tanh", hidden: 67 }),
    recurrentForwardCase({ ...ROWS, cell: "relu", hidden: 64, carry: true }),
    recurrentForwardCase({ ...ROWS, cell: "gru", hidden: 67, masked: true }),
    recurrentForwardCase({ ...ROWS, cell: "lstm", hidden: 67, projection: 31, reverse: true, carry: true }),
    recurrentForwardCase({ ...MANY_ROWS, cell: "gru", hidden: 67, masked: true, reverse: true, carry: true }),
    recurrentForwardCase({ ...ROWS, cell: "gru_reset_before", hidden: 67, masked: true, carry: true }),
    recurrentForwardCase({ ...MANY_ROWS, cell: "gru_reset_before", hard: 5, hidden: 67, reverse: true }),
    recurrentForwardCase({ batch: 13, steps: 1, cell: "lstm", hidden: 1031, carry: true }),
    recurrentForwardCase({
      ...MANY_ROWS,
      cell: "lstm",
      hidden: 67,
      projection: 31,
      masked: true,
      carry: true,
    }),
  ],
  recurrent_backward: [
    recurrentBackwardCase({ ...ROWS, cell: "tanh", hidden: 67 }),
    recurrentBackwardCase({ ...ROWS, cell: "relu", hidden: 64 }),
    recurrentBackwardCase({ ...ROWS, cell: "gru", hidden: 67, masked: true }),
    recurrentBackwardCase({ ...ROWS, cell: "lstm", hidden: 67, projection: 31, reverse: true }),
    recurrentBackwardCase({ ...ROWS, cell: "gru_reset_before", hidden: 67, masked: true }),
    recurrentBackwardCase({ ...MANY_ROWS, cell: "gru_reset_before", hard: 5, hidden: 67, reverse: true }),
    recurrentBackwardCase({ ...MANY_ROWS, cell: "gru", hidden: 67, masked: true, reverse: true }),
    recurrentBackwardCase({ ...MANY_ROWS, cell: "lstm", hidden: 67, projection: 31, masked: true }),
  ],
  normed_cell_forward: (["tanh", "gru", "lstm"] as const).flatMap((cell) => [
    normedForwardCase({ ...ROWS, cell, hidden: 67, masked: true }),
    normedForwardCase({ ...ROWS, cell, hidden: 67, reverse: true, carry: true, step: 0 }),
  ]),
  normed_cell_backward: (["relu", "gru", "lstm"] as const).map((cell) =>
    normedBackwardCase({ ...ROWS, cell, hidden: 67, masked: true, reverse: true })
  ),
  dropout: [cases.dropoutCase({ count: COUNT, probability: 0.3, accumulate: 1 })],
  layer_norm_forward: [layerNormForwardCase({ rows: 77, columns: 131 })],
  layer_norm_backward: [layerNormBackwardCase({ rows: 77, columns: 131, accumulate: 1 })],
  pool_forward: [0, 1, 2].map((kind) => poolForwardCase({ ...ROWS, kind, columns: 131, steps: 37 })),
  pool_backward: [0, 1, 2].map((kind) =>
    poolBackwardCase({ ...ROWS, kind, columns: 131, steps: 37, accumulate: 1 })
  ),
  activation: [0, 1, 2, 3, 4].flatMap((kind) =>
    [0, 1].map((gradient) => cases.activationCase({ count: COUNT, kind, gradient, accumulate: 1 }))
  ),
  pointwise_loss: [SQUARED, HUBER, LOGISTIC].map((kind) =>
    pointwiseLossCase({ count: COUNT, kind, columns: 7 })
  ),
  combine: [cases.combineCase({ count: COUNT, product: 1, accumulate: 1 })],
  softmax_cross_entropy: [
    cases.softmaxCrossEntropyCase({ ...ROWS, columns: 131, accumulate: 1 }),
    cases.softmaxCrossEntropyCase({ ...ROWS, columns: 131, weighted: 1, smoothing: 0.1 }),
  ],
  sum_squares: [optimizers.sumSquaresCase({ count: COUNT })],
  clip_grad_norm: [optimizers.clipGradNormCase({ count: COUNT })],
  sgd: [optimizers.sgdCase({ count: COUNT, nesterov: 1 })],
  rmsprop: [optimizers.rmspropCase({ count: COUNT })],
  adam: [optimizers.adamCase({ count: COUNT, weightDecay: 0.01 })],
  sample: [sampleCase({ batch: 11, columns: 131, topK: 40, topP: 0.9 })],
  generate_steps: [
    generateCase({ batch: 11, hidden: 67, columns: 131, cell: "gru", temperature: 1 }),
    generateCase({ batch: 11, hidden: 67, columns: 131, cell: "gru_reset_before", temperature: 1 }),
    generateCase({ batch: 1, hidden: 131, columns: 67, cell: "gru_reset_before", hard: 6 }),
    generateCase({ batch: 2, hidden: 67, columns: 131, embedding: 31, temperature: 1 }),
    generateCase({ batch: 1, hidden: 67, columns: 131, temperature: 1, topK: 40 }),
    generateCase({ batch: 1, hidden: 259, columns: 67, cell: "lstm", embedding: 31 }),
  ],
  generate_steps_int8: [
    int8Case({ close: true, batch: 11, hidden: 67, columns: 131, cell: "gru", temperature: 1 }),
    int8Case({ close: true, batch: 11, hidden: 67, columns: 131, cell: "gru_reset_before", temperature: 1 }),
    int8Case({
      close: true,
      batch: 2,
      hidden: 67,
      columns: 131,
      cell: "relu",
      embedding: 31,
      temperature: 1,
    }),
    int8Case({ close: true, batch: 1, hidden: 67, columns: 131, temperature: 1, topK: 40 }),
    int8Case({ close: true, batch: 1, hidden: 259, columns: 67, cell: "tanh", embedding: 31 }),
  ],
};

for (const [name, given] of Object.entries(CASES) as [KernelName, readonly Case<KernelName>[]][]) {
  testEach(`${name}() from a program gives the bits that it gives eagerly, twice`, async (device) => {
    for (const one of given) {
      const eager = await runCase(device, one, { times: 2 });
      assertEquals(await runCase(device, one, { times: 2, recorded: true }), eager);
      assertEquals(await runCase(device, one, { times: 2 }), eager);
    }
  });
}

if (DEVICE_NAMES.includes("wasm")) {
  Deno.test("threads take their part in each of many short programs [wasm]", async () => {
    using device = await openDevice("wasm", { threads: 2 });
    const columns = 3;
    // More sizes than the device remembers: each is taken by all threads, as nothing is known of it yet.
    const rowsOf = (i: number): number => 16 + i % 300;
    const x = device.alloc(columns);
    const y = device.alloc(rowsOf(299) * columns);
    for (let i = 0; i < 4000; i++) {
      device.write(x, Float32Array.of(i, 1, -1)); // ends the program before
      // Programs of one to three commands follow each other in the same memory.
      for (let k = 0; k <= i % 3; k++) {
        const size = { rows: rowsOf(i), columns, accumulate: k === 0 ? 1 : 0 } as const;
        copy(device, { block: x, ld: 0 }, { block: y }, size); // x in every row
      }
      if (i % 3 > 0) device.clear(y);
    }
    const written = rowsOf(3999) * columns;
    assertEquals(
      (await download(device, y)).slice(0, written),
      new Float32Array(written).map((_, i) => [3999, 1, -1][i % 3]!),
    );
  });

  Deno.test("every kernel gives the same bits for 1, 2 and 3 threads [wasm]", async (t) => {
    using one = await openDevice("wasm", { threads: 1 });
    using two = await openDevice("wasm", { threads: 2 });
    using three = await openDevice("wasm", { threads: 3 });
    for (const [name, given] of Object.entries(CASES) as [KernelName, readonly Case<KernelName>[]][]) {
      await t.step(name, async () => {
        for (const each of given) {
          const expected = await runCase(one, each);
          assertEquals(await runCase(two, each), expected);
          assertEquals(await runCase(three, each), expected);
        }
      });
    }
  });

  Deno.test("every kernel gives the same bits while all threads and one take turns [wasm]", async (t) => {
    using one = await openDevice("wasm", { threads: 1 });
    const every = Object.values(CASES).flat() as Case<KernelName>[];
    const expected = new Map<Case<KernelName>, Record<string, Uint32Array>>();
    for (const given of every) expected.set(given, await runCase(one, given));
    for (const threads of [2, 3, 8]) {
      await t.step(`${threads} threads`, async () => {
        using device = await openDevice("wasm", { threads });
        const random = new Random(threads);
        using _ = chooseThreads(() => random.uniform() < 0.5 ? 1 : threads);
        const order = [...every, ...every, ...every];
        random.shuffle(order); // each finds in the scratch what another has left
        for (const given of order) {
          assertEquals(await runCase(device, given), expected.get(given), given.kernel);
        }
      });
    }
  });

  for (const deterministic of [false, true]) {
    const build = deterministic ? "plain" : "relaxed";
    Deno.test(`every kernel gives the same bits for each tile [wasm, ${build}]`, async (t) => {
      using small = await openWasm({ threads: 1, deterministic, tile: "5x8" });
      using tall = await openWasm({ threads: 2, deterministic, tile: "6x8" });
      using wide = await openWasm({ threads: 3, deterministic, tile: "6x16" });
      const tiles = [small, tall, wide].map(({ info }) => info.details.tile);
      assertEquals(tiles, ["5x8", "6x8", "6x16"]);
      for (const [name, given] of Object.entries(CASES) as [KernelName, readonly Case<KernelName>[]][]) {
        await t.step(name, async () => {
          for (const each of given) {
            const expected = await runCase(small, each);
            assertEquals(await runCase(tall, each), expected);
            assertEquals(await runCase(wide, each), expected);
          }
        });
      }
    });
  }
}
