/**
 * Gradients of layers against the slopes of a float64 loss: central differences along one random direction of each
 * tensor, which an error in any element of its gradient changes.
 *
 * @module
 */
import { AssertionError } from "@std/assert";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { uniformNumbers } from "../../src/verify/cases/arrays.ts";
import { SLOPES } from "../../src/verify/cases/tolerances.ts";

/** Numbers by the names of their tensors. */
export type Arrays = Record<string, ArrayLike<number>>;
/** The way along which a tensor was moved, and how fast the loss rose. */
export type Slopes = Record<string, { direction: Float64Array; slope: number }>;

const STEP = 1e-5;
/** The roundings of a float32 sum over steps that cancels: its terms are of the order of 1. */
const CANCELLED = 1e-7;

/** The slope of a loss along a direction of each tensor. */
export function slopesOf(loss: (arrays: Arrays) => number, arrays: Arrays): Slopes {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, values], index) => {
      const direction = uniformNumbers(values.length, 100 + index);
      const along = (step: number): number =>
        loss({ ...arrays, [name]: Float64Array.from(values, (value, i) => value + step * direction[i]!) });
      return [name, { direction, slope: (along(STEP) - along(-STEP)) / (2 * STEP) }];
    }),
  );
}

/** Checks that gradients have these slopes; `enlarged`: how much larger roundings may be. */
export function assertSlopes(gradients: Arrays, slopes: Slopes, enlarged: number = 1): void {
  for (const [name, { direction, slope }] of Object.entries(slopes)) {
    const gradient = gradients[name]!;
    let sum = 0;
    let size = 0;
    direction.forEach((value, i) => {
      sum += value * gradient[i]!;
      size += Math.abs(value * gradient[i]!);
    });
    const largest = enlarged * (SLOPES * size + CANCELLED);
    if (gradient.length === direction.length && Math.abs(sum - slope) <= largest) continue;
    throw new AssertionError(
      `gradient of ${name}: its slope is ${sum}, that of the loss ${slope}, difference ${
        Math.abs(sum - slope).toExponential(2)
      } above ${largest.toExponential(2)}`,
    );
  }
}

/**
 * The loss of a naive pass: the sum of outputs and final states, each times a weight.
 *
 * @param arrays `x`, states `h` and `c`, and parameters by their names.
 * @param pass The rest of what naiveRecurrence() takes.
 * @param upstream Weights of the outputs, then of the final states.
 */
export function naiveLoss(
  arrays: Arrays,
  { kind, options, given }: {
    kind: Parameters<typeof naiveRecurrence>[0];
    options: Parameters<typeof naiveRecurrence>[1];
    given: Omit<Parameters<typeof naiveRecurrence>[2], "dict" | "x" | "state"> & {
      shapes: Record<string, readonly number[]>;
    };
  },
  upstream: readonly ArrayLike<number>[],
): number {
  const { shapes, ...rest } = given;
  const dict = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape: [...shape], data: arrays[name]! }]),
  ) as Parameters<typeof naiveRecurrence>[2]["dict"];
  const state = ["h", "c"].filter((name) => name in arrays).map((name) => arrays[name]!);
  const { output, state: final } = naiveRecurrence(kind, options, { ...rest, dict, x: arrays["x"]!, state });
  const dot = (values: number[], weights: ArrayLike<number>): number =>
    values.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  return [output, ...final].reduce((sum, values, i) => upstream[i] ? sum + dot(values, upstream[i]) : sum, 0);
}
