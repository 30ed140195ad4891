/**
 * The lines of a sweep's journal. None is trusted: a process may have been killed while it wrote, and people edit files.
 *
 * @module
 */
import { ID_DIGITS } from "./trial.ts";

/** The first line: whose journal it is. */
export interface Head {
  /** What identifies the sweep. */
  readonly sweep: string;
  /** How many trials it has. */
  readonly trials: number;
  /** The refrain that began it. */
  readonly version: string;
  /** The command that makes the same sweep. */
  readonly command: string;
}

/** What every trial's line has. */
interface Any {
  readonly trial: string;
  readonly seed: number;
  /** Values as they were written, by the name of each flag that is swept. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Seconds of the process that ended it. */
  readonly seconds: number;
  /** The refrain that ran it. */
  readonly version: string;
}

/** A trial that has ended. */
export interface Done extends Any {
  readonly state: "done";
  /** The least loss of the validation, and the epoch of it: the model is that of this epoch. */
  readonly validationLoss: number;
  readonly epoch: number;
  /** The loss of the training part at that report; null where it was not finite. */
  readonly loss: number | null;
  /** What computed. */
  readonly device?: string;
  /** SHA-256 of what was learnt from. */
  readonly text?: string;
  /** All flags as they were resolved. */
  readonly flags: object;
}

/** A trial that could not be run to its end. */
export interface Failed extends Any {
  readonly state: "failed";
  /** Why, in a sentence. */
  readonly error: string;
}

/** A trial's line. */
export type Line = Done | Failed;

const ID = new RegExp(`^[0-9a-f]{${ID_DIGITS}}$`);

/**
 * Reads a first line.
 *
 * @param text The line.
 * @returns What it says; undefined where it is none.
 */
export function readHead(text: string): Head | undefined {
  const value = objectOf(text);
  if (!value) return undefined;
  const { sweep, trials, version, command } = value;
  if (typeof sweep !== "string" || !ID.test(sweep) || !Number.isSafeInteger(trials)) return undefined;
  if (typeof version !== "string" || typeof command !== "string") return undefined;
  return { sweep, trials: trials as number, version, command };
}

/**
 * Reads a trial's line.
 *
 * @param text The line.
 * @returns The trial; undefined where it is none that can be told.
 */
export function readLine(text: string): Line | undefined {
  const value = objectOf(text);
  if (!value) return undefined;
  const { trial, seed, configuration, seconds, version, state } = value;
  if (typeof trial !== "string" || !ID.test(trial) || typeof version !== "string") return undefined;
  if (!Number.isSafeInteger(seed) || !isNumber(seconds) || !isConfiguration(configuration)) return undefined;
  if (state === "failed") return typeof value["error"] === "string" ? value as unknown as Failed : undefined;
  const { validationLoss, epoch, loss, flags } = value;
  if (state !== "done" || !isNumber(validationLoss) || !Number.isSafeInteger(epoch)) return undefined;
  if (!(loss === null || isNumber(loss)) || typeof flags !== "object" || flags === null) return undefined;
  return value as unknown as Done;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isConfiguration(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === "string");
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
