/** Models that go out, run by the programs that they are for, and read again. @module */
import type { Device } from "../../../mod.ts";
import { importModel } from "../../../src/exchange.ts";
import { hasChromium } from "../../browser/launch.ts";
import { answersOf, differenceOf } from "./answers.ts";
import { installed } from "../make_models.ts";
import { judgeInBrowser } from "./judge_browser.ts";
import { exportCases } from "./models.ts";
import { type Run, runsOf } from "./runs.ts";

/** What judges in Python, each in one of those that makers use, and in JavaScript. */
const PYTHON = [
  { name: "onnx", title: "onnxruntime 1.32.0", python: "torch" },
  { name: "keras", title: "Keras 3.15.1", python: "jax" },
] as const;
const NODE = "node@24.21.0";
/** npm has no later one. */
const NPM = "1.30.0";

/** What was found: differences by file, null where names or shapes differ. */
export interface Judgement {
  /** Who answered. */
  readonly title: string;
  readonly found: Readonly<Record<string, number | null>>;
}

/**
 * Judges models that go out.
 *
 * @param device The device on which refrain computes.
 * @param path The folder where files and programs go.
 */
export async function* judgeExports(device: Device, path: string): AsyncGenerator<Judgement, void, void> {
  const folder = await Deno.realPath(path);
  const runs: Run[] = [];
  const back: Record<string, number | null> = {};
  for (const one of exportCases(device)) {
    const { logits, y } = await answersOf(one.model, one.input);
    for await (const run of runsOf(one)) {
      await Deno.writeFile(`${folder}/${run.file}`, run.bytes);
      runs.push(run);
      if (run.file.endsWith("layer_time_first_step.onnx")) continue; // comes back with batches first
      const { model } = await importModel(`${folder}/${run.file}`, device);
      const again = await answersOf(model, one.input);
      back[run.file] = differenceOf((again.logits ?? again.y)!, (logits ?? y)!);
      model[Symbol.dispose]();
    }
    one.model[Symbol.dispose]();
  }
  yield { title: "refrain", found: back };
  for (const { name, title, python } of PYTHON) {
    const listed = runs.filter(({ to }) => to === name)
      .map(({ file, feeds, outputs }) => ({ file, feeds, outputs }));
    await Deno.writeTextFile(`${folder}/exports_${name}.json`, JSON.stringify(listed));
    const found = await output(await installed(folder, python), pathOf("judge.py"), name, folder);
    yield { title, found: JSON.parse(found) };
  }
  const packages = [`onnxruntime-node@${NPM}`, `onnxruntime-web@${NPM}`];
  const how = ["--silent", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  await output("npm", "install", ...how, "--prefix", folder, ...packages);
  const inNode = await output("npx", "-y", NODE, pathOf("judge_node.js"), folder);
  yield { title: `onnxruntime-node ${NPM}`, found: JSON.parse(inNode) };
  if (!await hasChromium()) return;
  yield { title: `onnxruntime-web ${NPM}`, found: await judgeInBrowser(folder) };
}

function pathOf(script: string): string {
  return new URL(script, import.meta.url).pathname;
}

/** A program's last line on standard output. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const [written, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`${program} ${args.join(" ")} failed:\n${errors}`);
  return written!.trim().split("\n").at(-1)!;
}
