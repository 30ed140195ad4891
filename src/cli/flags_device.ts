/**
 * The flags that say what computes, a part of the table in flags.ts.
 *
 * @module
 */
import { RANGES } from "../ranges.ts";

/** A switch of every command that has results. */
export const RESULTS = {
  train: false,
  sweep: false,
  generate: false,
  forecast: false,
  evaluate: false,
  score: false,
  inspect: false,
  info: false,
  verify: false,
  profile: false,
  runs: false,
  report: false,
  serve: false,
  export: false,
  import: false,
  quantize: false,
} as const;

/** A flag without a default of every command that takes a model. */
export const MODELS = {
  generate: null,
  evaluate: null,
  score: null,
  inspect: null,
  info: null,
} as const;

/** A flag without a default of every command that reads a text. */
export const TEXTS = {
  train: null,
  profile: null,
  evaluate: null,
  score: null,
  inspect: null,
} as const;

/** A switch of every command; its names are those of all commands. */
export const EVERY = {
  ...RESULTS,
  completions: false,
} as const;

/** Heading, names and rows. */
export const DEVICE = {
  Device: {
    "device": {
      kind: "choice",
      choices: ["auto", "webgpu", "wasm"],
      train: "auto",
      profile: "auto",
      generate: "auto",
      forecast: "auto",
      evaluate: "auto",
      score: "auto",
      inspect: "auto",
      serve: "auto",
      verify: null,
      advice: "auto takes a hardware GPU where that is faster, else WebAssembly",
      otherwise: "every device that there is",
    },
    "threads": {
      ...RANGES.count,
      to: 64,
      ...TEXTS,
      generate: null,
      forecast: null,
      serve: null,
      verify: null,
      advice: "threads of WebAssembly",
      otherwise: "one a core, at most 16; one for a short text",
    },
    "deterministic": {
      kind: "switch",
      train: false,
      profile: false,
      generate: false,
      forecast: false,
      evaluate: false,
      score: false,
      inspect: false,
      serve: false,
      advice: "WebAssembly whose bits do not depend on the machine",
    },
    "distributed": {
      kind: "choice",
      choices: ["mpi"],
      train: null,
      passing: true,
      instead: { sweep: "a trial is one process" },
      advice:
        "train on the processes that mpirun, or srun, has started, each with its rows of every batch; " +
        "to call MPI needs --allow-ffi",
      otherwise: "one process",
    },
    "mpi-library": {
      kind: "text",
      value: "FILE",
      train: null,
      info: null,
      passing: true,
      instead: { sweep: "a trial is one process" },
      of: ["distributed", "mpi"],
      advice: "MPI's library",
      otherwise: "libmpi_abi.so.1 or libmpi.so.40, whichever is found",
    },
    "turbo": {
      kind: "switch",
      ...EVERY,
      advice: "compute in a process whose V8 checks no bounds of WebAssembly and uses 256-bit registers; " +
        "to start it needs --allow-run=deno",
    },
  },
} as const;
