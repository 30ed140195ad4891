/**
 * Draws from a uniform distribution, and whether they are independent: of rows, of seeds, of places in a text, however they
 * are asked for. χ² of counts, at a level of 0.001 or less; seeds are fixed, so that a test passes or fails for good.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Device, generate, type GenerateOptions, RNN, RNNModel, Vocabulary } from "../../mod.ts";
import { StreamsByStep } from "../../src/generate/by_step.ts";
import { readPrefixes } from "../../src/generate/streams.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { threefry2x32, uniform } from "../../src/random.ts";
import { makeModel } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const V = 8;
const VOCABULARY = Vocabulary.fromText("abcdefgh");

/** A model to which all characters are equally likely. */
async function uniformModel(device: Device): Promise<RNNModel> {
  const model = new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 4, seed: 0 }), V);
  const dict = await model.stateDict();
  for (const { data } of Object.values(dict)) data.fill(0);
  model.loadStateDict(dict);
  return model;
}

/** The ids of each row. */
async function rowsOf(
  model: RNNModel,
  options: GenerateOptions,
  vocabulary: Vocabulary = VOCABULARY,
): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const { row, id } of generate(model, vocabulary, options)) rows[row] = [...rows[row] ?? [], id];
  return rows;
}

/** The largest χ² that is let pass: mean and five standard deviations, less than one in 10,000 for 7 to 63 degrees. */
function most(degrees: number): number {
  return degrees + 5 * Math.sqrt(2 * degrees);
}

/** Holds counts of `cells` outcomes that are equally likely to their mean. */
function assertUniform(outcomes: readonly number[], cells: number, what: string): void {
  const counts = new Float64Array(cells);
  for (const outcome of outcomes) counts[outcome]!++;
  const mean = outcomes.length / cells;
  assert(mean >= 5, "too few for χ²");
  const square = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  assert(square < most(cells - 1), `${what}: χ² is ${square} of ${cells - 1} degrees: ${counts}`);
}

/** Each of two sequences is uniform, and so are their pairs: they know nothing of each other. */
function assertIndependent(one: readonly number[], other: readonly number[], what: string): void {
  assertEquals(one.length, other.length);
  assertUniform(one, V, what);
  assertUniform(other, V, what);
  assertUniform(one.map((id, i) => V * id + other[i]!), V * V, `pairs of ${what}`);
}

/** Rows against the next row, places against the next, and both. */
function assertNeighbours(rows: readonly (readonly number[])[], what: string): void {
  const pairs = (down: number, right: number): [number[], number[]] => {
    const one: number[] = [];
    const other: number[] = [];
    for (let r = 0; r + down < rows.length; r++) {
      for (let t = 0; t + right < rows[r]!.length; t++) {
        one.push(rows[r]![t]!);
        other.push(rows[r + down]![t + right]!);
      }
    }
    return [one, other];
  };
  for (const [down, right] of [[1, 0], [0, 1], [1, 1], [2, 0], [0, 2]] as const) {
    assertIndependent(...pairs(down, right), `${what}, ${down} rows and ${right} places on`);
  }
}

testEach("rows and places draw independently, of several prefixes and of equal ones", async (device) => {
  using model = await uniformModel(device);
  const length = 120;
  const prefixes = Array.from({ length: 24 }, (_, i) => VOCABULARY.tokens[i % V]!);
  const requests: [name: string, options: GenerateOptions][] = [
    ["prefixes", { prefixes }],
    ["equal prefixes", { prefixes: Array(24).fill("a") }],
    ["a count", { prefix: "a", count: 24 }],
    ["prefixes and a count", { prefixes: prefixes.slice(0, 8), count: 3 }],
  ];
  const found = new Set<string>();
  for (const [name, options] of requests) {
    const rows = await rowsOf(model, { ...options, length, seed: 11 });
    assertEquals(rows.length, 24);
    assertNeighbours(rows, name);
    found.add(rows.join());
  }
  assertEquals(found.size, 1, "a row's numbers depend on its index alone");
});

testEach("places of one row, and the rows at one place, are uniform", async (device) => {
  using model = await uniformModel(device);
  const [row] = await rowsOf(model, { prefix: "a", length: 2000, seed: 3 });
  assertIndependent(row!.slice(0, -1), row!.slice(1), "one row");
  const rows = await rowsOf(model, { prefix: "a", count: 2000, length: 2, seed: 3 });
  const at = (place: number): number[] => rows.map((one) => one[place]!);
  assertIndependent(at(0), at(1), "the first two places");
  assertIndependent(at(0).slice(0, -1), at(0).slice(1), "neighbouring rows at the first place");
});

testEach("neighbouring seeds draw independently, also beyond 32 bits", async (device) => {
  using model = await uniformModel(device);
  for (const first of [0, 2 ** 32 - 10, 2 ** 53 - 20]) {
    const rows: number[][] = [];
    for (let seed = first; seed < first + 20; seed++) {
      const [one, other] = await rowsOf(model, { prefix: "a", count: 2, length: 72, seed });
      rows.push([...one!, ...other!]);
    }
    assertNeighbours(rows, `seeds from ${first} on`);
    // A row of one seed against the next row of the next seed.
    assertIndependent(
      rows.slice(0, -1).flatMap((row) => row.slice(0, 72)),
      rows.slice(1).flatMap((row) => row.slice(72)),
      "rows of neighbouring seeds",
    );
  }
});

testEach("row r draws by the seed's stream r: the same numbers on every device", async (device) => {
  using model = await uniformModel(device);
  for (const seed of [0, 2 ** 32 + 5, 2 ** 53 - 1]) {
    const rows = await rowsOf(model, { prefixes: ["a", "b"], count: 3, firstRow: 9, length: 30, seed });
    const drawn = (position: number, row: number): number =>
      uniform(threefry2x32(seed % 2 ** 32, Math.floor(seed / 2 ** 32), position, row)[0]);
    const expected = Array.from(
      { length: 6 },
      (_, row) => Array.from({ length: 30 }, (_, position) => Math.floor(V * drawn(position, 9 + row))),
    );
    assertEquals(rows, expected);
  }
});

testEach("both ways to generate draw by the same numbers", async (device) => {
  using model = await uniformModel(device);
  using streams = new StreamsByStep(model, { batch: 3, most: 50 });
  await readPrefixes(streams, [0, 1, 2].map((id) => Uint32Array.of(id)));
  const draws = [7, 8, 9].map((stream) => ({ seed: 11, stream, position: 5 }));
  const history = await streams.draw(draws, 50);
  const rows = await rowsOf(model, { prefix: "a", count: 3, firstRow: 7, length: 55, seed: 11 });
  assertEquals(
    [0, 1, 2].map((row) => Array.from({ length: 50 }, (_, step) => history(step, row).id)),
    rows.map((row) => row.slice(5)),
  );
});

testEach("a row's logits have the same bits alone and beside three others", async (device) => {
  const vocabulary = Vocabulary.fromText("床前明月光，疑是地上霜。举头望明月，低头思故乡。");
  for (const cell of KINDS) {
    using model = makeModel(device, { cell, vocabularySize: vocabulary.size, numLayers: 2, hiddenSize: 67 });
    const options = { length: 40, seed: 5, temperature: 0.9, logProbabilities: true };
    const of = async (own: GenerateOptions): Promise<number[][]> => {
      const rows: number[][] = [];
      for await (const { row, logProbability } of generate(model, vocabulary, { ...options, ...own })) {
        rows[row] = [...rows[row] ?? [], logProbability!];
      }
      return rows;
    };
    const prefixes = ["床", "举头望明月"];
    const together = await of({ prefixes, count: 2 });
    for (let row = 0; row < 4; row++) {
      assertEquals(
        await of({ prefix: prefixes[row >> 1]!, firstRow: row }),
        [together[row]],
        `${cell} ${row}`,
      );
    }
  }
});

testEach("a row's text is the same alone and beside any others", async (device) => {
  const vocabulary = Vocabulary.fromText("床前明月光，疑是地上霜。举头望明月，低头思故乡。");
  for (const cell of ["rnn", "lstm"] as const) {
    using model = makeModel(device, { cell, vocabularySize: vocabulary.size, numLayers: 2 });
    const options = { length: 40, seed: 5, temperature: 0.9, topK: 15 };
    const prefixes = ["床", "举头望明月", "低头"];
    const together = await rowsOf(model, { ...options, prefixes, count: 2 }, vocabulary);
    assertEquals(new Set(together.map(String)).size, 6);
    for (let row = 0; row < 6; row++) {
      const prefix = prefixes[row >> 1]!;
      const alone = await rowsOf(model, { ...options, prefix, firstRow: row }, vocabulary);
      assertEquals(alone, [together[row]]);
    }
    const part = await rowsOf(model, { ...options, prefix: "低头", count: 2, firstRow: 4 }, vocabulary);
    assertEquals(part, together.slice(4));
  }
});
