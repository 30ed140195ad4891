/**
 * The flags that say what is generated, and how: a part of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** Headings, names and rows. */
export const GENERATION = {
  Generation: {
    "prefix": {
      kind: "text",
      repeatable: true,
      train: null,
      generate: null,
      advice: "text to go on from; may be repeated",
      otherwise: {
        train: "the text's beginning; of the built-in lyrics 分开 and 不分开",
        generate: "those that the run was trained with",
      },
    },
    "prefix-file": {
      kind: "text",
      value: "FILE",
      repeatable: true,
      train: null,
      generate: null,
      advice: "file that is a text to go on from, to its last line break; - reads standard input",
    },
    "count": { ...RANGES.count, generate: 1, advice: "texts of each prefix" },
    "length": {
      ...RANGES.amount,
      train: 50,
      generate: 200,
      advice: "tokens to add to each prefix",
    },
    "temperature": {
      ...RANGES.rate,
      train: null,
      generate: 1,
      advice: "below 1 safer, above 1 wilder; 0 takes the likeliest character",
      otherwise: "0.8, of the built-in lyrics 0",
    },
    "top-k": { ...RANGES.amount, generate: 0, advice: "draw from the N likeliest; 0 for all" },
    "top-p": {
      ...RANGES.share,
      generate: 1,
      advice: "draw from the likeliest that add up to X",
    },
    "starts-with": {
      kind: "text",
      repeatable: true,
      generate: null,
      advice: "of a model of lines: what each line begins with; may be repeated",
      otherwise: "nothing",
    },
    "min-length": {
      ...RANGES.count,
      generate: null,
      advice: "of a model of lines: tokens of a line, before which it does not end",
      otherwise: "1",
    },
    "max-length": {
      ...RANGES.count,
      generate: null,
      advice: "of a model of lines: tokens of a line, at which it ends",
      otherwise: "those of --length behind its beginning",
    },
    "unique": {
      kind: "switch",
      generate: false,
      advice: "of a model of lines: no line twice",
    },
    "not-in": {
      kind: "text",
      value: "FILE",
      repeatable: true,
      generate: null,
      advice: "of a model of lines: no line of this file, as that which it was trained on; may be repeated",
    },
    "stop": {
      kind: "text",
      repeatable: true,
      generate: null,
      advice: "text before which to end; may be repeated",
    },
    "interactive": {
      kind: "switch",
      generate: false,
      advice: "type a beginning, see it continued, type on; :help lists what can be ordered there",
    },
    "raw": {
      kind: "switch",
      generate: false,
      advice: "write the bytes that a model of bytes draws as they are, and nothing else",
    },
  },
} as const;
