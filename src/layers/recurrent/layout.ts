/**
 * Sizes of a pass of one layer in one direction, and where its states lie.
 *
 * @module
 */
import { align } from "../../device/device.ts";
import type { Cell } from "./cell.ts";

/** Sizes of a pass: T, B, I, H, and R, the size of h. */
export interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly inputSize: number;
  readonly hidden: number;
  /** 0 where h is not projected. */
  readonly projection: number;
}

/** The parameters that the kernels of a loop have in common. */
export type LoopParameter =
  | ("cell" | "hard" | "steps" | "batch" | "hidden" | "projection")
  | ("reverse" | "masked" | "offsetH" | "offsetC");

/** Where h (T + 1, B, R) and c (T + 1, B, H) lie in the states' block, and its words. */
export function layoutOf(
  { steps, batch, hidden, projection }: Omit<Sizes, "inputSize">,
  { hasC }: Pick<Cell, "hasC">,
  reverse: boolean,
): { offsetH: number; offsetC: number; words: number } {
  const row = batch * (projection || hidden);
  // The outputs begin in slot 1 (or 0 where reversed), and a view begins on the alignment.
  const offsetH = reverse ? 0 : align(row) - row;
  const offsetC = align(offsetH + (steps + 1) * row);
  return { offsetH, offsetC, words: hasC ? offsetC + (steps + 1) * batch * hidden : offsetC };
}
