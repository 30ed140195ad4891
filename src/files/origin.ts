/**
 * Where the weights of a file come from, as its metadata says it, untrusted: the refrain that wrote it, how far the
 * training had come, and of which text it was. What whoever wrote the file did not know is not there.
 *
 * @module
 */
import { isIn, RANGES } from "../ranges.ts";
import { VERSION } from "../version.ts";
import { quote } from "../messages/quote.ts";

/** Where the weights of a file come from, as far as the file says it. */
export interface Origin {
  /** The version of the refrain that wrote the file. */
  refrain?: string;
  /** The epoch of the last step of training, from 1; 0 before the first. */
  epoch?: number;
  /** Steps since training began. */
  step?: number;
  /** SHA-256 of the training text's ids, in hexadecimal: 64 digits. */
  corpus?: string;
}

/** What a file may say, by its key. */
const KEYS = {
  refrain: "refrain.release",
  epoch: "refrain.epoch",
  step: "refrain.step",
  corpus: "refrain.corpus",
} as const satisfies Record<keyof Origin, string>;

/** Epochs and steps: any whole number that is exact. */
const COUNT = RANGES.seed;

/**
 * Whether a text is a SHA-256 in hexadecimal.
 *
 * @param text Any text.
 * @returns Whether it has 64 digits, and nothing else.
 */
export function isSha256(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{64}$/.test(text);
}

/**
 * Writes an origin as metadata, with this refrain's version.
 *
 * @param origin What is known of it.
 * @returns Texts by their keys.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const texts = writeOrigin({ epoch: 3, step: 17 });
 * const { refrain: _, ...rest } = readOrigin(texts);
 * assertEquals(rest, { epoch: 3, step: 17 });
 * ```
 */
export function writeOrigin({ epoch, step, corpus }: Omit<Origin, "refrain">): Record<string, string> {
  return {
    [KEYS.refrain]: VERSION,
    ...(epoch === undefined ? {} : { [KEYS.epoch]: String(epoch) }),
    ...(step === undefined ? {} : { [KEYS.step]: String(step) }),
    ...(corpus === undefined ? {} : { [KEYS.corpus]: corpus }),
  };
}

/**
 * Reads an origin from metadata.
 *
 * @param metadata The file's.
 * @returns What it says; nothing of files that were written before they said it.
 * @throws {SyntaxError} If a text is none that writeOrigin() gives.
 */
export function readOrigin(metadata: Readonly<Record<string, string>>): Origin {
  const origin: Origin = {};
  const { [KEYS.refrain]: refrain, [KEYS.epoch]: epoch, [KEYS.step]: step, [KEYS.corpus]: corpus } = metadata;
  if (refrain !== undefined) {
    if (!/^\d+\.\d+\.\d+[-+.\w]{0,40}$/.test(refrain)) throw damaged("release", refrain);
    origin.refrain = refrain;
  }
  if (epoch !== undefined) origin.epoch = countOf("epoch", epoch);
  if (step !== undefined) origin.step = countOf("step", step);
  if (corpus !== undefined) {
    if (!isSha256(corpus)) throw damaged("corpus", corpus);
    origin.corpus = corpus;
  }
  return origin;
}

function countOf(name: string, text: string): number {
  if (!/^(0|[1-9]\d{0,15})$/.test(text) || !isIn(COUNT, Number(text))) throw damaged(name, text);
  return Number(text);
}

function damaged(name: string, text: string): SyntaxError {
  return new SyntaxError(
    `Cannot read the file: its metadata is damaged, as it states the ${name} ${quote(text)}`,
  );
}
