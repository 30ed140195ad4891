import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  type Batch,
  checkFits,
  consecutiveBatches,
  randomBatches,
  stepsPerEpoch,
} from "../../src/data/batches.ts";

const count = (size: number) => Uint32Array.from({ length: size }, (_, i) => 1000 + i);
const rows = (matrix: Uint32Array, numSteps: number) =>
  Array.from(
    { length: matrix.length / numSteps },
    (_, b) => [...matrix.subarray(b * numSteps, (b + 1) * numSteps)],
  );

/** The tutorial's data_iter_consecutive, line by line. */
function tutorialConsecutive(ids: number[], batchSize: number, numSteps: number): [number[][], number[][]][] {
  const batchLen = Math.floor(ids.length / batchSize);
  const indices = Array.from({ length: batchSize }, (_, b) => ids.slice(b * batchLen, (b + 1) * batchLen));
  const epochSize = Math.floor((batchLen - 1) / numSteps);
  const result: [number[][], number[][]][] = [];
  for (let i = 0; i < epochSize; i++) {
    const k = i * numSteps;
    result.push([
      indices.map((row) => row.slice(k, k + numSteps)),
      indices.map((row) => row.slice(k + 1, k + numSteps + 1)),
    ]);
  }
  return result;
}

Deno.test("consecutiveBatches() gives the tutorial's printed example", () => {
  const ids = Uint32Array.from({ length: 30 }, (_, i) => i);
  const batches = [...consecutiveBatches(ids, { batchSize: 2, numSteps: 6 })];
  assertEquals(batches.map(({ inputs, targets }) => [rows(inputs, 6), rows(targets, 6)]), [
    [[[0, 1, 2, 3, 4, 5], [15, 16, 17, 18, 19, 20]], [[1, 2, 3, 4, 5, 6], [16, 17, 18, 19, 20, 21]]],
    [[[6, 7, 8, 9, 10, 11], [21, 22, 23, 24, 25, 26]], [[7, 8, 9, 10, 11, 12], [22, 23, 24, 25, 26, 27]]],
  ]);
});

Deno.test("consecutiveBatches() gives what data_iter_consecutive gives, at every size", () => {
  for (const [batchSize, numSteps] of [[3, 5], [5, 3], [1, 7], [7, 1], [1, 1]] as const) {
    for (let size = batchSize * (numSteps + 1); size < 90; size++) {
      const ids = count(size);
      const batches = [...consecutiveBatches(ids, { batchSize, numSteps })];
      assertEquals(
        batches.map((batch) => [rows(batch.inputs, numSteps), rows(batch.targets, numSteps)] as const),
        tutorialConsecutive([...ids], batchSize, numSteps),
      );
      assertEquals(batches.length, stepsPerEpoch(size, { batchSize, numSteps }));
    }
  }
});

Deno.test("consecutiveBatches() gives 8 steps of 32 x 35 for the tutorial's 10,000 characters", () => {
  const batches = [...consecutiveBatches(count(10_000), { batchSize: 32, numSteps: 35 })];
  assertEquals(batches.length, 8);
  assertEquals(batches[7]!.targets.at(-1), 1000 + 31 * 312 + 8 * 35);
});

/** Where each row of the batches begins in the corpus `count()` made. */
const starts = (batches: Batch[], numSteps: number) =>
  batches.flatMap(({ inputs }) => rows(inputs, numSteps).map((row) => row[0]! - 1000));

Deno.test("randomBatches() gives each piece of data_iter_random once, shuffled", () => {
  for (const [size, batchSize, numSteps] of [[211, 3, 5], [106, 7, 5], [91, 5, 3], [8, 1, 7]] as const) {
    const batches = [...randomBatches(count(size), { batchSize, numSteps, seed: 1, epoch: 0 })];
    const examples = Math.floor((size - 1) / numSteps);
    assertEquals(batches.length, Math.floor(examples / batchSize));
    assertEquals(batches.length, stepsPerEpoch(size, { batchSize, numSteps, sampling: "random" }));
    for (const { inputs, targets } of batches) {
      assertEquals(inputs.length, batchSize * numSteps);
      assertEquals(targets, inputs.map((id) => id + 1));
      for (const row of rows(inputs, numSteps)) assertEquals(row, row.map((_, t) => row[0]! + t));
    }
    const begun = starts(batches, numSteps);
    assertEquals(new Set(begun).size, begun.length);
    assert(begun.every((start) => start % numSteps === 0 && start < examples * numSteps));
    if (examples > 10) assertNotEquals(begun, begun.toSorted((a, b) => a - b));
  }
});

Deno.test("randomBatches() depends on the seed and the epoch alone", () => {
  const order = (seed?: number, epoch?: number) =>
    starts([...randomBatches(count(211), { batchSize: 3, numSteps: 5, seed, epoch })], 5).join();
  assertEquals(order(1, 2), order(1, 2));
  assertEquals(order(), order(0, 0));
  assertEquals(new Set([order(1, 2), order(1, 3), order(2, 2), order(2 ** 32 + 1, 2)]).size, 4);
});

Deno.test("randomBatches() keeps its order from version to version", () => {
  const batches = [...randomBatches(count(51), { batchSize: 2, numSteps: 5, seed: 0, epoch: 1 })];
  assertEquals(starts(batches, 5), [30, 40, 25, 0, 10, 20, 15, 45, 5, 35]);
});

Deno.test("randomBatches() refuses an epoch or a seed out of range, at once", () => {
  for (const epoch of [-1, 0.5, NaN, 2 ** 31]) {
    assertThrows(
      () => randomBatches(count(99), { batchSize: 2, numSteps: 5, epoch }),
      RangeError,
      `current value is ${epoch}`,
    );
  }
  assertThrows(() => randomBatches(count(99), { batchSize: 2, numSteps: 5, seed: -1 }), RangeError, "seed");
});

Deno.test("consecutiveBatches() and randomBatches() yield arrays of their own", () => {
  const ids = count(60);
  for (const cut of [consecutiveBatches, randomBatches]) {
    const [first, second] = cut(ids, { batchSize: 2, numSteps: 5 });
    const before = [...second!.inputs];
    first!.inputs.fill(0);
    first!.targets.fill(0);
    assertEquals([...second!.inputs], before);
    assertEquals(ids, count(60));
  }
});

Deno.test("consecutiveBatches() and randomBatches() widen ids of 8 and 16 bits", () => {
  const ids = count(60).map((id) => id - 1000);
  for (const cut of [consecutiveBatches, randomBatches]) {
    const batches = [...cut(ids, { batchSize: 2, numSteps: 5 })];
    for (const narrow of [Uint8Array.from(ids), Uint16Array.from(ids)]) {
      assertEquals([...cut(narrow, { batchSize: 2, numSteps: 5 })], batches);
    }
  }
});

Deno.test("stepsPerEpoch() gives 0 for a corpus that is too small", () => {
  for (const sampling of ["consecutive", "random"] as const) {
    for (const size of [0, 1, 15]) {
      assertEquals(stepsPerEpoch(size, { batchSize: 3, numSteps: 5, sampling }), 0);
    }
  }
  assertEquals(stepsPerEpoch(10_000, { batchSize: 32, numSteps: 35 }), 8);
  assertEquals(stepsPerEpoch(10_000, { batchSize: 32, numSteps: 35, sampling: "random" }), 8);
});

Deno.test("stepsPerEpoch() refuses sizes that are not positive integers, and other samplings", () => {
  for (const value of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => stepsPerEpoch(99, { batchSize: value, numSteps: 5 }),
      RangeError,
      `Cannot cut batches as batchSize must be a whole number from 1 to 4294967295: current value is ${value}`,
    );
    assertThrows(() => stepsPerEpoch(99, { batchSize: 5, numSteps: value }), RangeError, "numSteps must be");
  }
  assertThrows(
    () => stepsPerEpoch(99, { batchSize: 2, numSteps: 5, sampling: "other" as "random" }),
    RangeError,
    'sampling must be "consecutive" or "random": current value is "other"',
  );
});

Deno.test("checkFits() says what would fit", () => {
  const message = (size: number, batchSize: number, numSteps: number, sampling?: "consecutive" | "random") =>
    assertThrows(() => checkFits(size, { batchSize, numSteps, sampling }), RangeError).message;
  assertEquals(
    message(120, 32, 35),
    "Cannot cut 120 characters into batches of 32 rows of 35 steps as at least 1,152 characters are needed: " +
      "batchSize 3 with numSteps 35, or numSteps 2 with batchSize 32, would fit",
  );
  assertEquals(
    message(120, 32, 35, "random"),
    "Cannot cut 120 characters into batches of 32 rows of 35 steps as at least 1,121 characters are needed: " +
      "batchSize 3 with numSteps 35, or numSteps 3 with batchSize 32, would fit",
  );
  assertEquals(
    message(20, 1, 35),
    "Cannot cut 20 characters into batches of 1 row of 35 steps as at least 36 characters are needed: " +
      "numSteps 19 with batchSize 1 would fit",
  );
  assertEquals(
    message(20, 32, 35).split(": ")[1],
    "batchSize 1 with numSteps 19 would fit",
  );
  assertEquals(message(1, 32, 1).split(": ")[1], "not even batchSize 1 with numSteps 1 would fit");
  assertEquals(message(0, 1, 1, "random").split(": ")[1], "not even batchSize 1 with numSteps 1 would fit");
});

Deno.test("checkFits() refuses exactly the sizes that give no step, and advises the largest that fit", () => {
  for (const sampling of ["consecutive", "random"] as const) {
    for (const [batchSize, numSteps] of [[3, 5], [5, 3], [2, 7], [7, 2]] as const) {
      const steps = (size: number, batch: number, time: number) =>
        stepsPerEpoch(size, { batchSize: batch, numSteps: time, sampling });
      let size = 0;
      for (; steps(size, batchSize, numSteps) === 0; size++) {
        const { message } = assertThrows(
          () => checkFits(size, { batchSize, numSteps, sampling }),
          RangeError,
        );
        const batch = Number(message.match(`batchSize (\\d+) with numSteps ${numSteps}`)?.[1] ?? 0);
        const time = Number(message.match(`numSteps (\\d+) with batchSize ${batchSize}`)?.[1] ?? 0);
        if (batch > 0) assert(steps(size, batch, numSteps) > 0, message);
        if (time > 0) assert(steps(size, batchSize, time) > 0, message);
        assertEquals([steps(size, batch + 1, numSteps), steps(size, batchSize, time + 1)], [0, 0], message);
      }
      const { message } = assertThrows(() => checkFits(0, { batchSize, numSteps, sampling }), RangeError);
      assert(message.includes(`at least ${size} characters`), message);
      for (; size < 60; size++) checkFits(size, { batchSize, numSteps, sampling });
    }
  }
});

Deno.test("consecutiveBatches() and randomBatches() refuse a corpus that is too small, at once", () => {
  for (const cut of [consecutiveBatches, randomBatches]) {
    assertThrows(() => cut(count(15), { batchSize: 3, numSteps: 5 }), RangeError, "Cannot cut 15 characters");
  }
});
