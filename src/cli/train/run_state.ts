/**
 * What a checkpoint keeps of a run beside the training's state, as it is read back.
 *
 * @module
 */
import { isIn, RANGES } from "../../ranges.ts";
import type { TrainReport } from "../../train.ts";
import type { RunState } from "./kept_run.ts";

/** Numbers of a report. */
const NUMBERS = [
  "epoch",
  "steps",
  "loss",
  "perplexity",
  "learningRate",
  "seconds",
  "tokensPerSecond",
] as const satisfies readonly (keyof TrainReport)[];

/**
 * Checks what a checkpoint kept; that the vocabulary is one, its reader checks.
 *
 * @param run Plain data, not trusted.
 * @returns The same.
 * @throws {SyntaxError} If a part is missing or of another kind.
 */
export function readRunState(run: unknown): RunState {
  const { lines, waiting, corpus, vocabulary, computes, best, pending } = membersOf(run);
  const { log, samples } = membersOf(lines);
  const { log: waitingLog, samples: waitingSamples } = membersOf(waiting);
  const sound = [log, samples].every((value) => isIn(RANGES.seed, value)) &&
    [waitingLog, waitingSamples].every(isTexts) && typeof corpus === "string" &&
    (vocabulary === undefined || typeof vocabulary === "object") && typeof best === "number" &&
    (computes === undefined || typeof computes === "string") &&
    (pending === undefined || isReport(membersOf(pending)));
  if (!sound) throw damaged();
  return run as RunState;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw damaged();
  return value as Record<string, unknown>;
}

/** Whether each number of a report is one: a report whose samples were being drawn is printed. */
function isReport(report: Readonly<Record<string, unknown>>): boolean {
  const optional = ["step", "epochLoss", "validationLoss", "validationPerplexity"]
    .filter((name) => report[name] !== undefined);
  return [...NUMBERS, ...optional].every((name) => typeof report[name] === "number");
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function damaged(): SyntaxError {
  return new SyntaxError("Cannot go on from the checkpoint as what it says of the run is damaged");
}
