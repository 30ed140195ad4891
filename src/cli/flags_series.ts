/**
 * The flags of series of numbers, a part of the table in flags.ts; and those of `train` that are of texts alone.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** Heading, names and rows. */
export const SERIES = {
  Series: {
    "series": {
      kind: "text",
      value: "FILE",
      train: null,
      evaluate: null,
      advice: {
        train: "learn a series of numbers in place of a text: a CSV file whose first row names the columns",
        evaluate: "measure a model of a series on a CSV file, beside its last value and its last season",
      },
    },
    "from": {
      kind: "text",
      value: "FILE",
      forecast: null,
      advice: "the series to go on from: a CSV file with the model's columns",
      otherwise: "the end of the one that the model was trained on",
    },
    "columns": {
      kind: "text",
      value: "NAMES",
      train: null,
      of: ["series"],
      advice: "of --series: the columns that are learnt and forecast, as a,b",
      otherwise: "all but the times",
    },
    "time": {
      kind: "text",
      value: "NAME",
      train: null,
      of: ["series"],
      advice: "of --series: the column of times, numbers or dates that rise; none for none",
      otherwise: "the first column, where its name or its dates say that it is one",
    },
    "horizon": {
      ...RANGES.count,
      to: 65536,
      train: null,
      of: ["series"],
      advice: "of --series: steps that the model tells at once from --num-steps before them",
      otherwise: "1",
    },
    "loss": {
      kind: "choice",
      choices: ["mse", "huber"],
      train: "mse",
      of: ["series"],
      advice: "of --series: mean of squares, or Huber's, on which outliers weigh less",
    },
  },
} as const;

/** Flags of `train` that have no meaning beside --series. */
export const OF_TEXTS: ReadonlySet<string> = new Set([
  "corpus",
  "maxChars",
  "newlines",
  "lines",
  "tokenizer",
  "minCount",
  "maxVocabulary",
  "unknown",
  "vocabulary",
  "split",
  "splitRows",
  "sampling",
  "carryState",
  "resetProbability",
  "baseline",
  "embeddingSize",
  "tieWeights",
  "prefix",
  "prefixFile",
  "length",
  "temperature",
]);
