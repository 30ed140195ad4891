/** normed_cell_backward on every device, with every cell that can be normalized. @module */
import { assertEquals } from "@std/assert";
import { CELL_RESETS, CELLS } from "../../src/kernels.ts";
import { normed_cell_backward } from "../../src/verify/reference/normed_cell_backward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { normedBackwardCase } from "../../src/verify/cases/normed_cell.ts";
import { testEach } from "../support/test_each.ts";

const WAYS = [false, true].flatMap((reverse) => [false, true].map((masked) => ({ reverse, masked })));

for (const cell of CELLS.filter((_, index) => !CELL_RESETS[index])) {
  testEach(`normed_cell_backward() matches the reference: ${cell}`, async (device) => {
    for (const way of WAYS) {
      for (
        const sizes of [{}, { gap: 5, batch: 7, step: 0 }, { steps: 1, batch: 1 }, { steps: 33, step: 31 }]
      ) {
        await checkKernel(device, normed_cell_backward, normedBackwardCase({ cell, ...way, ...sizes }));
      }
    }
  }, { builds: true });

  testEach(
    `normed_cell_backward() matches the reference at the edges of hidden sizes: ${cell}`,
    async (device) => {
      for (const hidden of [1, 2, 4, 63, 64, 65, 257, 1027]) {
        const options = { cell, hidden, masked: hidden === 65, reverse: hidden === 64 };
        await checkKernel(device, normed_cell_backward, normedBackwardCase(options));
      }
    },
    { builds: true },
  );
}

testEach("normed_cell_backward() has hard gates", async (device) => {
  for (const cell of ["gru", "lstm"] as const) {
    for (const hard of [1, 5, 6]) {
      await checkKernel(device, normed_cell_backward, normedBackwardCase({ cell, hard, hidden: 65 }));
    }
  }
}, { builds: true });

testEach("normed_cell_backward() matches the reference: lstm with projection", async (device) => {
  for (const way of WAYS) {
    const projected = { ...way, projection: 7 };
    await checkKernel(device, normed_cell_backward, normedBackwardCase(projected));
    await checkKernel(device, normed_cell_backward, normedBackwardCase({ ...projected, gap: 3, batch: 5 }));
  }
  await checkKernel(
    device,
    normed_cell_backward,
    normedBackwardCase({ hidden: 261, projection: 259, batch: 2 }),
  );
}, { builds: true });

testEach("normed_cell_backward() spoils the row of a NaN alone", async (device) => {
  const given = normedBackwardCase({ steps: 1, batch: 3, hidden: 5 });
  given.buffers.dy[7] = NaN;
  const { gates } = await runCase(device, given);
  const products = decode("gates", gates!).subarray(0, 3 * 60).filter((_, i) => i % 60 < 40);
  assertEquals([...products].map(Number.isNaN), [false, true, false].flatMap((nan) => Array(40).fill(nan)));
}, { builds: true });
