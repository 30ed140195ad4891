/**
 * What keeping a run costs: the share that saving has of a default run, and how long a run takes to go on, beside load()
 * of the same model.
 *
 *     deno run -A bench/runs.ts [--only saving,resume] [--rounds 5] [--epochs 250]
 *
 * Saving is measured within the program itself, `train` without flags: the time that it waits for a save, and, in turn,
 * the whole time of a run that saves nothing. Fewer epochs are as many reports: a larger share. Going on is from an
 * opened device and a text that was read to the first step, of H2 with Adam, whose checkpoint has thrice the model's
 * bytes; rounds alternate with load().
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { main } from "../src/cli/main.ts";
import { stdout } from "../src/cli/output.ts";
import { KeptRun } from "../src/cli/train/kept_run.ts";
import type { Corpus } from "../src/data/corpus.ts";
import type { Device } from "../src/device/device.ts";
import { openDevice } from "../src/device/open_device.ts";
import { load, save } from "../src/exchange/model_file.ts";
import { RunFolder } from "../src/files/run_folder.ts";
import { Adam } from "../src/optimizers/adam.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../src/train/checkpoint.ts";
import { Training } from "../src/train/training.ts";
import { formatSeconds, median, table } from "./harness.ts";
import { corpusOf, modelOf, TRAINING } from "./workloads.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** The most that saving may have of a default run. */
const MOST_SAVING = 0.02;
/** The most that going on may take, as a multiple of load(). */
const MOST_RESUMING = 3.5;

/** Seconds of a run, and those that it waited for saves. */
interface RunTimes {
  readonly whole: number;
  readonly saving: number;
}

/** Runs `train`, with saves or without, and takes their time. */
async function defaultRun(
  out: string,
  { epochs, saves }: { epochs: number; saves: boolean },
): Promise<RunTimes> {
  const { end, save } = KeptRun.prototype;
  let saving = 0;
  let depth = 0; // a report's end saves
  const timed = <A extends unknown[]>(method: (this: KeptRun, ...args: A) => Promise<void>) =>
    async function (this: KeptRun, ...args: A): Promise<void> {
      const start = performance.now();
      depth++;
      try {
        if (saves) await method.apply(this, args);
      } finally {
        if (--depth === 0) saving += performance.now() - start;
      }
    };
  Object.assign(KeptRun.prototype, { end: timed(end), save: timed(save) });
  try {
    const start = performance.now();
    const flags = [`--epochs=${epochs}`, `--log-every=${Math.max(1, Math.floor(epochs / 5))}`];
    const code = await main(["train", ...flags, "--out", out]);
    if (code !== 0) throw new Error(`Cannot time train: it ended with ${code}`);
    return { whole: (performance.now() - start) / 1000, saving: saving / 1000 };
  } finally {
    Object.assign(KeptRun.prototype, { end, save });
  }
}

async function measureSaving(folder: string, rounds: number, epochs: number): Promise<boolean> {
  const lines = stdout.lines;
  const runs: RunTimes[] = [];
  const without: number[] = [];
  for (let round = 0; round < rounds; round++) {
    stdout.lines = () => {};
    try {
      runs.push(await defaultRun(`${folder}/kept-${round}`, { epochs, saves: true }));
      without.push((await defaultRun(`${folder}/free-${round}`, { epochs, saves: false })).whole);
    } finally {
      stdout.lines = lines;
    }
  }
  const share = median(runs.map(({ whole, saving }) => saving / whole));
  const ratio = median(runs.map(({ whole }, round) => whole / without[round]!));
  const rows = [
    ["a run", formatSeconds(median(runs.map(({ whole }) => whole)))],
    ["its saves", formatSeconds(median(runs.map(({ saving }) => saving)))],
    ["a run that saves nothing", formatSeconds(median(without))],
  ];
  console.log(`\n${table([`train, ${epochs} epochs`, "median"], rows)}\n`);
  console.log(
    `Saving has ${(100 * share).toFixed(2)} % of a run, of at most ${100 * MOST_SAVING} %; ` +
      `runs with saves take ${ratio.toFixed(3)} times those without`,
  );
  return share <= MOST_SAVING;
}

const H2 = TRAINING["H2"]!;
const OPTIONS = { epochs: 1, batchSize: H2.batchSize, numSteps: H2.numSteps };

/** A run of H2 behind its first step: its checkpoint and its model. */
async function writeRun(device: Device, corpus: Corpus, path: string): Promise<void> {
  using model = modelOf(device, H2);
  using optimizer = new Adam(model.parameters());
  const abort = new AbortController();
  using training: Training = new Training(model, corpus, {
    ...OPTIONS,
    optimizer,
    signal: abort.signal,
    onStep: () => abort.abort(),
  });
  await Array.fromAsync(training.run()).catch((error) => {
    if (error !== abort.signal.reason) throw error;
  });
  const run = await RunFolder.create(path);
  const state = await training.state();
  await run.writeConfig({});
  await run.writeCheckpoint(await encodeCheckpoint({ state, run: {} }));
  await save(`${path}/model.safetensors`, model, corpus.vocabulary);
  await run.close();
}

/** All that a run takes to go on, up to its first step. */
async function resume(device: Device, corpus: Corpus, path: string): Promise<void> {
  const run = await RunFolder.open(path);
  const found = await run.readCheckpoint(decodeCheckpoint);
  using model = modelOf(device, H2);
  using optimizer = new Adam(model.parameters());
  using training = new Training(model, corpus, { ...OPTIONS, optimizer });
  training.restore(found!.checkpoint.state);
  await run.close();
}

async function measureResuming(folder: string, rounds: number): Promise<boolean> {
  using device = await openDevice("wasm");
  const corpus = corpusOf(H2, 4);
  const path = `${folder}/h2`;
  await writeRun(device, corpus, path);
  const times: { loading: number; resuming: number }[] = [];
  for (let round = -1; round < rounds; round++) { // one to warm up
    const start = performance.now();
    const { model } = await load(`${path}/model.safetensors`, device);
    const loading = performance.now() - start;
    model[Symbol.dispose]();
    const begin = performance.now();
    await resume(device, corpus, path);
    if (round >= 0) times.push({ loading: loading / 1000, resuming: (performance.now() - begin) / 1000 });
  }
  const ratio = median(times.map(({ loading, resuming }) => resuming / loading));
  const rows = (["loading", "resuming"] as const).map((name) => {
    const all = times.map((time) => time[name]);
    return [name, formatSeconds(median(all)), formatSeconds(Math.min(...all))];
  });
  console.log(`\n${table(["H2", "median", "least"], rows)}\n`);
  console.log(`Going on takes ${ratio.toFixed(2)} times load(), of at most ${MOST_RESUMING} times`);
  return ratio <= MOST_RESUMING;
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["only", "rounds", "epochs"],
    default: { only: "saving,resume", rounds: "5", epochs: "250" },
  });
  const [only, rounds] = [String(flags.only).split(","), Number(flags.rounds)];
  using temporary = temporaryFolder();
  const folder = temporary.path;
  const held = [
    only.includes("saving") ? await measureSaving(folder, rounds, Number(flags.epochs)) : true,
    only.includes("resume") ? await measureResuming(folder, rounds) : true,
  ];
  if (held.includes(false)) Deno.exitCode = 1;
}
