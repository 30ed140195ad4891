/**
 * What the two ways to generate have in common: at_once.ts and by_step.ts.
 *
 * @module
 */
import { SETTINGS } from "../kernels/numbers.ts";

/** How to draw, and which characters: those at `position` and `count - 1` more. */
export interface Draw {
  /** @default {1} */
  temperature?: number;
  /** @default {0} */
  topK?: number;
  /** @default {1} */
  topP?: number;
  /** @default {0} */
  seed?: number;
  position: number;
  count: number;
}

/** What was drawn, by step and row. */
export type History = (step: number, row: number) => { id: number; logProbability: number };

/** B rows of text that are gone on with. */
export interface Streams extends Disposable {
  /** Takes the state through all but the last character of each prefix; the last ones are the next inputs. */
  readPrefixes(prefixes: readonly Uint32Array[]): void;
  /** Draws the next characters of each row. */
  draw(draw: Draw): Promise<History>;
  /** The logits (B, V) of the last step. */
  logits(): Promise<Float32Array>;
}

/** The words of `settings` that all draws have. */
export function settingsOf({ temperature = 1, topK = 0, topP = 1, seed = 0 }: Draw): Uint32Array {
  const words = new Uint32Array(8);
  const floats = new Float32Array(words.buffer);
  floats[SETTINGS.TEMPERATURE] = temperature;
  words[SETTINGS.TOP_K] = topK;
  floats[SETTINGS.TOP_P] = topP;
  words[SETTINGS.SEED_LOW] = seed % 2 ** 32;
  words[SETTINGS.SEED_HIGH] = Math.floor(seed / 2 ** 32);
  return words;
}

/** A history of (steps, B, 2) words. */
export function historyOf(buffer: ArrayBuffer, batch: number): History {
  const ids = new Uint32Array(buffer);
  const floats = new Float32Array(buffer);
  return (step, row) => {
    const at = (step * batch + row) * 2;
    return { id: ids[at]!, logProbability: floats[at + 1]! };
  };
}
