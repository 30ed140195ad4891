// A rectangle copied: y[r, c] = x[r, c], or += where `accumulate`.
// x, y (rows, columns), their rows ldX, ldY words apart, the first at word offsetX, offsetY. Halves of two directions are
// joined and parted by it.
import { get, put } from "./lib/lanes";
import { ROWS } from "./numbers";

export function copy_columns(
  x: usize,
  y: usize,
  rows: u32,
  columns: u32,
  ldX: u32,
  offsetX: u32,
  ldY: u32,
  offsetY: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(rows, end * ROWS);
  for (let row = begin * ROWS; row < last; row++) {
    const from = x + ((offsetX + row * ldX) << 2) as usize;
    const to = y + ((offsetY + row * ldY) << 2) as usize;
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
