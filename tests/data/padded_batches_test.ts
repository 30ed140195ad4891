/** paddedBatches(): each sequence once, as it was, in batches of a few lengths with little padding. @module */
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { paddedBatches, type ShapedArray } from "../../mod.ts";
import { chooseLengths } from "../../src/data/choose_lengths.ts";
import { Random } from "../../src/random.ts";

/** Lengths whose logarithms are normal: median 50, σ 0.5. */
function logNormal(count: number, seed: number): number[] {
  const random = new Random(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  return Array.from({ length: count }, () => Math.max(1, Math.round(50 * Math.exp(0.5 * normal()))));
}

for (const [numLengths, most] of [[8, 0.17], [24, 0.06]] as const) {
  Deno.test(`of 10,000 log-normal sequences ${100 * most} % at most are padding with ${numLengths} lengths`, () => {
    for (const seed of [0, 1, 2]) {
      const ids = logNormal(10_000, seed).map((length) => new Uint8Array(length));
      for (const epoch of [1, 2]) {
        const shapes = new Set<number>();
        let steps = 0;
        let counted = 0;
        let rows = 0;
        for (
          const { ids: { shape }, lengths } of paddedBatches({ ids }, { batchSize: 32, numLengths, epoch })
        ) {
          assertEquals([shape[0], lengths.length], [32, 32]);
          shapes.add(shape[1]!);
          rows += 32;
          steps += 32 * shape[1]!;
          counted += lengths.reduce((sum, length) => sum + length, 0);
        }
        assertEquals(rows, 9984);
        assert(shapes.size <= numLengths, `${shapes.size} lengths`);
        const padding = 1 - counted / steps;
        assert(padding <= most, `seed ${seed}, epoch ${epoch}: ${padding}`);
      }
    }
  });
}

Deno.test("the lengths that are chosen leave the least padding of all choices", () => {
  const random = new Random(5);
  const lengths = Array.from({ length: 30 }, () => 1 + random.integer(9));
  const stepsOf = (chosen: readonly number[]): number =>
    lengths.reduce((sum, length) => sum + (chosen.find((each) => each >= length) ?? Infinity), 0);
  const subsets = Array.from(
    { length: 2 ** 9 },
    (_, bits) => Array.from({ length: 9 }, (_, i) => i + 1).filter((length) => bits >> (length - 1) & 1),
  );
  for (const count of [1, 2, 3, 5]) {
    const least = Math.min(...subsets.filter(({ length }) => length <= count).map(stepsOf));
    const chosen = chooseLengths(lengths, count);
    assertEquals([chosen.length, stepsOf(chosen)], [count, least]);
  }
  const many = Array.from({ length: 3000 }, (_, index) => 1 + index);
  const [first, ...rest] = chooseLengths(many, 4);
  assertEquals([first, ...rest].length, 4);
  assertEquals(rest.at(-1), 3000);
});

/** Sequences of 1 to 9 steps: ids, numbers of two features, a class, and two numbers each. */
function makeSequences(count: number) {
  const lengths = Array.from({ length: count }, (_, n) => 1 + (n * 7) % 9);
  return {
    ids: lengths.map((length, n) => Uint8Array.from({ length }, (_, t) => 1 + (n * 10 + t) % 250)),
    x: lengths.map((length, n): ShapedArray => ({
      data: Float32Array.from({ length: 2 * length }, (_, i) => n + i / 100),
      shape: [length, 2],
    })),
    label: Uint16Array.from(lengths, (_, n) => n),
    goal: { data: Float32Array.from({ length: 2 * count }, (_, i) => i), shape: [count, 2] },
  };
}

for (const batchFirst of [false, true]) {
  for (const dropLast of [false, true]) {
    Deno.test(`each sequence comes once, as it was: batchFirst ${batchFirst}, dropLast ${dropLast}`, () => {
      const sequences = makeSequences(23);
      const options = { batchSize: 4, numLengths: 3, batchFirst, dropLast, padding: { ids: 255 } };
      const seen: number[] = [];
      for (const { ids, x, label, goal, lengths } of paddedBatches(sequences, options)) {
        const [B, T] = ids.shape as [number, number];
        assertEquals(x.shape, batchFirst ? [B, T, 2] : [T, B, 2]);
        assertEquals([label.shape, goal.shape], [[B], [B, 2]]);
        label.data.forEach((n, b) => {
          seen.push(n);
          const row = [...ids.data.subarray(b * T, (b + 1) * T)];
          const length = sequences.ids[n]!.length;
          assertEquals(lengths[b], length);
          assertEquals(row, [...sequences.ids[n]!, ...Array<number>(T - length).fill(255)]);
          const at = (t: number, i: number): number =>
            x.data[batchFirst ? (b * T + t) * 2 + i : (t * B + b) * 2 + i]!;
          for (let t = 0; t < T; t++) {
            for (const i of [0, 1]) assertEquals(at(t, i), t < length ? sequences.x[n]!.data[2 * t + i] : 0);
          }
          assertEquals([...goal.data.subarray(2 * b, 2 * b + 2)], [2 * n, 2 * n + 1]);
        });
      }
      assertEquals(new Set(seen).size, seen.length);
      assertEquals(seen.length, dropLast ? 20 : 23);
    });
  }
}

Deno.test("a seed and an epoch give an order, and the same lengths", () => {
  const sequences = makeSequences(50);
  const orderOf = (seed: number, epoch: number): number[][] =>
    [...paddedBatches(sequences, { batchSize: 4, numLengths: 3, seed, epoch })].map((
      { label },
    ) => [...label.data]);
  const lengthsOf = (epoch: number): number[] =>
    [
      ...new Set(
        [...paddedBatches(sequences, { batchSize: 4, numLengths: 3, epoch })].map(({ ids }) => ids.shape[1]!),
      ),
    ]
      .sort();
  assertEquals(orderOf(1, 2), orderOf(1, 2));
  assertNotEquals(orderOf(1, 2), orderOf(1, 3));
  assertNotEquals(orderOf(1, 2), orderOf(2, 2));
  assertEquals(lengthsOf(1), lengthsOf(2));
});

Deno.test("what cannot be cut is refused", () => {
  const sequences = makeSequences(5);
  // deno-lint-ignore no-explicit-any
  const cut = (change: any, options: any = {}): unknown =>
    paddedBatches({ ...sequences, ...change }, { batchSize: 2, ...options });
  const cases: [change: object, options: object, sentence: string][] = [
    [{}, { batchSize: 0 }, "Cannot cut batches as batchSize must be"],
    [{}, { numLengths: 1.5 }, "Cannot cut batches as numLengths must be"],
    [{}, { epoch: 2 ** 31 }, "Cannot cut batches as epoch must be"],
    [{}, { batchSize: 6 }, "Cannot cut 5 sequences into batches of 6 rows"],
    [
      {},
      { padding: { ids: -1 } },
      'Cannot pad sequences as the padding of "ids" must be a whole number from 0',
    ],
    [
      {},
      { padding: { ids: 0.5 } },
      'Cannot pad sequences as the padding of "ids" must be a whole number from 0',
    ],
    [{}, { padding: { idds: 1 } }, 'Cannot pad sequences with unknown option "idds": did you mean "ids"?'],
    [{ lengths: new Uint8Array(5) }, {}, 'Cannot cut sequences with a column "lengths"'],
    [{ label: new Uint8Array(4) }, {}, 'Cannot cut 5 sequences as "label" has 4 entries'],
    [{ ids: sequences.ids.slice(1) }, {}, 'Cannot cut sequences as "x" has other numbers of steps'],
    [{ ids: [] }, {}, 'Cannot cut sequences as "ids" has none'],
    [{ ids: [[1]] }, {}, 'Cannot cut sequences as "ids" must have Float32Arrays, or ids'],
    [
      { ids: [new Uint8Array(0)] },
      {},
      'Cannot cut sequences as one of "ids" is empty: each has a step at least',
    ],
    [
      { goal: { data: new Float32Array(9), shape: [5, 2] } },
      {},
      'an array of "goal" has 9 elements: its shape is [5,2]',
    ],
    [
      { x: [new Float32Array(1), ...sequences.x.slice(1)] },
      {},
      'Cannot cut sequences as those of "x" have several types or shapes',
    ],
  ];
  for (const [change, options, sentence] of cases) assertThrows(() => cut(change, options), Error, sentence);
  assertThrows(
    () => paddedBatches({ label: new Uint8Array(3) }, { batchSize: 1 }),
    TypeError,
    "Cannot cut sequences without a column of steps",
  );
});
