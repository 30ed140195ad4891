/**
 * Recipes that reach 1.88 nats, and the commands with which each system follows them.
 *
 * @module
 */
import { TURBO } from "../harness.ts";

/** What all systems do alike: one layer on characters, Adam, a cosine over all steps, one epoch. */
export interface Recipe {
  name: string;
  cell: "gru" | "lstm";
  hiddenSize: number;
  batchSize: number;
  learningRate: number;
}

/** The loss that counts as reached: nanoGPT's recipe for a CPU, karpathy/nanoGPT, README. */
export const GOAL = 1.88;
/** Characters of a window, each read from a zero state: as many as that recipe's context has. */
export const WINDOWS = 64;

/** In which the start counts much, and in which it counts little. */
export const RECIPES: readonly Recipe[] = [
  { name: "small", cell: "gru", hiddenSize: 128, batchSize: 16, learningRate: 0.01 },
  { name: "large", cell: "gru", hiddenSize: 256, batchSize: 16, learningRate: 0.005 },
];

/** A system: commands that run one after the other, of which the last prints the loss. */
export interface Competitor {
  name: string;
  /** What `--systems` takes: refrain, turbo, JAX, PyTorch-N by its threads. */
  family: string;
  commands: string[][];
}

/** Where the texts lie, what computes, and with what seed. */
export interface Setting {
  folder: string;
  training: string;
  heldOut: string;
  python: string | undefined;
  threads: number;
  seed: number;
}

const MODULE = new URL("../../mod.ts", import.meta.url).href;

function flagsOf(recipe: Recipe): string[] {
  const { cell, hiddenSize, batchSize, learningRate } = recipe;
  return ["--cell", cell, "--hidden-size", `${hiddenSize}`, "--batch-size", `${batchSize}`]
    .concat(["--num-steps", "64", "--learning-rate", `${learningRate}`, "--clip-grad-norm", "1"])
    .concat(["--epochs", "1"]);
}

/** refrain's command line, cold twice: to train, and to measure. */
function refrain(recipe: Recipe, setting: Setting, turbo: boolean): Competitor {
  const { folder, training, heldOut, threads, seed } = setting;
  const model = `${folder}/${recipe.name}-${turbo ? "turbo" : "stock"}-${seed}`;
  const program = [Deno.execPath(), "run", "-A", ...(turbo ? [TURBO] : []), MODULE];
  const device = ["--device", "wasm", "--threads", `${threads}`];
  const schedule = ["--schedule", "cosine", "--schedule-unit", "step", "--log-every", "1", "--length", "1"];
  const train = [
    "train",
    "--preset",
    "tutorial",
    "--corpus",
    training,
    ...flagsOf(recipe),
    ...schedule,
    "--seed",
    `${seed}`,
  ];
  const evaluate = ["evaluate", "--model", model, "--corpus", heldOut, "--windows", `${WINDOWS}`];
  return {
    name: turbo ? "refrain turbo" : "refrain",
    family: turbo ? "turbo" : "refrain",
    commands: [[...program, ...train, "--out", model, ...device], [...program, ...evaluate, ...device]],
  };
}

/** A script beside this file that trains and measures in one process. */
function script(file: string, recipe: Recipe, setting: Setting, threads: number): string[] {
  const { training, heldOut, python, seed } = setting;
  const path = decodeURIComponent(new URL(file, import.meta.url).pathname);
  const texts = ["--corpus", training, "--held-out", heldOut, "--windows", `${WINDOWS}`];
  return [python!, path, ...texts, ...flagsOf(recipe), "--threads", `${threads}`, "--seed", `${seed}`];
}

/** PyTorch's ways: threads that spin suffer where processors are shared, and small products gain little from them. */
function pytorch(recipe: Recipe, setting: Setting): Competitor[] {
  const counts = [...new Set([1, setting.threads])];
  return ["gather", "library"].flatMap((variant) =>
    counts.map((threads) => ({
      name: `PyTorch ${variant}, threads ${threads}`,
      family: `PyTorch-${threads}`,
      commands: [[...script("pytorch.py", recipe, setting, threads), "--variant", variant]],
    }))
  );
}

/** JAX's ways: time steps that are written out take longer to compile, and less to run. */
function jax(recipe: Recipe, setting: Setting): Competitor[] {
  const words = script("jax_recipe.py", recipe, setting, setting.threads);
  return ["1", "4"].map((unroll) => ({
    name: `JAX, unroll ${unroll}`,
    family: "JAX",
    commands: [[...words, "--variant", unroll]],
  }));
}

/** All systems of a recipe; without a Python refrain alone. */
export function competitorsOf(recipe: Recipe, setting: Setting): Competitor[] {
  const own = [refrain(recipe, setting, false), refrain(recipe, setting, true)];
  if (setting.python === undefined) return own;
  return [...own, ...jax(recipe, setting), ...pytorch(recipe, setting)];
}
