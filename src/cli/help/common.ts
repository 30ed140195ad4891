/**
 * What most people need of each command: the flags that come first in its help, and two commands to begin with.
 *
 * @module
 */
import type { CommandName } from "../flags.ts";
import type { Paths } from "../permissions.ts";

/** Names of flags, the most common first. */
export const COMMON: Readonly<Record<CommandName, readonly string[]>> = {
  train: [
    "corpus",
    "lines",
    "series",
    "out",
    "resume",
    "preset",
    "epochs",
    "time-budget",
    "cell",
    "hidden-size",
    "batch-size",
    "validation-split",
  ],
  sweep: [
    "seeds",
    "random",
    "random-seed",
    "workers",
    "out",
    "retry",
    "corpus",
    "hidden-size",
    "learning-rate",
    "batch-size",
    "dropout",
    "json",
  ],
  generate: [
    "model",
    "prefix",
    "prefix-file",
    "length",
    "count",
    "temperature",
    "top-k",
    "top-p",
    "stop",
    "seed",
  ],
  forecast: ["model", "steps", "from", "json"],
  evaluate: ["model", "corpus", "series", "validation-split", "rows", "windows", "baseline", "dynamic"],
  score: ["model", "text", "corpus"],
  inspect: ["model", "text", "top", "excerpt", "rows", "no-save"],
  info: ["model", "vocabulary"],
  verify: ["model", "device"],
  profile: ["corpus", "cell", "hidden-size", "num-layers", "batch-size", "num-steps", "steps", "device"],
  runs: ["model", "remove", "yes"],
  report: ["model", "out"],
  serve: ["model", "port", "host", "token-file", "device", "threads"],
  export: ["model", "html", "to", "form", "out"],
  import: ["file", "vocabulary", "out", "from"],
  quantize: ["model", "to", "out"],
  completions: ["shell"],
};

/** A text of one's own, and a run, as examples name them. */
const TEXT = "poems.txt";
const RUN = "runs/poems";

/** What stands behind a command, none of its words with a space, and the paths that it names. */
export type Example = readonly [words: string, paths: Paths];

/** Two commands of each kind; the second of `train` makes the run that others name. */
export const EXAMPLES: Readonly<Record<CommandName, readonly [Example, Example]>> = {
  train: [
    ["--epochs 100 --cell gru", {}],
    [`--corpus ${TEXT} --out ${RUN}`, { corpus: [TEXT], out: RUN }],
  ],
  sweep: [
    ["--hidden-size 64,128 --seeds 0..2 -- --validation-split 0.1 --epochs 20", {}],
    [
      `--learning-rate log:1e-4..1e-2 --random 8 --workers 2 --out runs/rates -- --corpus ${TEXT}`,
      { corpus: [TEXT], out: "runs/rates" },
    ],
  ],
  generate: [
    ["--count 3 --length 100 --seed 1", {}],
    [`${RUN} --temperature 0.8`, { model: RUN }],
  ],
  forecast: [
    ["runs/spots --steps 12", { model: "runs/spots" }],
    ["runs/spots --from spots.csv --json", { model: "runs/spots", from: "spots.csv" }],
  ],
  evaluate: [
    [`--corpus ${TEXT}`, { corpus: [TEXT] }],
    [`${RUN} --corpus ${TEXT} --validation-split 0.1 --baseline`, { model: RUN, corpus: [TEXT] }],
  ],
  score: [
    [`--corpus ${TEXT}`, { corpus: [TEXT] }],
    [`${RUN} --corpus ${TEXT} --json`, { model: RUN, corpus: [TEXT] }],
  ],
  inspect: [
    [`--text ${TEXT}`, { text: TEXT }],
    [`${RUN} --text ${TEXT} --top 3`, { model: RUN, text: TEXT }],
  ],
  info: [["", {}], [RUN, { model: RUN }]],
  verify: [["--device wasm", {}], [RUN, { model: RUN }]],
  profile: [
    ["--cell lstm --hidden-size 512", {}],
    [`--corpus ${TEXT} --device wasm`, { corpus: [TEXT] }],
  ],
  runs: [["", {}], ["--remove poems --yes", { remove: "poems" }]],
  report: [["", {}], [`${RUN} --out poems.html`, { model: [RUN], out: "poems.html" }]],
  serve: [
    ["", { host: "127.0.0.1", port: 8000 }],
    [`${RUN} --port 9000`, { model: [RUN], host: "127.0.0.1", port: 9000 }],
  ],
  export: [
    ["--html", {}],
    [`${RUN} --to onnx --out mine.onnx`, { model: RUN, to: "onnx", out: "mine.onnx" }],
  ],
  import: [
    ["m.h5 --vocabulary v.json", { file: ["m.h5"], vocabulary: "v.json" }],
    ["m.keras --vocabulary v.json --out runs/k", {
      file: ["m.keras"],
      vocabulary: "v.json",
      out: "runs/k",
    }],
  ],
  quantize: [
    ["", {}],
    [`${RUN} --to f16 --out runs/half`, { model: RUN, out: "runs/half" }],
  ],
  completions: [["bash", {}], ["fish", {}]],
};
