/**
 * The flags of commands that measure a model on a text, or look after runs: parts of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** What `evaluate` has instead of the sizes of a batch. */
export const NO_BATCHES =
  "it reads a text in one stream; --rows reads parts side by side, --windows resets the state";

/** Which run, and what becomes of it. */
export const RUNS_FLAGS = {
  Runs: {
    "model": {
      kind: "text",
      value: "RUN",
      verify: null,
      report: null,
      runs: null,
      serve: null,
      operand: ["verify", "report", "runs", "serve"],
      repeatable: ["report", "runs", "serve"],
      formerly: { verify: "run" },
      advice: {
        verify: "folder of a run, its name under runs/, or one of its files; then no device is checked",
        serve: "folder of a run, its name under runs/, or a model file",
        others: "folder of a run, its name under runs/, or one of its files",
      },
      otherwise: {
        serve: "the newest run under runs/",
        verify: "every kernel, layer and optimizer",
        report: "the newest run under runs/",
        runs: "all under runs/",
      },
    },
    "remove": {
      kind: "text",
      value: "NAME",
      runs: null,
      advice: "remove the files of a run, asked first",
    },
    "yes": { kind: "switch", runs: false, advice: "remove without asking" },
  },
} as const;

/** How a text is measured, and what is measured beside it. */
export const MEASURING = {
  "rows": {
    ...RANGES.count,
    evaluate: null,
    inspect: null,
    advice: "read N parts of the text side by side, each warmed by the 256 tokens before it: faster",
    otherwise: "one stream from a zero state",
  },
  "baseline": {
    kind: "switch",
    train: false,
    evaluate: false,
    advice: "beside the model the best n-gram of its training text, smoothed by modified Kneser–Ney",
  },
  "text": {
    kind: "text",
    score: null,
    advice: "the text itself, instead of --corpus",
  },
  "windows": {
    ...RANGES.count,
    evaluate: null,
    advice: "set the state to zero every N tokens",
    otherwise: "never",
  },
} as const;

/** What is learnt while a text is measured. */
export const DYNAMIC = {
  "dynamic": {
    kind: "switch",
    evaluate: false,
    advice:
      "go on learning: a step of SGD behind each --segment, whose loss is taken before; no file changes",
  },
  "segment": {
    ...RANGES.count,
    evaluate: null,
    advice: "tokens of a segment of --dynamic",
    otherwise: "20",
  },
} as const;
