/** generate_steps_int8 on every device. @module */
import { assertEquals } from "@std/assert";
import { CELLS } from "../../src/kernels.ts";
import { openDevice } from "../../src/device/open_device.ts";
import { checkKernel, runCase } from "../../src/verify/cases/check_kernel.ts";
import { int8Case, type Int8CaseOptions } from "../../src/verify/cases/generate_int8.ts";
import { generate_steps_int8 } from "../../src/verify/reference/generate_steps_int8.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

/** Models of all kinds, at odd sizes. */
const MODELS: readonly Int8CaseOptions[] = [
  {},
  { layers: 1, extreme: true },
  { layers: 3, bias: false },
  { embedding: 7 },
  { embedding: 16, layers: 1, extreme: true },
  { batch: 1, pad: 3 },
  { batch: 1, embedding: 5, hidden: 7 },
  { batch: 2, hidden: 1, columns: 1, layers: 1 },
];

for (const cell of CELLS) {
  testEach(`generate_steps_int8() matches the reference: ${cell}`, async (device) => {
    for (const model of MODELS) {
      for (
        const drawn of [{ steps: 1 }, { steps: 3, asked: false }, { steps: 4, temperature: 1 }, {
          steps: 5,
          given: true,
        }]
      ) {
        await checkKernel(device, generate_steps_int8, int8Case({ cell, ...model, ...drawn }));
      }
    }
  });

  testEach(`generate_steps_int8() at the edges of panels and shares: ${cell}`, async (device) => {
    for (const [hidden, batch, columns] of [[12, 1, 257], [33, 2, 65], [64, 5, 63], [65, 4, 97]] as const) {
      const embedding = hidden === 65 ? 33 : 0;
      const given = int8Case({ cell, hidden, batch, columns, embedding, layers: 1, steps: 2 });
      await checkKernel(device, generate_steps_int8, given);
    }
  });
}

testEach("generate_steps_int8() has sums beyond 2^24", async (device) => {
  const sizes = { hidden: 1057, columns: 5, layers: 1, batch: 1, steps: 1 };
  await checkKernel(device, generate_steps_int8, int8Case({ cell: "relu", ...sizes, extreme: true }));
});

testEach("generate_steps_int8() leaves a row without an id as it is, and has hard gates", async (device) => {
  for (const cell of ["gru", "lstm", "gru_reset_before"] as const) {
    await checkKernel(device, generate_steps_int8, int8Case({ cell, hard: 5, idle: true }));
  }
});

if (DEVICE_NAMES.includes("wasm")) {
  Deno.test("sums of int8 are those of the plain build, bit for bit, at any number of threads [wasm]", async () => {
    using relaxed = await openDevice("wasm", { threads: 1 });
    using plain = await openDevice("wasm", { threads: 2, deterministic: true });
    // With relu no cell is a polynomial, so that states and logits have the bits of sums.
    for (const batch of [1, 5]) {
      const sizes = { hidden: 301, columns: 9, layers: 1, batch, steps: 1 };
      const given = int8Case({ cell: "relu", ...sizes, extreme: true });
      const [one, other] = [await runCase(relaxed, given), await runCase(plain, given)];
      assertEquals([other.states, other.logits], [one.states, one.logits]);
    }
  });
}
