/**
 * Results as they are committed, a file a row: results/NAME.json.
 *
 * @module
 */
import { argumentsOf, type Row } from "./row.ts";

/** What a report of `train` has, but for its samples. */
export interface Report {
  epoch: number;
  loss: number;
  perplexity: number;
  validationLoss?: number;
  seconds: number;
  steps: number;
}

/** The best n-gram of the same training text on the same held-out text. */
export interface Baseline {
  order: number;
  loss: number;
}

/** A run of refrain with one seed. */
export interface Run {
  seed: number;
  /** The command line of the training, text by name. */
  train: string[];
  log: Report[];
  /** Trainable numbers. */
  parameters: number;
  /** What `evaluate` printed of each measure: nats a token, and those of the best n-gram where it was asked. */
  evaluated: { measure: string; command: string[]; loss: number; tokens: number; baseline?: Baseline }[];
  /** Seconds of processor that the training took, all threads together; of the clock where unknown. */
  seconds: number;
  /** What `seconds` counts. */
  counted: "processor" | "clock";
  /** The device as `train` names it, the machine and who computed. */
  device: string;
  processor: string;
  versions: Record<string, string>;
  commit: string;
  date: string;
}

/** A run of PyTorch with one seed: the perplexity of its last report. */
export interface PeerRun {
  seed: number;
  system: string;
  command: string[];
  perplexity: number;
  seconds: number;
}

/** What is known of a row. */
export interface Result {
  row: string;
  runs: Run[];
  pytorch: PeerRun[];
}

/** Where results lie. */
export const RESULTS: URL = new URL("results/", import.meta.url);

/** A row's result, an empty one where there is none. */
export async function readResult(name: string, folder: URL = RESULTS): Promise<Result> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, folder)));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { row: name, runs: [], pytorch: [] };
  }
}

/** Writes it, runs in the order of their seeds. */
export async function writeResult(result: Result, folder: URL = RESULTS): Promise<void> {
  result.runs.sort((a, b) => a.seed - b.seed);
  result.pytorch.sort((a, b) => a.seed - b.seed);
  const lines = JSON.stringify(result, null, 1)
    // A report or a command is a line.
    .replaceAll(/\[\n\s+("[^\]{}]*?")\n\s+\]/g, (_, list) => `[${list.replaceAll(/\s*\n\s*/g, " ")}]`)
    .replaceAll(
      /\{\n\s+("epoch"[^{}]*?)\n\s+\}/g,
      (_, report) => `{ ${report.replaceAll(/\s*\n\s*/g, " ")} }`,
    );
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL(`${result.row}.json`, folder), `${lines}\n`);
}

/** The command line of a row's training, with the tutorial's value of every flag that the row does not give. */
export function commandOf(row: Row, corpus: string, seed: number): string[] {
  return [
    "train",
    "--corpus",
    corpus,
    "--preset",
    "tutorial",
    ...argumentsOf(row.flags),
    "--seed",
    `${seed}`,
  ];
}

/** Whether a run was made by the row as it stands now. */
export function isCurrent(row: Row, { train }: Run): boolean {
  return ` ${train.join(" ")} `.includes(` ${argumentsOf(row.flags).join(" ")} `);
}
