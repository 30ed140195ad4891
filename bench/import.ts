/**
 * How long importing a large Keras file takes, and how much memory, beside Keras's own load_model, in processes that
 * alternate.
 *
 *     REFRAIN_PYTHON=VENV/bin/python deno run -A bench/import.ts [--megabytes 100] [--rounds 3]
 *
 * Keras makes two files, whose two LSTM layers are of one width or of two; refrain makes a run of each, which is more than
 * to load it. Both are timed without their start.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { formatNumber, formatSeconds, median, table } from "./harness.ts";
import type { Importing } from "./import_once.ts";
import { temporaryFolder } from "./temporary_folder.ts";

/** Tokens, and numbers of each one's vector. */
const [V, E] = [1000, 256];

/** Makes a file of Keras: sizes of its layers behind the path. */
const MAKE = `
import os, sys
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from keras import layers
path, *widths = sys.argv[1:]
cells = [layers.LSTM(int(width), return_sequences=True) for width in widths]
keras.Sequential([layers.Input((None,)), layers.Embedding(${V}, ${E}), *cells, layers.Dense(${V})]).save(path)
print("{}")
`;

/** Loads it. */
const LOAD = `
import json, os, resource, sys, time
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
start = time.perf_counter()
keras.models.load_model(sys.argv[1])
seconds = time.perf_counter() - start
peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "peak": peak}))
`;

const PYTHON = Deno.env.get("REFRAIN_PYTHON") || "python3";
const ONCE = new URL("import_once.ts", import.meta.url).href;

/** Runs a program whose last line is JSON. */
async function run(program: string, ...args: string[]): Promise<Importing> {
  const { success, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  if (!success) throw new Error(`Cannot time ${program} ${args.slice(1).join(" ")}: it failed`);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

/** Widths of two LSTM layers whose file has so many bytes. */
function widthsOf(bytes: number, ratio: number): [number, number] {
  const size = (h: number): number => {
    const upper = ratio * h;
    return 4 * (V * E + 4 * h * (E + h + 1) + 4 * upper * (h + upper + 1) + V * (upper + 1));
  };
  let width = 8;
  while (size(width + 8) < bytes) width += 8;
  return [width, Math.round(ratio * width)];
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["megabytes", "rounds"],
    default: { megabytes: "100", rounds: "3" },
  });
  using temporary = temporaryFolder();
  const { path: folder } = temporary;
  const vocabulary = `${folder}/tokens.json`;
  await Deno.writeTextFile(vocabulary, JSON.stringify(Array.from({ length: V }, (_, i) => `t${i}`)));
  const rows: string[][] = [];
  for (const ratio of [1, 0.75]) {
    const widths = widthsOf(1e6 * Number(flags.megabytes), ratio);
    const path = `${folder}/model.keras`;
    await run(PYTHON, "-c", MAKE, path, ...widths.map(String));
    const { size } = await Deno.stat(path);
    const own: Importing[] = [];
    const theirs: Importing[] = [];
    for (let round = 0; round < Number(flags.rounds); round++) {
      const out = `${folder}/run`;
      own.push(await run(Deno.execPath(), "run", "-A", "--no-check", ONCE, path, vocabulary, out));
      await Deno.remove(out, { recursive: true });
      theirs.push(await run(PYTHON, "-c", LOAD, path));
    }
    const seconds = (all: Importing[]): number => median(all.map(({ seconds }) => seconds));
    const peak = (all: Importing[]): string =>
      formatNumber(Math.max(...all.map(({ peak }) => peak ?? NaN)) / size);
    const ratios = own.map((one, round) => one.seconds / theirs[round]!.seconds);
    rows.push([
      widths.join(", "),
      formatNumber(size / 1e6),
      formatSeconds(seconds(own)),
      formatSeconds(seconds(theirs)),
      formatNumber(median(ratios)),
      peak(own),
      peak(theirs),
    ]);
  }
  const head = ["LSTM", "MB", "refrain", "load_model", "refrain / load_model", "peak / file", "Keras's"];
  console.log(table(head, rows));
}
