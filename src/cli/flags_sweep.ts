/**
 * The flags of `sweep` beside those of `train`, each of which it takes with several values: a part of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** Heading, names and rows. */
export const SWEEP = {
  Sweep: {
    "seeds": {
      kind: "text",
      value: "VALUES",
      sweep: "0",
      advice: "seeds with each of which every configuration is trained: 0..4, or 1,5,9",
    },
    "random": {
      ...RANGES.count,
      to: 10_000,
      sweep: null,
      advice: "draw so many configurations; then a range needs no count, and any number of it may come",
      otherwise: "all configurations of the grid",
    },
    "random-seed": {
      ...RANGES.seed,
      sweep: 0,
      advice: "of the draw of --random: the same seed draws the same configurations",
    },
    "workers": {
      ...RANGES.count,
      to: 256,
      sweep: 1,
      advice: "trials at a time, each a process of its own; several take one thread each",
    },
    "retry": {
      kind: "switch",
      sweep: false,
      advice: "run trials that failed once more, from their beginning",
    },
  },
} as const;
