/**
 * What units of a model follow, as plain data that the page shows: untrusted, as it comes from a file.
 *
 * @module
 */
import { isObject } from "./read_log.ts";

/** A piece of text with what a unit did at each token of it. */
export interface ShownPiece {
  /** The tokens' texts. */
  readonly tokens: readonly string[];
  /** The unit's activation behind each token, from -1 to 1. */
  readonly activations: readonly number[];
}

/** A unit, and what it follows. */
export interface ShownUnit {
  /** The unit, from 0. */
  readonly unit: number;
  /** Its layer, from 0. */
  readonly layer: number;
  /** What of it: "h", or an LSTM's "c". */
  readonly value: string;
  /** What it follows: "quotes". */
  readonly feature: string;
  /** How well, from -1 to 1. */
  readonly correlation: number;
  /** Pieces of the text. */
  readonly pieces: readonly ShownPiece[];
}

/** What was found in a model. */
export interface ShownInspection {
  /** The text that was read, by its name. */
  readonly text: string;
  /** The units, the one that follows best first. */
  readonly units: readonly ShownUnit[];
}

/**
 * Reads what inspect.json holds.
 *
 * @param value Plain data.
 * @returns What of it can be shown, and sentences on what is left out.
 */
export function readInspection(value: unknown): { inspection: ShownInspection | undefined; notes: string[] } {
  if (!isObject(value) || !Array.isArray(value["units"])) {
    return { inspection: undefined, notes: ["what was found by inspect is damaged and left out"] };
  }
  const all: readonly unknown[] = value["units"];
  const units = all.map(unitOf).filter((unit) => unit !== undefined);
  const lost = all.length - units.length;
  return {
    inspection: { text: typeof value["text"] === "string" ? value["text"] : "", units },
    notes: lost > 0
      ? [`of what inspect found ${lost === 1 ? "a unit is" : `${lost} units are`} damaged and left out`]
      : [],
  };
}

function unitOf(value: unknown): ShownUnit | undefined {
  if (!isObject(value)) return undefined;
  const { unit, layer, value: state = "h", feature, correlation, pieces } = value;
  const sound = isCount(unit) && isCount(layer) && typeof feature === "string" && typeof state === "string" &&
    Number.isFinite(correlation) && Array.isArray(pieces) && pieces.every(isPiece);
  if (!sound) return undefined;
  return { unit, layer, value: state, feature, correlation: correlation as number, pieces };
}

function isPiece(value: unknown): value is ShownPiece {
  if (!isObject(value)) return false;
  const { tokens, activations } = value;
  return Array.isArray(tokens) && Array.isArray(activations) && tokens.length === activations.length &&
    tokens.every((token) => typeof token === "string") &&
    activations.every((activation) => Number.isFinite(activation));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}
