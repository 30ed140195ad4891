/**
 * The flags that say which model and which text, and how the text is read: a part of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";
import { MODELS, TEXTS } from "./flags_device.ts";
import { MEASURING, NO_BATCHES } from "./flags_measuring.ts";

const NEWLINES = "space for the built-in lyrics, keep for a file; with --init-from the model's";
const UNKNOWN = "error, with --min-count or --max-vocabulary replace; with --init-from the model's";

/** Heading, names and rows. */
export const DATA = {
  Data: {
    "model": {
      kind: "text",
      value: "RUN",
      ...MODELS,
      forecast: null,
      export: null,
      quantize: null,
      operand: ["generate", "forecast", "evaluate", "score", "inspect", "info", "export", "quantize"],
      advice: "folder of a run, its name under runs/, or a model file",
      otherwise: "the newest run under runs/",
    },
    "accept-changed-weights": {
      kind: "switch",
      train: false,
      generate: false,
      forecast: false,
      evaluate: false,
      score: false,
      inspect: false,
      info: false,
      serve: false,
      quantize: false,
      advice: "take a file of refrain that another program wrote again, perhaps with other weights",
    },
    "corpus": {
      kind: "text",
      value: "FILE",
      repeatable: true,
      train: null,
      profile: null,
      evaluate: null,
      score: null,
      instead: { inspect: "--text names the text" },
      advice: {
        sweep: "a text, a folder of texts, a gzip or zip file",
        others: "a text, a folder of texts, a gzip or zip file, or - for standard input; may be repeated",
      },
      otherwise: "the built-in lyrics",
    },
    "encoding": {
      kind: "text",
      value: "NAME",
      train: "utf-8",
      profile: "utf-8",
      evaluate: "utf-8",
      score: "utf-8",
      inspect: "utf-8",
      forecast: "utf-8",
      advice: "of the text: utf-8, gb18030, big5, utf-16le, …",
    },
    "max-chars": {
      ...RANGES.count,
      ...TEXTS,
      advice: "take the first N characters only",
      otherwise: "10000 of the built-in lyrics, all of a file",
    },
    "newlines": {
      kind: "choice",
      choices: ["space", "keep"],
      ...TEXTS,
      without: "lines",
      advice: "line breaks become spaces, or stay; the model knows it",
      otherwise: { evaluate: "the model's", score: "the model's", inspect: "the model's", others: NEWLINES },
    },
    "lines": {
      kind: "switch",
      train: false,
      advice:
        "each line is an example with a beginning and an end: names, titles, words; blank ones are left out",
    },
    "tokenizer": {
      kind: "choice",
      choices: ["character", "byte", "word"],
      train: "character",
      profile: "character",
      advice: "what a token is: a code point, a byte of UTF-8, or a word, marks and line breaks among them",
    },
    "min-count": {
      ...RANGES.count,
      train: 1,
      profile: 1,
      of: ["tokenizer", "character", "word"],
      advice: "how often a token must come to be in the vocabulary; rarer ones train that for unknown ones",
    },
    "max-vocabulary": {
      ...RANGES.count,
      train: null,
      profile: null,
      of: ["tokenizer", "character", "word"],
      advice: "the N most frequent tokens are in the vocabulary, that for unknown ones among them",
      otherwise: "all",
    },
    "unknown": {
      kind: "choice",
      choices: ["error", "skip", "replace"],
      ...TEXTS,
      generate: null,
      advice: "what becomes of tokens that the vocabulary lacks; replace has a token that stands for them",
      otherwise: { train: UNKNOWN, profile: UNKNOWN, others: "the model's" },
    },
    "vocabulary": {
      kind: "text",
      value: "FILE",
      train: null,
      ...MODELS,
      import: null,
      advice: "the model's tokens as JSON, for a model file of another program: a list, or tokens and ids",
    },
    "validation-split": {
      ...RANGES.rate,
      below: 1,
      train: null,
      evaluate: null,
      advice: {
        train: "share of the corpus that is evaluated rather than trained on; 0 for none",
        evaluate: "share of the corpus that is evaluated",
      },
      otherwise: { train: "none", evaluate: "that of the model's run with --split, else all is evaluated" },
    },
    "split": {
      kind: "choice",
      choices: ["tail", "rows"],
      train: "tail",
      evaluate: null,
      without: "lines",
      advice: "where --validation-split is taken: the end of the text, or the end of each of its rows",
      otherwise: "as the model's run has it, else tail",
    },
    "split-rows": {
      ...RANGES.count,
      train: null,
      evaluate: null,
      of: ["split", "rows"],
      advice: "into how many rows the text is cut",
      otherwise: { train: "the rows of a step", evaluate: "those of the model's run" },
    },
    "batch-size": {
      ...RANGES.count,
      train: 32,
      profile: 32,
      instead: { evaluate: NO_BATCHES },
      advice: "rows of a batch",
    },
    "num-steps": {
      ...RANGES.count,
      train: 35,
      profile: 35,
      instead: { evaluate: NO_BATCHES },
      without: "lines",
      advice: "tokens of a row; with --series rows of a window",
    },
    "accumulate-steps": {
      ...RANGES.count,
      train: 1,
      advice: "batches whose gradients make a step: as one batch of all their rows, in the memory of one",
    },
    "sampling": {
      kind: "choice",
      choices: ["consecutive", "random"],
      train: "consecutive",
      without: "lines",
      advice: "rows go on in the next batch, or lie anywhere",
    },
    "carry-state": {
      kind: "switch",
      train: false,
      without: "lines",
      advice: "keep the state from one epoch to the next",
    },
    "reset-probability": {
      ...RANGES.probability,
      train: 0,
      of: ["sampling", "consecutive"],
      without: "lines",
      advice: "how likely a row begins a step from a zero state, so that the model learns to begin a text",
    },
    ...MEASURING,
  },
} as const;
