/**
 * What of a training's state is JSON in a checkpoint's metadata, untrusted: counts, sums, rates.
 *
 * @module
 */
import { isIn, RANGES } from "../../ranges.ts";
import type { TrainingState } from "../state.ts";

/** What of a state is no tensor. */
export interface StoredTraining
  extends Omit<TrainingState, "weights" | "carried" | "loss" | "health" | "optimizer"> {
  /** Of the sums, what the host has. */
  readonly loss: { total: number; runs: number };
  /** Words of the watch over gradients. */
  readonly health: number[][];
  /** Counts and rates. */
  readonly optimizer: { steps: number; learningRate: number; missed?: number[] };
}

/** JSON has no infinite numbers: they are written as their names. */
export function writeInfinity(_key: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? { infinite: Math.sign(value) } : value;
}

function readInfinity(_key: string, value: unknown): unknown {
  const sign = (value as { infinite?: unknown } | null)?.infinite;
  return sign === 1 || sign === -1 ? sign * Infinity : value;
}

/**
 * Reads JSON that writeInfinity() was used for.
 *
 * @param json A text of the metadata; undefined where it lacks.
 * @returns Its value.
 * @throws {SyntaxError} If it is none.
 */
export function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json!, readInfinity);
  } catch {
    throw damaged();
  }
}

/**
 * Reads what is stored of a state.
 *
 * @param json A text of the metadata; undefined where it lacks.
 * @returns Numbers and objects where they belong: which ones fit, Training.restore() checks.
 * @throws {SyntaxError} If it is none of these.
 */
export function readStored(json: string | undefined): StoredTraining {
  const value = parse(json);
  if (!isObject(value)) throw damaged();
  const { epoch, step, steps, setting, loss, health, optimizer, schedule } = value;
  const sound = [epoch, step, steps].every(isCount) && isObject(setting) &&
    isObject(loss) && typeof loss["total"] === "number" && isCount(loss["runs"]) &&
    Array.isArray(health) && health.every((words) => Array.isArray(words) && words.every(isWord)) &&
    isObject(optimizer) && (optimizer["missed"] === undefined || Array.isArray(optimizer["missed"])) &&
    (schedule === undefined || isObject(schedule) && isObject(schedule["plateau"]));
  if (!sound) throw damaged();
  const stored = value as unknown as StoredTraining;
  // Checkpoints of running text from before resets do not tell that there are none.
  if (!("carryState" in setting)) return stored;
  return {
    ...stored,
    setting: { ...stored.setting, resetProbability: stored.setting.resetProbability ?? 0 },
  };
}

/** An object with members, not a list. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return isIn(RANGES.seed, value);
}

function isWord(value: unknown): boolean {
  return isIn(RANGES.amount, value);
}

function damaged(): SyntaxError {
  return new SyntaxError("Cannot go on from the checkpoint as its metadata is damaged");
}
