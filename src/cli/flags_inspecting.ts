/**
 * The flags of `inspect` alone, a part of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** What is read, and how much is shown. */
export const INSPECTING = {
  Inspecting: {
    "text": {
      kind: "text",
      value: "FILE",
      inspect: null,
      advice: "a text to read, a folder of texts, a gzip or zip file, or - for standard input",
      otherwise: "what the model's run held out of its own, or all of it",
    },
    "top": { ...RANGES.count, inspect: 5, advice: "how many units are shown" },
    "excerpt": { ...RANGES.count, inspect: 240, advice: "tokens of the text that are shown of each unit" },
    "no-save": { kind: "switch", inspect: false, advice: "write no inspect.json into the run's folder" },
  },
} as const;
