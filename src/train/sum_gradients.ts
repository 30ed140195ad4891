/**
 * Gradients of all ranks, between the two programs of a step.
 *
 * @module
 */
import { type Parameter, parameterRanges } from "../tensors/parameters.ts";
import type { Ranks } from "./ranks.ts";

/**
 * Sums gradients over ranks, where they lie.
 *
 * @param parameters Whose gradients.
 * @param ranks The ranks, where there are some.
 * @returns A promise, where there is something to wait for.
 */
export function sumGradients(
  parameters: readonly Parameter[],
  ranks: Ranks | undefined,
): Promise<void> | undefined {
  if (!ranks) return undefined;
  const sums = parameterRanges(parameters).map(({ gradients }) => (): void | Promise<void> =>
    gradients.device.alter(gradients, (words) => ranks.sum(words))
  );
  return inTurn(sums);
}

/**
 * Does one after the other.
 *
 * @param acts What is done.
 * @returns A promise of the end of all, only where one of them gives one.
 */
export function inTurn(acts: readonly (() => void | Promise<void>)[]): Promise<void> | undefined {
  const [first, ...rest] = acts;
  if (!first) return undefined;
  const doing = first();
  return doing ? doing.then(() => inTurn(rest)) : inTurn(rest);
}
