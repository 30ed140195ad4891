// A row vector given to every row (a bias): y[r, c] = x[c], or += where `accumulate`.
// x (columns); y (rows, columns), its rows ld words apart.

// A workgroup of 64 by 4 covers 64 columns of 16 rows.

struct Params {
  rows: u32,
  columns: u32,
  ld: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64, 4)
fn add_rows(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = tile.x * 64u + local.x;
  if (column >= params.columns) {
    return;
  }
  let value = x[column];
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let row = tile.y * 16u + i * 4u + local.y;
    if (row < params.rows) {
      let at = row * params.ld + column;
      if (params.accumulate != 0u) {
        y[at] += value;
      } else {
        y[at] = value;
      }
    }
  }
}
