/**
 * How the losses of all elements become one number.
 *
 * @module
 */
import { quote } from "../messages/quote.ts";

/** The mean of all losses, or their sum. */
export type Reduction = "mean" | "sum";

/**
 * Checks a reduction.
 *
 * @throws {RangeError} If it is neither "mean" nor "sum".
 */
export function checkReduction(reduction: unknown): asserts reduction is Reduction {
  if (reduction === "mean" || reduction === "sum") return;
  if (reduction === "none") {
    throw new RangeError(
      'Cannot compute a loss with reduction "none" as a tape goes backwards from one number: "mean" and "sum" give one',
    );
  }
  throw new RangeError(
    `Cannot compute a loss as reduction must be "mean" or "sum": current value is ${quote(reduction)}`,
  );
}
