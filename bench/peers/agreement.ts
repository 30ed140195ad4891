/**
 * Whether a peer computed the same: only then does it have a ratio.
 *
 * @module
 */
import type { First } from "./peer_process.ts";

/** Losses may differ by this much of their size: sums have other orders, and ten steps of Adam magnify that. */
const LARGEST_DIFFERENCE = 1e-3;

/** How far a peer's losses lie apart from refrain's, or what else is not the same, in words. */
export function compareFirst(own: First, other: First): { difference: number } | { fault: string } {
  if (own.ids && other.ids) {
    for (const [row, ids] of own.ids.entries()) {
      const at = ids.findIndex((id, i) => id !== other.ids![row]?.[i]);
      if (at >= 0) {
        return {
          fault: `character ${at} of text ${row} is ${other.ids[row]?.[at]}, refrain's is ${ids[at]}`,
        };
      }
      if (other.ids[row]!.length !== ids.length) return { fault: `text ${row} has another length` };
    }
    return { difference: 0 };
  }
  if (!own.losses || own.losses.length !== other.losses?.length) return { fault: "it reports other things" };
  const differences = own.losses.map((loss, step) => Math.abs(other.losses![step]! - loss) / loss);
  const worst = Math.max(...differences);
  const step = differences.findIndex((difference) => !(difference <= LARGEST_DIFFERENCE));
  if (step < 0) return { difference: worst };
  return { fault: `the loss of step ${step + 1} is ${other.losses[step]}, refrain's is ${own.losses[step]}` };
}
