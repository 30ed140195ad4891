// Kernels whose threads take each step together have 64 units, so that every thread has one (no device has more threads) and
// comes to every barrier. Thread slices of those are shares of a size, in whole panels of columns.
import { SHARES } from "../numbers";
import { threadCount } from "./barrier";
import { panelColumns } from "./pack";

export { SHARES };

// The first of `size` elements that belong to unit `unit` or a later one.
export function share(size: u32, unit: u32): u32 {
  const each = panelColumns();
  return min((size + each - 1) / each * unit / SHARES * each, size);
}

// Whether each thread takes rows of its own through all steps: they need no barrier, and no core reads what another has just
// written, which costs 20 µs a step where the two share no cache. With fewer rows a thread the tiles are too low.
const ENOUGH: u32 = 4;

export function rowsAlone(batch: u32): bool {
  return batch >= ENOUGH * threadCount();
}
