// A rectangle copied: target[r, c] = source[r, c], or += where `accumulate`.
// source, target (rows, columns), their rows ldSource, ldTarget words apart, the first at word offsetSource,
// offsetTarget. Halves of two directions are joined and parted by it.
import { get, put } from "./lib/lanes";

const ROWS: u32 = 8; // a unit

export function copy_columns(
  source: usize,
  target: usize,
  rows: u32,
  columns: u32,
  ldSource: u32,
  offsetSource: u32,
  ldTarget: u32,
  offsetTarget: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(rows, end * ROWS);
  for (let row = begin * ROWS; row < last; row++) {
    const from = source + ((offsetSource + row * ldSource) << 2) as usize;
    const to = target + ((offsetTarget + row * ldTarget) << 2) as usize;
    if (accumulate == 0) {
      memory.copy(to, from, (columns << 2) as usize);
      continue;
    }
    let c: u32 = 0;
    for (; c + 4 <= columns; c += 4) addLanes(from + (c << 2), to + (c << 2), 4);
    if (c < columns) addLanes(from + (c << 2), to + (c << 2), columns - c);
  }
}

// @ts-ignore: decorator
@inline
function addLanes(from: usize, to: usize, n: u32): void {
  put(to, f32x4.add(get(to, n), get(from, n)), n);
}
