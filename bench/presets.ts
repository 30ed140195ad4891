/**
 * `train --corpus FILE` as it is, `--preset auto`, beside six configurations that were written down before it was tuned:
 * the best loss of the last tenth of each text within a budget of work that takes about three minutes of two cores.
 *
 *     deno task bench:presets --data FOLDER [--texts tang300.txt,10 KB of tang300.txt] [--configurations auto,gru]
 *       [--seed 0] [--threads N] [--results FILE] [--turbo]
 *
 * FOLDER has tang300.txt, timemachine.txt and tinyshakespeare.txt. Each row is a line of JSON; what --results has is not
 * run again, so that it can be stopped and goes on.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { stepsPerEpoch } from "../src/data/batches.ts";
import { operationsOf } from "../src/train/auto.ts";
import { fail, namesOf, numberOf, unknown } from "./flags.ts";
import { table } from "./harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Multiplications and additions of three minutes of two cores at 40 GFLOP/s each. */
const BUDGET = 1.44e13;
/** Epochs at most, where they make so many steps. */
const MOST_EPOCHS = 40;
const FEWEST_STEPS = 400;
/** Bytes of a short text. */
const SHORT = 10_000;

/** What a configuration is beside `--preset tutorial`; its epochs follow from the budget. */
interface Configuration {
  readonly cell: "rnn" | "gru" | "lstm";
  readonly hiddenSize: number;
  readonly numLayers?: number;
  readonly embeddingSize?: number;
  readonly batch: readonly [batchSize: number, numSteps: number];
  readonly flags: string;
}

const COSINE = "--schedule cosine --schedule-unit step";
const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  "tutorial": { cell: "rnn", hiddenSize: 256, batch: [32, 35], flags: "" },
  "gru": {
    cell: "gru",
    hiddenSize: 256,
    batch: [32, 64],
    flags: `--learning-rate 3e-3 ${COSINE} --clip-grad-norm 1`,
  },
  "lstm": {
    cell: "lstm",
    hiddenSize: 256,
    batch: [32, 64],
    flags: `--learning-rate 3e-3 ${COSINE} --clip-grad-norm 1 --output-dropout 0.2`,
  },
  "2 lstm": {
    cell: "lstm",
    hiddenSize: 128,
    numLayers: 2,
    batch: [50, 50],
    flags: `--learning-rate 2e-3 ${COSINE} --clip-grad-norm 5 --dropout 0.3 --output-dropout 0.3`,
  },
  "small": {
    cell: "gru",
    hiddenSize: 128,
    embeddingSize: 64,
    batch: [8, 32],
    flags: `--learning-rate 2e-3 ${COSINE} --clip-grad-norm 1 --output-dropout 0.5`,
  },
  "wide": {
    cell: "gru",
    hiddenSize: 512,
    batch: [16, 64],
    flags: `--learning-rate 2e-3 ${COSINE} --clip-grad-norm 1 --output-dropout 0.5`,
  },
};
const NAMES = ["auto", ...Object.keys(CONFIGURATIONS)];
const FILES = ["tang300.txt", "timemachine.txt", "tinyshakespeare.txt"];
const TEXTS = FILES.flatMap((file) => [`${SHORT / 1000} KB of ${file}`, file]);

/** A training's result. */
interface Row {
  text: string;
  configuration: string;
  seed: number;
  /** The best, in nats a token. */
  validationLoss: number;
  epochs: number;
  /** Of all threads. */
  cpuSeconds: number;
  flags: string;
}

/** Characters of a text, as many as the short one's bytes hold, or all. */
async function textOf(folder: string, name: string): Promise<{ path: string; text: string }> {
  const path = `${folder}/${name.replace(/^.* of /, "")}`;
  const bytes = await Deno.readFile(path);
  const part = name === path.slice(folder.length + 1) ? bytes : bytes.subarray(0, SHORT);
  return { path, text: new TextDecoder().decode(part, { stream: true }) };
}

/** The flags of a configuration on a text. */
function flagsOf(name: string, text: string): string[] {
  if (name === "auto") return [];
  const { cell, hiddenSize, numLayers = 1, embeddingSize = 0, batch, flags } = CONFIGURATIONS[name]!;
  const [batchSize, numSteps] = batch;
  const characters = [...text];
  const read = Math.floor(0.9 * characters.length);
  const vocabularySize = new Set(characters).size;
  const sizes = { cell, hiddenSize, numLayers, embeddingSize, projSize: 0, vocabularySize };
  const most = Math.max(MOST_EPOCHS, Math.ceil(FEWEST_STEPS / stepsPerEpoch(read, { batchSize, numSteps })));
  const epochs = Math.min(most, Math.floor(BUDGET / (read * operationsOf(sizes))));
  return [
    `--preset tutorial --validation-split 0.1 --log-every 1 --epochs ${Math.max(1, epochs)}`,
    `--cell ${cell} --hidden-size ${hiddenSize} --num-layers ${numLayers} --embedding-size ${embeddingSize}`,
    `--batch-size ${batchSize} --num-steps ${numSteps}`,
    flags,
  ].join(" ").trim().split(" ");
}

/** Trains in a process of its own. */
async function measure(name: string, text: string, asked: Asked): Promise<Row> {
  const { path, text: characters } = await textOf(asked.folder, text);
  const flags = flagsOf(name, characters);
  using temporary = temporaryFolder();
  const out = temporary.path;
  const v8 = asked.turbo ? ["--v8-flags=--no-wasm-bounds-checks,--experimental-wasm-revectorize"] : [];
  const own = [`--corpus=${path}`, `--max-chars=${[...characters].length}`, `--out=${out}`, "--device=wasm"];
  const threads = asked.threads ? [`--threads=${asked.threads}`] : [];
  const common = [`--seed=${asked.seed}`, "--length=1", "--save-every=60m"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", ...v8, new URL("train_once.ts", import.meta.url).href]
      .concat(own, threads, common, flags),
    stdout: "null",
  }).output();
  const said = new TextDecoder().decode(stderr).trimEnd().split("\n");
  if (!success) throw new Error(`Cannot train "${name}" on ${text}: ${said.join(" ")}`);
  const reports: { epoch: number; validationLoss: number }[] = (await Deno.readTextFile(`${out}/log.jsonl`))
    .trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    text,
    configuration: name,
    seed: asked.seed,
    validationLoss: Math.min(...reports.map(({ validationLoss }) => validationLoss)),
    epochs: reports.at(-1)!.epoch,
    cpuSeconds: Number(said.at(-1)),
    flags: flags.join(" "),
  };
}

/** What the command line asks for. */
interface Asked {
  folder: string;
  seed: number;
  threads: number | undefined;
  turbo: boolean;
}

/** A row a text: the losses, and auto's as a multiple of the best of the others. */
function tableOf(rows: readonly Row[]): string {
  const cells = TEXTS.filter((text) => rows.some((row) => row.text === text)).map((text) => {
    const of = (name: string): Row | undefined =>
      rows.find((row) => row.text === text && row.configuration === name);
    const others = Object.keys(CONFIGURATIONS).flatMap((name) => of(name)?.validationLoss ?? []);
    const ratio = of("auto")?.validationLoss! / Math.min(...others);
    const losses = NAMES.map((name) => of(name)?.validationLoss.toFixed(3) ?? "–");
    const seconds = of("auto")?.cpuSeconds.toFixed(0) ?? "–";
    return [text, ...losses, others.length > 0 && ratio > 0 ? ratio.toFixed(3) : "–", seconds];
  });
  return table(["nats a character", ...NAMES, "auto ÷ best", "auto, CPU s"], cells);
}

const given = parseArgs(Deno.args, {
  string: ["data", "texts", "configurations", "seed", "threads", "results"],
  boolean: ["turbo"],
  unknown,
}) as Partial<Record<string, string>>;
const asked: Asked = {
  folder: given["data"] ?? fail("Cannot measure without --data FOLDER"),
  seed: numberOf("seed", given["seed"] ?? "0", 0),
  threads: given["threads"] === undefined ? undefined : numberOf("threads", given["threads"]),
  turbo: given["turbo"] !== undefined && `${given["turbo"]}` !== "false",
};
const texts = namesOf("texts", given["texts"] ?? TEXTS.join(), TEXTS);
const names = namesOf("configurations", given["configurations"] ?? NAMES.join(), NAMES);
const results = given["results"];
const kept = results === undefined ? "" : await Deno.readTextFile(results).catch(() => "");
const rows: Row[] = kept.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
for (const text of texts) {
  for (const name of names) {
    const isSame = (row: Row): boolean =>
      row.text === text && row.configuration === name && row.seed === asked.seed;
    if (rows.some(isSame)) continue;
    const row = await measure(name, text, asked);
    rows.push(row);
    console.error(JSON.stringify(row));
    if (results !== undefined) {
      await Deno.writeTextFile(results, `${JSON.stringify(row)}\n`, { append: true });
    }
  }
}
console.log(tableOf(rows.filter(({ seed }) => seed === asked.seed)));
