/** normed_cell_forward on every device, with every cell that can be normalized. @module */
import { assertEquals } from "@std/assert";
import { CELL_RESETS, CELLS } from "../../src/kernels.ts";
import { normed_cell_forward } from "../../src/verify/reference/normed_cell_forward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { normedForwardCase } from "../../src/verify/cases/normed_cell.ts";
import { testEach } from "../support/test_each.ts";

const WAYS = [false, true].flatMap((reverse) => [false, true].map((masked) => ({ reverse, masked })));

for (const cell of CELLS.filter((_, index) => !CELL_RESETS[index])) {
  testEach(`normed_cell_forward() matches the reference: ${cell}`, async (device) => {
    for (const way of WAYS) {
      for (
        const sizes of [{}, { gap: 5, batch: 7, step: 0 }, { steps: 1, batch: 1 }, { steps: 33, step: 31 }]
      ) {
        await checkKernel(device, normed_cell_forward, normedForwardCase({ cell, ...way, ...sizes }));
      }
    }
  }, { builds: true });

  testEach(
    `normed_cell_forward() matches the reference at the edges of hidden sizes: ${cell}`,
    async (device) => {
      for (const hidden of [1, 2, 4, 63, 64, 65, 257, 1027]) {
        const options = { cell, hidden, masked: hidden === 65, reverse: hidden === 64 };
        await checkKernel(device, normed_cell_forward, normedForwardCase(options));
      }
    },
    { builds: true },
  );

  testEach(`normed_cell_forward() begins with what the run before left: ${cell}`, async (device) => {
    for (const sizes of [{}, { reverse: true, gap: 5, masked: true }, { steps: 1 }]) {
      const carried = { cell, ...sizes, step: 0, carry: true };
      await checkKernel(device, normed_cell_forward, normedForwardCase(carried));
    }
  }, { builds: true });
}

testEach("normed_cell_forward() has hard gates", async (device) => {
  for (const cell of ["gru", "lstm"] as const) {
    for (const hard of [1, 5, 6]) {
      await checkKernel(device, normed_cell_forward, normedForwardCase({ cell, hard, hidden: 65 }));
    }
  }
}, { builds: true });

testEach("normed_cell_forward() matches the reference: lstm with projection", async (device) => {
  for (const way of WAYS) {
    const projected = { ...way, projection: 7 };
    await checkKernel(device, normed_cell_forward, normedForwardCase(projected));
    await checkKernel(device, normed_cell_forward, normedForwardCase({ ...projected, gap: 3, batch: 5 }));
  }
  await checkKernel(
    device,
    normed_cell_forward,
    normedForwardCase({ hidden: 261, projection: 259, batch: 2 }),
  );
}, { builds: true });

testEach("normed_cell_forward() spoils the row of a NaN alone", async (device) => {
  const given = normedForwardCase({ steps: 1, batch: 3, hidden: 5 });
  given.buffers.gates[12 * 5 + 3] = NaN; // of the second row's product with weight_ih
  const { states } = await runCase(device, given);
  const after = decode("states", states!).subarray(15, 30); // h behind the initial one
  assertEquals([...after].map(Number.isNaN), [false, true, false].flatMap((nan) => Array(5).fill(nan)));
}, { builds: true });
