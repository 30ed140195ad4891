/**
 * Published results beside refrain's, from result files that are committed, and how to run each again.
 *
 *     deno task bench:published [--rows shakespeare-lstm,tang-held-out-gru]
 *     deno task bench:published --rows NAME --run [--seeds 1,2,3] [--data FOLDER] [--kept FOLDER] [--threads 2] [--turbo]
 *         [--python PATH]
 *     deno task bench:published --markdown     the tables into PERFORMANCE.md and the READMEs
 *
 * Without `--run` nothing is computed. With it the rows are trained and measured through the command line, and what comes
 * out goes into bench/published/results/. Texts lie in the folder of `--data`, or of REFRAIN_TEXTS; texts as they are cut
 * and runs lie in that of `--kept`, where a run that was stopped goes on and one that has ended is measured again. A row
 * that PyTorch runs too needs a `--python`, or REFRAIN_PYTHON, with torch; without one refrain alone is run.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fail, namesOf, numberOf, unknown } from "./flags.ts";
import { readResult, type Result, writeResult } from "./published/results.ts";
import type { Row } from "./published/row.ts";
import { ALL } from "./published/rows.ts";
import { runPytorch, runRow } from "./published/run.ts";
import { publishedTable, SHORT_WORDS, shortTable } from "./published/table.ts";
import { writeTexts } from "./published/texts.ts";

/** What the command line says. */
interface Flags {
  rows?: string;
  seeds?: string;
  data?: string;
  kept: string;
  threads: string;
  python?: string;
  run: boolean;
  turbo: boolean;
  markdown: boolean;
}

const flags = parseArgs(Deno.args, {
  string: ["rows", "seeds", "data", "kept", "threads", "python"],
  boolean: ["run", "turbo", "markdown"],
  default: { threads: "2", kept: "runs/published" },
  unknown,
}) as unknown as Flags;

/** The marks of a table in a document. */
const MARKS = ["<!-- bench:published -->", "<!-- end of bench:published -->"] as const;

/** Runs a row with all its seeds, a result file after each. */
async function run(row: Row, data: string): Promise<void> {
  const kept = await Deno.realPath(flags.kept);
  const threads = numberOf("threads", flags.threads);
  const python = flags.python ?? (Deno.env.get("REFRAIN_PYTHON") || undefined);
  const device = ["--device", "wasm", "--threads", `${threads}`, ...(flags.turbo ? ["--turbo"] : [])];
  const texts = await writeTexts(row, data, kept);
  const seeds = flags.seeds?.split(",").map((seed) => numberOf("seeds", seed, 0)) ?? row.seeds;
  for (const seed of seeds) {
    console.error(`${row.name}, seed ${seed} …`);
    const one = await runRow(row, seed, texts, { kept, device });
    const result = await readResult(row.name);
    result.runs = [...result.runs.filter((run) => run.seed !== seed), one];
    await writeResult(result);
    if (row.pytorch === undefined || python === undefined) continue;
    const peer = await runPytorch(row, seed, texts, { kept, python, threads });
    result.pytorch = [...result.pytorch.filter((run) => run.seed !== seed), peer];
    await writeResult(result);
  }
}

/** Puts a table between its marks in a document. */
async function putInto(document: string, table: string): Promise<void> {
  const path = new URL(`../${document}`, import.meta.url);
  const text = await Deno.readTextFile(path);
  const [from, to] = MARKS.map((mark) => text.indexOf(mark)) as [number, number];
  if (from < 0 || to < 0) fail(`Cannot find ${MARKS.join(" … ")} in ${document}`);
  await Deno.writeTextFile(path, `${text.slice(0, from + MARKS[0].length)}\n\n${table}\n\n${text.slice(to)}`);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", decodeURIComponent(path.pathname)] })
    .output();
}

const names = ALL.map(({ name }) => name);
const chosen = flags.rows === undefined ? names : namesOf("rows", flags.rows, names);
const rows = ALL.filter(({ name }) => chosen.includes(name));
if (flags.run) {
  if (flags.rows === undefined) {
    fail("Cannot run all rows at once: name some with --rows, as they take hours");
  }
  const data = flags.data ?? Deno.env.get("REFRAIN_TEXTS");
  if (!data) fail("Cannot run a row without its text: name the texts' folder with --data or REFRAIN_TEXTS");
  await Deno.mkdir(flags.kept, { recursive: true });
  for (const row of rows) await run(row, data);
}
const results: Result[] = await Promise.all(rows.map(({ name }) => readResult(name)));
const table = publishedTable(rows, results);
console.log(table);
if (flags.markdown) {
  await putInto("PERFORMANCE.md", table);
  for (const [document, words] of Object.entries(SHORT_WORDS)) {
    await putInto(document, shortTable(rows, results, words));
  }
}
