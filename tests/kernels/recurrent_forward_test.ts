/** recurrent_forward on every device, with every cell. @module */
import { CELLS } from "../../src/kernels.ts";
import { recurrent_forward } from "../../src/verify/reference/recurrent_forward.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { recurrentForwardCase } from "../../src/verify/cases/recurrent.ts";
import { testEach } from "../support/test_each.ts";

const WAYS = [false, true].flatMap((reverse) => [false, true].map((masked) => ({ reverse, masked })));

for (const cell of CELLS) {
  testEach(`recurrent_forward() matches the reference: ${cell}`, async (device) => {
    for (const way of WAYS) {
      for (const sizes of [{}, { gap: 5, batch: 7 }, { gap: 1, batch: 19, hidden: 20 }]) {
        await checkKernel(device, recurrent_forward, recurrentForwardCase({ cell, ...way, ...sizes }));
      }
    }
  }, { builds: true });

  testEach(
    `recurrent_forward() matches the reference at the edges of hidden sizes: ${cell}`,
    async (device) => {
      for (const hidden of [1, 4, 63, 64, 65]) {
        for (const batch of [1, 2, 5]) {
          const options = { cell, hidden, batch, steps: 2, masked: batch === 5, reverse: batch === 2 };
          await checkKernel(device, recurrent_forward, recurrentForwardCase(options));
        }
      }
    },
    { builds: true },
  );

  testEach(`recurrent_forward() matches the reference for large hidden sizes: ${cell}`, async (device) => {
    await checkKernel(device, recurrent_forward, recurrentForwardCase({ cell, hidden: 256, steps: 3 }));
    await checkKernel(
      device,
      recurrent_forward,
      recurrentForwardCase({ cell, hidden: 300, batch: 5, steps: 2 }),
    );
  }, { builds: true });

  testEach(`recurrent_forward() begins with the state that it left: ${cell}`, async (device) => {
    for (const way of WAYS) {
      const options = { cell, ...way, carry: true };
      await checkKernel(device, recurrent_forward, recurrentForwardCase(options));
      const quads = { ...options, batch: 17, hidden: 36, gap: 2 };
      await checkKernel(device, recurrent_forward, recurrentForwardCase(quads));
      const large = { ...options, batch: 5, hidden: 129, gap: 3, steps: 1 };
      await checkKernel(device, recurrent_forward, recurrentForwardCase(large));
    }
  }, { builds: true });

  testEach(`recurrent_forward() takes one step, and many rows: ${cell}`, async (device) => {
    await checkKernel(device, recurrent_forward, recurrentForwardCase({ cell, steps: 1, batch: 1 }));
    await checkKernel(
      device,
      recurrent_forward,
      recurrentForwardCase({ cell, steps: 3, batch: 33, masked: true }),
    );
  }, { builds: true });
}

for (const cell of ["gru", "lstm", "gru_reset_before"] as const) {
  testEach(`recurrent_forward() has hard gates: ${cell}`, async (device) => {
    for (const hard of [1, 5, 6]) {
      for (const sizes of [{}, { gap: 1, batch: 19, hidden: 20 }, { batch: 1, hidden: 65, steps: 2 }]) {
        await checkKernel(device, recurrent_forward, recurrentForwardCase({ cell, hard, ...sizes }));
      }
    }
    if (cell !== "lstm") return;
    await checkKernel(
      device,
      recurrent_forward,
      recurrentForwardCase({ hard: 5, projection: 7, masked: true }),
    );
  }, { builds: true });
}

testEach("recurrent_forward() matches the reference: lstm with projection", async (device) => {
  for (const way of WAYS) {
    const projected = { ...way, projection: 7, carry: way.masked };
    await checkKernel(device, recurrent_forward, recurrentForwardCase(projected));
    await checkKernel(device, recurrent_forward, recurrentForwardCase({ ...projected, gap: 3, batch: 5 }));
  }
  for (const [hidden, projection] of [[2, 1], [65, 64], [64, 63], [256, 129]] as const) {
    await checkKernel(device, recurrent_forward, recurrentForwardCase({ hidden, projection, steps: 2 }));
  }
}, { builds: true });

// A software driver grants an invocation 65535 rounds of loops in all, and then goes on with wrong numbers: sizes near it,
// and beyond.
for (const cell of ["tanh", "lstm"] as const) {
  testEach(`recurrent_forward() matches the reference for many steps: ${cell}`, async (device) => {
    await checkKernel(
      device,
      recurrent_forward,
      recurrentForwardCase({ cell, steps: 67, batch: 2, hidden: 257 }),
    );
    await checkKernel(
      device,
      recurrent_forward,
      recurrentForwardCase({ cell, steps: 343, batch: 16, hidden: 64 }),
    );
  });
}
