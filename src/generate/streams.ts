/**
 * What the two ways to generate have in common: at_once.ts and by_step.ts.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { DRAW, MANNER, SETTINGS } from "../kernels/numbers.ts";

/** How a row is drawn, and by which random numbers: those from `position` on of the seed's sequence `stream`. */
export interface Draw {
  /** @default {1} */
  temperature?: number;
  /** @default {0} */
  topK?: number;
  /** @default {1} */
  topP?: number;
  /** @default {0} */
  seed?: number;
  stream: number;
  position: number;
  /** An id that is not drawn. */
  barred?: number;
  /** Whether the logarithm is asked for: where any row does, all rows of the run have it. */
  logProbabilities?: boolean;
}

/**
 * What was drawn, by step and row: an id, and the logarithm of its probability, or where nobody asks for that its logit less the
 * largest one; neither is finite where a logit is not.
 */
export type History = (step: number, row: number) => { id: number; logarithm: number };

/** B rows of text that are gone on with, or idle. */
export interface Streams extends Disposable {
  /** How many rows there are, B. */
  readonly batch: number;
  /** Begins a row anew with a prefix, one id or more, which read() reads. */
  join(row: number, prefix: Uint32Array): void;
  /** Ends a row: it is idle, and nothing is drawn for it. */
  leave(row: number): void;
  /** Takes over a row of other streams of this model and of this class, between two runs; there it is idle. */
  take(row: number, from: number, others: Streams): void;
  /** Whether a row's prefix has been read, but for its last id, which is the next input. */
  isReady(row: number): boolean;
  /**
   * Takes the state of rows that have joined through a part of their prefixes; the other rows stay as they are. Others have
   * their turn meanwhile, and the signal may end it.
   *
   * @param most Steps at most.
   * @param signal Ends it.
   * @returns Whether there is more to read.
   */
  read(most?: number, signal?: AbortSignal): Promise<boolean>;
  /** Draws the next `count` characters of each row that is ready, and has a manner. */
  draw(rows: readonly (Draw | undefined)[], count: number): Promise<History>;
  /** The logits (B, V) of the last step; those of other rows are anything. */
  logits(): Promise<Float32Array>;
}

/** Begins all rows, each with a prefix, and reads these. */
export async function readPrefixes(
  streams: Streams,
  prefixes: readonly Uint32Array[],
  signal?: AbortSignal,
): Promise<void> {
  prefixes.forEach((prefix, row) => streams.join(row, prefix));
  while (await streams.read(Infinity, signal));
}

/**
 * Waits until a device has done what it was given; others have their turn where it is long ago.
 *
 * @param device The device.
 * @param block A small block.
 * @param signal Ends the wait where it is aborted.
 */
export async function runEnded(device: Device, block: Block, signal: AbortSignal | undefined): Promise<void> {
  await device.read(block);
  signal?.throwIfAborted();
}

/** The words of `settings`, but for how many steps are taken, and which. */
export function settingsOf(rows: readonly (Draw | undefined)[]): Uint32Array {
  const words = new Uint32Array((1 + rows.length) * MANNER);
  const floats = new Float32Array(words.buffer);
  words[SETTINGS.LOGARITHMS] = Number(rows.some((draw) => draw?.logProbabilities));
  rows.forEach((draw, row) => {
    if (draw === undefined) return;
    const { temperature = 1, topK = 0, topP = 1, seed = 0, stream, position, barred = -1 } = draw;
    const at = (1 + row) * MANNER;
    floats[at + DRAW.TEMPERATURE] = temperature;
    words[at + DRAW.TOP_K] = topK;
    floats[at + DRAW.TOP_P] = topP;
    words[at + DRAW.SEED_LOW] = seed % 2 ** 32;
    words[at + DRAW.SEED_HIGH] = Math.floor(seed / 2 ** 32);
    words[at + DRAW.STREAM] = stream;
    words[at + DRAW.POSITION] = position;
    words[at + DRAW.BARRED] = barred + 1;
  });
  return words;
}

/** A history of (steps, B, 2) words. */
export function historyOf(buffer: ArrayBuffer, batch: number): History {
  const ids = new Uint32Array(buffer);
  const floats = new Float32Array(buffer);
  return (step, row) => {
    const at = (step * batch + row) * 2;
    return { id: ids[at]!, logarithm: floats[at + 1]! };
  };
}
