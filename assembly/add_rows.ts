// A row vector given to every row (a bias): y[r, c] = x[c], or += where `accumulate`.
// x (columns); y (rows, columns), its rows ld words apart.
import { get, put } from "./lib/lanes";

const ROWS: u32 = 8; // a unit

export function add_rows(
  x: usize,
  y: usize,
  rows: u32,
  columns: u32,
  ld: u32,
  accumulate: u32,
  begin: u32,
  end: u32,
): void {
  const last = min(rows, end * ROWS);
  for (let row = begin * ROWS; row < last; row++) {
    const target = y + ((row * ld) << 2) as usize;
    if (accumulate == 0) {
      memory.copy(target, x, (columns << 2) as usize);
      continue;
    }
    let c: u32 = 0;
    for (; c + 4 <= columns; c += 4) addLanes(x + (c << 2), target + (c << 2), 4);
    if (c < columns) addLanes(x + (c << 2), target + (c << 2), columns - c);
  }
}

// @ts-ignore: decorator
@inline
function addLanes(x: usize, y: usize, n: u32): void {
  put(y, f32x4.add(get(y, n), get(x, n)), n);
}
