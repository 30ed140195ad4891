/** What may stand behind a flag that is swept. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { isList, numberAt, readSpace, type SpaceOf } from "../../src/sweep/values.ts";

const OF: Record<string, SpaceOf> = {
  integer: { flag: "--hidden-size", kind: "integer", random: false },
  number: { flag: "--dropout", kind: "number", random: false },
  other: { flag: "--cell", kind: "other", random: false },
};

Deno.test("lists and ranges give each value once, numbers as people write them", () => {
  const cases: [kind: string, text: string, values: string[]][] = [
    ["integer", "128,256", ["128", "256"]],
    ["integer", "0..4", ["0", "1", "2", "3", "4"]],
    ["integer", "0..2,2,1e1,10", ["0", "1", "2", "10"]],
    ["integer", "64..128:3", ["64", "96", "128"]],
    ["integer", "log:64..1024:5", ["64", "128", "256", "512", "1024"]],
    ["integer", "1..3:9", ["1", "2", "3"]],
    ["number", "0.1,0.10,.1", ["0.1"]],
    ["number", "0..0.5:6", ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]],
    ["number", "-1..1:3", ["-1", "0", "1"]],
    ["number", "0...5:2", ["0", "0.5"]],
    ["number", "log:1e-4..1e-2:5", ["0.0001", "0.000316228", "0.001", "0.00316228", "0.01"]],
    ["number", "0,log:1e-3..1e-1:3", ["0", "0.001", "0.01", "0.1"]],
    ["other", "rnn,lstm", ["rnn", "lstm"]],
    ["other", "../a.txt,1..3", ["../a.txt", "1..3"]],
    ["number", "what", ["what"]], // the flag itself refuses it
  ];
  for (const [kind, text, values] of cases) assertEquals(readSpace(text, OF[kind]!), values, text);
  assertEquals((readSpace("log:1e-4..1e-2:8", OF["number"]!) as string[]).length, 8);
});

Deno.test("a range without a count is for a random search, and stands alone", () => {
  const random = { ...OF["number"]!, random: true };
  assertEquals(readSpace("log:1e-4..1e-2", random), { from: 1e-4, to: 1e-2, log: true, whole: false });
  assertEquals(readSpace("1..9", { ...random, kind: "integer" }), {
    from: 1,
    to: 9,
    log: false,
    whole: true,
  });
  assertEquals(isList(readSpace("0..1:3", random)), true);
  const refused: [kind: SpaceOf, text: string, sentence: string][] = [
    [
      OF["number"]!,
      "0..1",
      'Cannot use "--dropout 0..1" as a range of any numbers needs a count, as 0..1:5, or --random',
    ],
    [
      OF["integer"]!,
      "log:1..9",
      'Cannot use "--hidden-size log:1..9" as a range of any numbers needs a count, as log:1..9:5, or --random',
    ],
    [
      random,
      "0,0.1..1",
      'Cannot use "--dropout 0,0.1..1" as a range without a count stands alone: 0..1:5 has 5 values',
    ],
    [
      OF["number"]!,
      "1..0:3",
      'Cannot use "--dropout 1..0:3" as a range goes from a smaller number to a larger one',
    ],
    [
      OF["number"]!,
      "0..1e999:3",
      'Cannot use "--dropout 0..1e999:3" as a range goes from a smaller number to a larger one',
    ],
    [OF["number"]!, "log:0..1:3", 'Cannot use "--dropout log:0..1:3" as equal ratios begin above 0'],
    [OF["integer"]!, "0.5..2:3", 'Cannot use "--hidden-size 0.5..2:3" as its ends must be whole numbers'],
    [OF["number"]!, "0..1:1", 'Cannot use "--dropout 0..1:1" as a range has two values at least'],
    [OF["number"]!, "0..1:10001", 'Cannot use "--dropout 0..1:10001" as that is more than 10,000 values'],
    [OF["integer"]!, "0..10000", 'Cannot use "--hidden-size 0..10000" as that is more than 10,000 values'],
    [OF["other"]!, "rnn,", 'Cannot use "--cell rnn," as one of its values is empty'],
    [OF["other"]!, "", 'Cannot use "--cell " as one of its values is empty'],
  ];
  for (const [of, text, sentence] of refused) {
    assertEquals(assertThrows(() => readSpace(text, of), RangeError).message, sentence);
  }
});

Deno.test("numbers of a span lie between its ends, whole ones equally often", () => {
  const shares = Array.from({ length: 1000 }, (_, i) => i / 1000);
  const whole = shares.map((share) => numberAt({ from: 1, to: 4, log: false, whole: true }, share));
  assertEquals([...Map.groupBy(whole, String).values()].map((group) => group.length), [250, 250, 250, 250]);
  for (const log of [true, false]) {
    const numbers = shares.map((share) =>
      Number(numberAt({ from: 1e-4, to: 0.3, log, whole: false }, share))
    );
    assert(
      numbers.every((number, i) => number >= 1e-4 && number <= 0.3 && (i === 0 || number >= numbers[i - 1]!)),
    );
  }
});
