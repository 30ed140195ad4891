/**
 * `deno task exchange`: models of other frameworks, made and saved by them, imported, their answers compared with the
 * frameworks' own: a difference of 1e-5 at most, and a refusal with its reason where refrain has no such model. Then models
 * of refrain, exported, run by the programs that they are for, and imported again. It needs npm, PyPI and a Python with venv,
 * and runs in Chromium what it finds one for.
 *
 *     deno task exchange             all frameworks
 *     deno task exchange --golden    writes those files anew that tests keep
 *     deno task exchange --keep DIR  installs and writes there, and takes what is there
 *     deno task exchange --only keras,onnx,exports
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { openDevice } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { type Case, difference, toldOf } from "./compare.ts";
import { judgeExports } from "./exports/judge.ts";
import { GOLDEN, makeGolden } from "./golden.ts";
import { makeModels } from "./make_models.ts";

/** The most that an output may differ. */
const TOLERANCE = 1e-5;

/** What became of a framework's files. */
interface Row {
  readonly title: string;
  files: number;
  refused: number;
  /** The largest difference of those that came in. */
  most: number;
  readonly wrong: string[];
}

const flags = parseArgs(Deno.args, { string: ["keep", "only"], boolean: ["golden"] });
const [keep, only] = [flags.keep, flags.only].map((value) => value === undefined ? "" : String(value));
const golden = flags.golden === true;
const folder = keep || await Deno.makeTempDir();
using device = await openDevice("wasm", { threads: 1 });

async function judge(one: Case, files: string | readonly string[], row: Row): Promise<void> {
  const [file] = [files].flat();
  row.files++;
  try {
    const paths = [files].flat().map((name) => `${folder}/${name}`);
    const imported = await importModel(paths, device, toldOf(one));
    if (one.refused) return void row.wrong.push(`${file} is not refused: it must say ${one.refused}`);
    const found = await difference(device, imported, one);
    row.most = Math.max(row.most, found);
    if (!(found <= TOLERANCE)) row.wrong.push(`${file} differs by ${found}`);
  } catch (error) {
    const { message } = error as Error;
    row.refused++;
    if (!one.refused || !message.startsWith("Cannot import") || !message.includes(one.refused)) {
      row.wrong.push(`${file}: ${message}`);
    }
  }
}

/** A line of the table. */
function lineOf(cells: readonly (string | number)[]): string {
  const [first, ...others] = cells.map(String) as [string, ...string[]];
  return [first.padEnd(26), ...others.map((cell) => cell.padStart(12))].join("");
}

/** Prints a line, and what is wrong. */
function tell(row: Row): void {
  const { title, files, refused, wrong, most } = row;
  console.log(lineOf([title, files, files - refused, refused, wrong.length, most.toExponential(1)]));
  for (const fault of wrong) console.log(`WRONG ${fault}`);
  rows.push(row);
}

const rows: Row[] = [];
console.log(lineOf(["framework", "files", "compared", "refused", "wrong", "most apart"]));
for await (const { title, cases } of makeModels(folder, only ? only.split(",") : [])) {
  const row: Row = { title, files: 0, refused: 0, most: 0, wrong: [] };
  for (const one of cases) for (const files of one.files) await judge(one, files, row);
  if (golden) await makeGolden(folder, cases);
  tell(row);
}
if (!only || only.split(",").includes("exports")) {
  for await (const { title, found } of judgeExports(device, folder)) {
    const entries = Object.entries(found);
    const wrong = entries.filter(([, apart]) => !(apart !== null && apart <= TOLERANCE))
      .map(([file, apart]) => `${file} is apart by ${apart}`);
    const most = Math.max(...entries.map(([, apart]) => apart ?? 0));
    tell({ title: `to ${title}`, files: entries.length, refused: 0, most, wrong });
  }
}
const count = rows.reduce((sum, { files }) => sum + files, 0);
const wrong = rows.reduce((sum, row) => sum + row.wrong.length, 0);
const worst = Math.max(...rows.map(({ most }) => most));
console.log(`${count} files, ${wrong} wrong, the largest difference ${worst.toExponential(1)}`);
if (golden) console.log(`Files that tests keep are in ${GOLDEN.pathname}`);
if (!keep) await Deno.remove(folder, { recursive: true });
Deno.exitCode = wrong > 0 ? 1 : 0;
