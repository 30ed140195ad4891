/** Rows of published results: their flags, how texts are cut, committed results, and the table made of them. @module */
import { assertEquals, assertThrows } from "@std/assert";
import {
  commandOf,
  isCurrent,
  readResult,
  type Result,
  RESULTS,
  type Run,
} from "../../bench/published/results.ts";
import { argumentsOf, type Row, splitOf, valueOf } from "../../bench/published/row.ts";
import { ALL } from "../../bench/published/rows.ts";
import { publishedTable, SHORT_WORDS, shortTable } from "../../bench/published/table.ts";
import { cut, prepare } from "../../bench/published/texts.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";

const GRU = ALL.find(({ name }) => name === "shakespeare-gru")!;

function runOf(row: Row, seed: number, losses: Record<string, number>): Run {
  return {
    seed,
    train: commandOf(row, "text", seed),
    log: [{ epoch: 20, loss: 1, perplexity: Math.E, seconds: 5, steps: 10 }],
    parameters: 1234,
    evaluated: Object.entries(losses).map(([measure, loss]) => ({ measure, command: [], loss, tokens: 9 })),
    seconds: 100,
    counted: "processor",
    device: "wasm",
    processor: "some processor",
    versions: { deno: "2.9.6" },
    commit: "0",
    date: "2026-01-01",
  };
}

function cellsOf(table: string, line: number): string[] {
  return table.split("\n")[line]!.split("|").slice(1, -1).map((cell) => cell.trim());
}

Deno.test("the commands of every row are known to the command line", () => {
  for (const row of ALL) {
    parseFlags("train", commandOf(row, "text", 1).slice(1));
    for (const { flags } of row.measures) parseFlags("evaluate", [...splitOf(row), ...argumentsOf(flags)]);
  }
  assertThrows(() => parseFlags("train", argumentsOf("--hiden-size 5")));
  assertEquals(new Set(ALL.map(({ name }) => name)).size, ALL.length);
});

Deno.test("a text is cut where its row says", () => {
  const bytes = new TextEncoder().encode("0123456789äbcdefghi");
  const parts = (split: Row["split"]): (string | undefined)[] =>
    cut(bytes, split).map((part) => part && new TextDecoder().decode(part));
  assertEquals(parts({ kind: "flags" }), ["0123456789äbcdefghi", undefined]);
  assertEquals(parts({ kind: "first", train: 12, heldOut: 3 }), ["0123456789ä", "ghi"]);
  assertEquals(parts({ kind: "none" }), ["0123456789äbcdefghi", undefined]);
  assertEquals(prepare("a\nb\r\nc", "crlf"), "a\r\nb\r\nc");
  assertEquals(prepare(" The Time-\n Machine, 1895\n", "letters"), "the time machine ");
});

Deno.test("the table has the median and range of a row's runs, and no run of other flags", () => {
  const values = [1.5, 1.53, 1.51].map((loss, i) =>
    runOf(GRU, i + 1, { stateful: loss, "windows of 256": 1.6 })
  );
  const other = runOf({ ...GRU, flags: GRU.flags.replace("--epochs 20", "--epochs 21") }, 4, { stateful: 9 });
  values[0]!.evaluated[0]!.baseline = { order: 7, loss: 1.517 };
  const result: Result = { row: GRU.name, runs: [...values, other], pytorch: [] };
  const table = publishedTable([GRU], [result]);
  const [text, held, , parameters, figure, , own, seeds, , counted, time] = cellsOf(table, 2);
  assertEquals([text, held, parameters, figure], ["tiny shakespeare", "stateful", "1,234", "1.4697 nats"]);
  assertEquals([own, seeds, counted, time], ["1.510 (1.500–1.530) nats", "3", "1.517 (order 7)", "2 min"]);
  assertEquals(cellsOf(table, 3).slice(6, 8), ["1.600 nats", "3"]);
  assertEquals(table.split("\n").slice(4, 5), [""]); // a measure that no run has is no line
  assertEquals(isCurrent(GRU, other), false);
  const text8 = ALL.find(({ name }) => name === "text8-lstm")!;
  const bits = { ...runOf(text8, 1, { stateful: Math.LN2 }), counted: "clock" as const };
  const line = cellsOf(publishedTable([text8], [{ row: text8.name, runs: [bits], pytorch: [] }]), 2);
  assertEquals([line[4], line[6], line[10]], ["1.27 bits", "1.000 bits", "2 min by the clock"]);
  const large = ALL.find(({ name }) => name === "shakespeare-lstm-large")!;
  assertEquals(
    cellsOf(publishedTable([large], [{ row: large.name, runs: [], pytorch: [] }]), 2)[6],
    "not run",
  );
});

Deno.test("committed results are of rows that there are, made by their flags, whole", async () => {
  const files = await Array.fromAsync(Deno.readDir(RESULTS));
  for (const { name } of files) {
    const row = ALL.find((one) => `${one.name}.json` === name)!;
    const { runs } = await readResult(row.name);
    for (const run of runs) {
      assertEquals(run.train, commandOf(row, run.train[2]!, run.seed));
      assertEquals(run.log.at(-1)!.epoch, Number(valueOf(row, "epochs")));
      // A measure that a row got later is missing in its older runs.
      const known = run.evaluated.map(({ measure }) => measure);
      assertEquals(known, row.measures.map(({ name }) => name).filter((name) => known.includes(name)));
      assertEquals(known[0], row.measures[0]?.name);
    }
  }
});

Deno.test("the documents have the tables of the committed results", async () => {
  const results = await Promise.all(ALL.map(({ name }) => readResult(name)));
  // Formatting widens the cells.
  const plain = (table: string): string => table.replaceAll(/-{3,}:?/g, "-").replaceAll(/\s+/g, " ").trim();
  const between = async (document: string): Promise<string> => {
    const text = await Deno.readTextFile(new URL(`../../${document}`, import.meta.url));
    return plain(/<!-- bench:published -->([\s\S]*)<!-- end of bench:published -->/.exec(text)?.[1] ?? "");
  };
  assertEquals(await between("PERFORMANCE.md"), plain(publishedTable(ALL, results)));
  for (const [document, words] of Object.entries(SHORT_WORDS)) {
    assertEquals(await between(document), plain(shortTable(ALL, results, words)), document);
  }
});
