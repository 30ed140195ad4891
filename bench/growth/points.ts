/**
 * Which sizes are measured, and which of them are holes.
 *
 * @module
 */
import { TRAINING, type TrainingWorkload } from "../workloads.ts";

/** The letters of sizes. */
export type Letter = "H" | "B" | "V" | "T";

/** A training step at one size. */
export interface Point {
  /** The size that grows, or "corners". */
  axis: string;
  sizes: TrainingWorkload;
}

const { batchSize: B, numSteps: T, hiddenSize: H, vocabularySize: V } = TRAINING["H1"]!;

/** What grows, each around the sizes of H1; powers of two, and what lies between them where a kernel cuts rows or columns. */
export const AXES: Readonly<Record<Letter, readonly number[]>> = {
  H: [64, 100, 128, 192, 256, 300, 384, 512, 768, 1024],
  B: [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 100, 128, 256],
  V: [64, 256, 1027, 4096, 8192, 16384],
  T: [16, 35, 64, 128, 256, 512],
};

/** Sizes far from H1 in two directions. */
const CORNERS: readonly Partial<Record<Letter, number>>[] = [
  { H: 1024, B: 1 },
  { H: 1024, B: 8 },
  { H: 64, B: 256 },
  { H: 64, B: 1 },
  { H: 64, V: 16384 },
  { H: 512, V: 64 },
  { B: 1, V: 16384 },
  { B: 4, T: 512 },
  { B: 256, T: 16 },
];

/** The points of an axis, all of them or some sizes, or the corners, of a cell. */
export function pointsOf(
  cell: TrainingWorkload["cell"],
  axis: string,
  some: readonly number[] = AXES[axis as Letter],
): Point[] {
  const chosen = axis === "corners" ? CORNERS : some.map((size) => ({ [axis]: size }));
  return chosen.map((sizes) => {
    const all = { H, B, V, T, ...sizes };
    const named = { hiddenSize: all.H, batchSize: all.B, vocabularySize: all.V, numSteps: all.T };
    return { axis, sizes: { cell, numLayers: 1, ...named } };
  });
}

/** A size whose rate is below this of what smaller and larger ones reach is a hole. */
export const HOLE = 0.6;

/**
 * The holes among rates along an axis: what is below HOLE of the best before it and of the best behind it, at the upper end of
 * the best before it alone. The lower end is small, and slower for that.
 */
export function holesOf(rates: readonly number[]): number[] {
  return [...rates.keys()].filter((at) => {
    const before = Math.max(...rates.slice(0, at));
    const behind = at === rates.length - 1 ? Infinity : Math.max(...rates.slice(at + 1));
    return rates[at]! < HOLE * Math.min(before, behind);
  });
}
