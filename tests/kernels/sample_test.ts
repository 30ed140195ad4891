/** sample on every device. @module */
import { assert, assertEquals } from "@std/assert";
import { sample } from "../../src/verify/reference/sample.ts";
import { type Manner, sampleCase, type SampleOptions } from "../../src/verify/cases/sample.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

/** The same logits for each of `batch` rows, so that the rows are draws of one distribution. */
function draws(
  row: readonly number[],
  batch: number,
  options: SampleOptions = {},
): ReturnType<typeof sampleCase> {
  const logits = Float64Array.from(
    { length: batch * row.length },
    (_, i) => Math.fround(row[i % row.length]!),
  );
  return sampleCase({ ...options, logits, batch, columns: row.length });
}

testEach("sample() matches the reference", async (device) => {
  for (const columns of [1, 2, 13, 63, 64, 65, 129, 257, 1027]) {
    for (const temperature of [0, 0.5, 1, 2]) {
      for (
        const [topK, topP] of [[0, 1], [1, 1], [5, 1], [64, 1], [columns, 1], [0, 0.9], [0, 0.1], [40, 0.7]]
      ) {
        await checkKernel(device, sample, sampleCase({ columns, temperature, topK, topP }));
      }
    }
    await checkKernel(device, sample, sampleCase({ columns, ld: columns + 3, topK: 7, topP: 0.8, slot: 2 }));
  }
});

testEach(
  "sample() keeps how far a logit lies above the largest where no logarithm is asked for",
  async (device) => {
    for (const columns of [1, 2, 13, 64, 65, 257]) {
      for (const manner of [{ temperature: 0 }, {}, { topK: 5, topP: 0.7 }] as Manner[]) {
        const row = (b: number): Manner => ({
          ...manner,
          barred: b === 2 && columns > 1 ? columns >> 1 : -1,
        });
        const plain = await checkKernel(device, sample, sampleCase({ columns, row, asked: false }));
        const asked = await checkKernel(device, sample, sampleCase({ columns, row }));
        assertEquals(plain.ids, asked.ids);
      }
    }
  },
);

testEach("sample() draws each row in its own manner", async (device) => {
  const manners = (b: number): Manner => ({
    temperature: [0, 0.5, 1, 2][b % 4]!,
    topK: [0, 3, 40][b % 3]!,
    topP: [1, 0.8, 0.5, 1, 0.3][b % 5]!,
    seed: [b, 2 ** 32 - 1 - b],
    stream: 2 ** 32 - 1 - 7 * b,
    position: 1000 * b,
  });
  for (const columns of [13, 257]) {
    await checkKernel(device, sample, sampleCase({ batch: 61, columns, slot: 2, row: manners }));
  }
});

testEach("sample() draws no id that is barred, and its probability is left as it is", async (device) => {
  for (const columns of [2, 13, 64, 65, 257]) {
    for (
      const manner of [{ temperature: 0 }, {}, { topK: 5 }, { topP: 0.7 }, { topK: 9, topP: 0.5 }] as Manner[]
    ) {
      const row = (b: number): Manner => ({ ...manner, barred: [0, columns - 1, columns >> 1, -1][b % 4]! });
      await checkKernel(device, sample, sampleCase({ batch: 24, columns, row }));
    }
  }
  const row = [1, 9, 0, 9, 8];
  for (const [barred, id] of [[1, 3], [3, 1], [0, 1], [-1, 1]]) {
    const { ids } = await checkKernel(device, sample, draws(row, 2, { temperature: 0, barred: barred! }));
    assertEquals(ids, Float64Array.of(id!, id!));
  }
  const { ids } = await checkKernel(
    device,
    sample,
    draws(row, 500, { temperature: 3, barred: 1, margin: 0 }),
  );
  assertEquals([...new Set(ids)].sort(), [0, 2, 3, 4]);
});

testEach("sample() draws what it draws beside other rows", async (device) => {
  const row = Array.from({ length: 65 }, (_, v) => Math.sin(v));
  const together = await checkKernel(device, sample, draws(row, 40));
  for (const stream of [0, 1, 39]) {
    const alone = await checkKernel(device, sample, draws(row, 1, { row: () => ({ stream }) }));
    assertEquals(alone.ids![0], together.ids![stream]);
  }
});

testEach("sample() says of logits that are not finite that the logarithm is not", async (device) => {
  for (const bad of [NaN, Infinity]) {
    for (const columns of [1, 13, 257]) {
      for (const at of new Set([0, columns - 1, columns >> 1])) {
        for (
          const manner of [{ temperature: 0 }, {}, { topK: 5, topP: 0.7 }].flatMap((manner) =>
            [true, false].map((asked) => ({ ...manner, asked }))
          ) as SampleOptions[]
        ) {
          const given = sampleCase({ batch: 2, columns, ...manner });
          given.buffers.logits[at] = bad; // of the first row
          const { ids, history } = await runCase(device, given);
          const [, logarithm, , other] = decode("history", history!.subarray(4));
          assert(!Number.isFinite(logarithm), `${bad} at ${at} of ${columns}: ${logarithm}`);
          assert(ids![0]! < columns && Number.isFinite(other));
        }
      }
    }
  }
});

testEach("sample() draws anew for another seed, position or row", async (device) => {
  const row = Array.from({ length: 65 }, (_, v) => Math.sin(v));
  const seen = new Set<string>();
  for (const options of [{}, { position: 12 }, { seed: [43, 7] }, { seed: [42, 8] }] as SampleOptions[]) {
    const { ids } = await checkKernel(device, sample, draws(row, 40, options));
    assert(new Set(ids).size > 5);
    seen.add(ids!.join());
  }
  assertEquals(seen.size, 4);
});

testEach("sample() at temperature 0 takes the lowest id among equal logits", async (device) => {
  for (const [row, id] of [[[0, 0, 0], 0], [[1, 3, 3, 2, 3], 1], [[-5, -7, -5], 0]] as const) {
    assertEquals(
      (await checkKernel(device, sample, draws(row, 2, { temperature: 0 }))).ids,
      Float64Array.of(id, id),
    );
  }
  const wide = new Array<number>(1027).fill(-1);
  for (const equal of [[1026], [64, 1026], [63, 64], [511, 770]]) {
    const row = wide.map((value, v) => equal.includes(v) ? 2 : value);
    for (const options of [{ temperature: 0 }, { topK: 1 }, { topP: 1e-6 }] as SampleOptions[]) {
      assertEquals(
        (await checkKernel(device, sample, draws(row, 1, options))).ids,
        Float64Array.of(equal[0]!),
      );
    }
  }
});

// Equal logits have probabilities that are sums of powers of two: every edge below is exact in f32.
const KEPT: { name: string; row: number[]; options: SampleOptions; kept: number[] }[] = [
  {
    name: "top-k keeps the lowest ids among ties",
    row: [0, 1, 0, 1, 0],
    options: { topK: 3 },
    kept: [0, 1, 3],
  },
  { name: "top-k keeps k equal logits", row: [2, 2, 2, 2], options: { topK: 2 }, kept: [0, 1] },
  { name: "top-k above V keeps all", row: [0, 0, 0], options: { topK: 100 }, kept: [0, 1, 2] },
  { name: "top-p stops at a sum that equals p", row: [0, 0, 0, 0], options: { topP: 0.5 }, kept: [0, 1] },
  { name: "top-p takes one more beyond it", row: [0, 0, 0, 0], options: { topP: 0.51 }, kept: [0, 1, 2] },
  { name: "top-p tiny keeps the largest", row: [0, 3, 0, 3], options: { topP: 1e-6 }, kept: [1] },
  { name: "top-p counts what top-k has kept", row: [0, 0, 0, 0], options: { topK: 2, topP: 0.5 }, kept: [0] },
  {
    name: "temperature comes before top-p",
    row: [0, 4, 0, 0],
    options: { temperature: 1000, topP: 0.6 },
    kept: [0, 1, 2],
  },
];

for (const { name, row, options, kept } of KEPT) {
  testEach(`sample(): ${name}`, async (device) => {
    const { ids } = await checkKernel(device, sample, draws(row, 64, { ...options, margin: 0 }));
    assertEquals([...new Set(ids)].sort(), kept);
  });
}

testEach(
  "sample() takes the id whose running sum exceeds a draw that equals the one before",
  async (device) => {
    const half = { seed: [42, 7] as [number, number], position: 6090529, margin: 0 }; // its uniform is 0.5
    assertEquals((await checkKernel(device, sample, draws([0, 0], 1, half))).ids, Float64Array.of(1));
    assertEquals(
      (await checkKernel(device, sample, draws([0, 1, 0, 1], 1, { ...half, topK: 2 }))).ids,
      Float64Array.of(3),
    );
  },
);

testEach("sample() draws 4,000 ids as often as their probabilities say", async (device) => {
  const probabilities = [0.5, 0.25, 0.15, 0.08, 0.02];
  const { ids, history } = await checkKernel(device, sample, draws(probabilities.map(Math.log), 4000));
  const counts = probabilities.map((_, v) => ids!.filter((id) => id === v).length);
  const squares = counts.map((count, v) =>
    (count - 4000 * probabilities[v]!) ** 2 / (4000 * probabilities[v]!)
  );
  assert(squares.reduce((a, b) => a + b) < 18.47, `χ² with 4 degrees of freedom passes 0.001: ${counts}`);
  for (const b of [0, 1, 3999]) {
    const logProbability = history![(4000 + b) * 2 + 1]!;
    assert(Math.abs(logProbability - Math.log(probabilities[ids![b]!]!)) < 1e-5);
  }
});

testEach("sample() takes logits of ±10,000", async (device) => {
  for (const temperature of [0, 0.7, 1]) {
    const { ids, history } = await checkKernel(
      device,
      sample,
      draws([-1e4, 1e4, 0, 1e4], 64, { temperature, margin: 0 }),
    );
    assertEquals(new Set(ids), new Set(temperature ? [1, 3] : [1]));
    assert(history!.every(Number.isFinite));
  }
});
