/** generate_steps on every device. @module */
import { assertEquals } from "@std/assert";
import { CELLS } from "../../src/kernels.ts";
import { NONE } from "../../src/kernels/numbers.ts";
import { generate_steps } from "../../src/verify/reference/generate_steps.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { generateCase, type GenerateCaseOptions } from "../../src/verify/cases/generate.ts";
import { testEach } from "../support/test_each.ts";

/** Models of all kinds, at odd sizes. */
const MODELS: readonly GenerateCaseOptions[] = [
  {},
  { layers: 1 },
  { layers: 3, bias: false },
  { embedding: 7 },
  { embedding: 11, tied: true, layers: 1 },
  { batch: 1, pad: 3 },
  { batch: 1, embedding: 5, hidden: 7 },
  { batch: 2, hidden: 1, columns: 1, layers: 1 },
];

for (const cell of CELLS) {
  testEach(`generate_steps() matches the reference: ${cell}`, async (device) => {
    for (const model of MODELS) {
      for (
        const drawn of [{}, { asked: false }, { temperature: 1, asked: false }, {
          temperature: 0.7,
          topK: 5,
          topP: 0.8,
        }]
      ) {
        for (const steps of [1, 4, 5]) {
          await checkKernel(device, generate_steps, generateCase({ cell, ...model, ...drawn, steps }));
        }
      }
    }
  });

  testEach(
    `generate_steps() reads given ids, and leaves waiting rows as they are: ${cell}`,
    async (device) => {
      for (const model of MODELS) {
        for (const steps of [1, 2, 5]) {
          const given = generateCase({ cell, ...model, steps, given: true });
          const { logits, history, ids } = await checkKernel(device, generate_steps, given);
          assertEquals(history, given.buffers.history);
          assertEquals(ids, given.buffers.ids);
          assertEquals(logits!.length, given.buffers.logits.length);
        }
      }
    },
  );

  testEach(`generate_steps() draws nothing for a row without an id: ${cell}`, async (device) => {
    for (const model of MODELS.filter(({ batch }) => batch !== 1)) {
      for (const steps of [1, 4]) {
        const idle = generateCase({ cell, ...model, steps, idle: true });
        const { ids } = await checkKernel(device, generate_steps, idle);
        assertEquals(ids![1], NONE);
      }
    }
  });

  testEach(`generate_steps() at the edges of tiles and shares: ${cell}`, async (device) => {
    for (const hidden of [12, 63, 64, 65, 131]) {
      for (const [batch, columns] of [[1, 257], [2, 65], [5, 63], [8, 131], [13, 97]] as const) {
        const embedding = hidden === 65 ? 33 : 0;
        await checkKernel(
          device,
          generate_steps,
          generateCase({ cell, hidden, batch, columns, embedding, steps: 3 }),
        );
      }
    }
  });
}

for (const cell of ["gru", "lstm", "gru_reset_before"] as const) {
  testEach(`generate_steps() has hard gates: ${cell}`, async (device) => {
    for (const hard of [1, 5, 6]) {
      for (const model of MODELS) {
        await checkKernel(device, generate_steps, generateCase({ cell, hard, ...model }));
      }
    }
  });
}

testEach("generate_steps() at a size beyond the first piece of a vector", async (device) => {
  for (const batch of [1, 2]) {
    const options = {
      cell: "tanh",
      hidden: 2053,
      layers: 1,
      columns: 5,
      embedding: 3,
      steps: 2,
      batch,
    } as const;
    await checkKernel(device, generate_steps, generateCase(options));
  }
});

// Draws have the most rounds of loops: a software driver that grants an invocation few of them gave id 0 from the sixth on.
testEach("generate_steps() draws many characters of a large vocabulary", async (device) => {
  const options = { cell: "tanh", batch: 1, hidden: 8, columns: 20_000, steps: 24 } as const;
  const given = generateCase({ ...options, temperature: 1, topK: 50, topP: 0.9, position: 0 });
  await checkKernel(device, generate_steps, given);
});
