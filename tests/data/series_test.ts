/** Series of comma-separated values, their times, their scales and their windows. @module */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { parseSeries, Standardizer, windows } from "../../mod.ts";
import { readCsv } from "../../src/data/csv.ts";
import { continueTimes, timeOf } from "../../src/data/times.ts";

Deno.test("a table has a byte order mark, quotes with line breaks in them, any line breaks and separators", () => {
  const csv = '\ufeff"day,\r\nof it","a ""b"""\r\n2024-02-28,1\r\n\r\n2024-02-29,-2.5e1';
  const { columns, values, time } = parseSeries(csv, { time: "day,\r\nof it" });
  assertEquals([columns, [...values], time?.texts], [['a "b"'], [1, -25], ["2024-02-28", "2024-02-29"]]);
  for (const separator of [";", "\t"]) {
    assertEquals([...parseSeries(`year${separator}a\r1${separator}2\r`).values], [2]);
  }
  assertEquals([...parseSeries("\r\na;b\n1;2\n").values], [1, 2]);
  assertEquals([...parseSeries("a\n1\n2\n\n\n").values], [1, 2]);
  assertEquals(readCsv("a\n1").at(-1), { row: 2, cells: ["1"] });
  assertEquals(readCsv(`a\n"${"x".repeat(2 ** 20)}"`)[1]!.cells[0]!.length, 2 ** 20);
});

Deno.test("what is no table of numbers is told with its row and column", () => {
  for (
    const [csv, sentence, options] of [
      ["", "it is empty: its first row names the columns"],
      ["a,b\n", "it has no row behind its header"],
      ["a,b\n1,2\n3", "row 3 has 1 cell: its first row has 2"],
      ["a,b\n1,2\n3,4,5", "row 3 has 3 cells: its first row has 2"],
      ["a,b\n1,2\n\n3,", 'row 4 of column "b" is empty'],
      ["a,b\n1,n/a", 'row 2 of column "b" is "n/a", which is no number'],
      ["a\n1e99", 'row 2 of column "a" is "1e99", which is out of float32\'s range'],
      ["a\n1\n\n2", 'row 3 of column "a" is empty'],
      ["1700,5\n1701,11", "row 1 is of numbers alone: the first row names the columns"],
      ["2024-01-01,5\n2024-01-02,11", "row 1 is of numbers alone"],
      ['a,b\n1,"2', "cell 2 of row 2 is broken: its quotation marks are not in pairs around it"],
      ['a,b\n1,2"3"', 'row 2 of column "b" is "2\\"3\\"", which is no number'],
      ["a,b,a\n1,2,3", 'it has several columns "a"'],
      ["sales,b\n1,2", 'it has no column "sale": did you mean "sales"?', { columns: ["sale"] }],
      ["a,b\n1,2", 'it has no column "zzz": it has "a", "b"', { columns: ["zzz"] }],
      ["a,b\n1,2", 'Cannot read column "a" of the series twice', { columns: ["a", "b", "a"] }],
      ["year\n1", "it has no column but that of times"],
      ["year,a\n1,1\n2,1\n2,1", 'its times "year" do not rise: row 4 is "2", behind "2"'],
      ["d,a\n2024-02-01,1\n2024-01-01,2", 'row 3 is "2024-01-01", behind "2024-02-01"'],
      ["d,a\n2024-02-01,1\n2024-02-30,2", 'row 3 of its times "d" is "2024-02-30", which is neither'],
      ["t,a\n1,1\n,2", 'row 3 of its times "t" is empty'],
    ] as [string, string, object?][]
  ) assertThrows(() => parseSeries(csv, options), Error, sentence);
});

Deno.test("times are found by their name or their dates, named, or none", () => {
  const found = (csv: string, options?: object): string | undefined => parseSeries(csv, options).time?.name;
  assertEquals(found("Year,a\n1,2"), "Year");
  assertEquals(found("x,a\n2024-01-01,2"), "x");
  assertEquals(found(",a\n0,2\n1,3"), "");
  assertEquals(found("0,1\n5,2", { columns: ["1"] }), undefined);
  assertEquals(found("a,b\n1,2"), undefined);
  assertEquals(found("a,b\n1,2", { time: "b" }), "b");
  assertEquals(found("year,b\n2,2\n1,1", { time: "none" }), undefined);
  assertEquals(found("year,b\n2,2\n1,1", { columns: ["year"] }), undefined);
});

Deno.test("times go on where they are regular, in the form that they have", () => {
  const next = (...times: string[]): string | undefined => continueTimes(times, 2)?.join(" ");
  assertEquals(next("1700", "1701", "1702"), "1703 1704");
  assertEquals(next("0.1", "0.2", "0.3"), "0.4 0.5");
  assertEquals(next("2024-01", "2024-02"), "2024-03 2024-04");
  assertEquals(next("2023-11-30", "2023-12-31", "2024-01-31"), "2024-02-29 2024-03-31");
  assertEquals(next("2023-12-04", "2023-12-11"), "2023-12-18 2023-12-25");
  assertEquals(next("2024-01-01 23:30", "2024-01-02 00:00"), "2024-01-02 00:30 2024-01-02 01:00");
  assertEquals(
    next("2024-01-01T00:00:00Z", "2024-01-01T12:00:00Z"),
    "2024-01-02T00:00:00Z 2024-01-02T12:00:00Z",
  );
  assertEquals(
    next("2024-01-01T01:00+05:30", "2024-01-01T02:00+05:30"),
    "2024-01-01T03:00+05:30 2024-01-01T04:00+05:30",
  );
  assertEquals(next("2024-01-01", "2024-01-02", "2024-01-04"), undefined);
  assertEquals(next("2024-02-28", "2024-02-29", "2024-03"), undefined);
  assertEquals(next("1960-01-31T12:00", "1960-02-29T12:00"), "1960-03-31T12:00 1960-04-30T12:00");
  assertEquals(next("0098-12-31", "0099-12-31"), "0100-12-31 0101-12-31");
  assertEquals(
    next("2024-01-01 00:00:00.000000+01", "2024-01-01 00:00:00.250000+01"),
    "2024-01-01 00:00:00.500000+01 2024-01-01 00:00:00.750000+01",
  );
  assertEquals(next("2024-01-01T00:00:00.000001", "2024-01-01T00:00:00.000002"), undefined);
  assertEquals([next("9997-01-01", "9998-01-01"), next("9996", "9997")], [undefined, "9998 9999"]);
  assertEquals(continueTimes(["1000-01-01", "3000-01-01"], 1_000_000), undefined);
  assertEquals(timeOf("2024-01-01 00:00-08"), Date.UTC(2024, 0, 1, 8));
  assertEquals(timeOf("2024-01-01T00:00:00.000002")! > timeOf("2024-01-01T00:00:00.000001")!, true);
  assertEquals(next("5"), undefined);
  assertEquals(timeOf("2024-01-01T00:00+01:00"), Date.UTC(2023, 11, 31, 23));
  assertEquals(["x", "2024-13", "2024-01-01T24:00", "1e5"].map(timeOf), Array(4).fill(undefined));
});

Deno.test("scales are a column's own, and one that never changes stays as it is", () => {
  const series = parseSeries("a,b,c\n1,0.1,-3\n2,0.1,5\n6,0.1,1");
  const scale = Standardizer.of(series);
  assertAlmostEquals(scale.deviation[0]!, Math.sqrt(14 / 3));
  assertEquals([scale.mean[0], scale.mean[2], scale.deviation[1]], [3, 1, 1]);
  const there = scale.apply(series);
  for (const c of [0, 2]) assertAlmostEquals(there[c]! + there[c + 3]! + there[c + 6]!, 0);
  for (const [i, value] of scale.undo(there).entries()) assertAlmostEquals(value, series.values[i]!);
});

Deno.test("windows are all there are, each once an epoch, and never more than their rows", () => {
  const values = Float64Array.from({ length: 2 * 23 }, (_, i) => (i % 2 ? 1000 : 0) + (i >> 1));
  const options = { columns: 2, numSteps: 5, horizon: 3, batchSize: 4, seed: 1 };
  const starts = (epoch: number): number[] =>
    [...windows(values, { ...options, epoch })].flatMap(({ x, y }) => {
      assertEquals([x.shape, y.shape], [[5, 4, 2], [4, 6]]);
      return Array.from({ length: 4 }, (_, b) => {
        const start = x.data[b * 2]!;
        const read = Array.from(
          { length: 5 },
          (_, t) => [...x.data.subarray((t * 4 + b) * 2, (t * 4 + b) * 2 + 2)],
        );
        assertEquals(read, Array.from({ length: 5 }, (_, t) => [start + t, 1000 + start + t]));
        const targets = Array.from({ length: 6 }, (_, i) => (i % 2 ? 1000 : 0) + start + 5 + (i >> 1));
        assertEquals([...y.data.subarray(b * 6, b * 6 + 6)], targets);
        return start;
      });
    });
  assertEquals(starts(1).toSorted((a, b) => a - b), Array.from({ length: 16 }, (_, start) => start));
  assertEquals(starts(2), starts(2));
  assertEquals(starts(1).join() === starts(2).join(), false);
  const refuse = (changed: object, sentence: string): unknown =>
    assertThrows(() => windows(values, { ...options, ...changed }), Error, sentence);
  refuse(
    { horizon: 19 },
    "Cannot cut a window of numSteps 5 and horizon 19 as they take 24 rows: the series has 23",
  );
  refuse({ batchSize: 17 }, "Cannot cut a batch of batchSize 17 as there are 16 windows");
  refuse({ columns: 4 }, "Cannot cut windows as 46 numbers are no steps of 4 columns");
  refuse({ numSteps: 0 }, "Cannot cut windows");
});
