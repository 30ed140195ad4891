// A rectangle copied: y[r, c] = x[r, c], or += where `accumulate`.
// x, y (rows, columns), their rows ldX, ldY words apart, the first at word offsetX, offsetY. Halves of two directions are
// joined and parted by it.

// A workgroup of 64 by 4 covers 64 columns of 16 rows.

// uses lib/grid.wgsl

@compute @workgroup_size(64, 4)
fn copy_columns(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let column = tile.x * 64u + local.x;
  if (column >= params.columns) {
    return;
  }
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let row = tile.y * 16u + i * 4u + local.y;
    if (row < params.rows) {
      let value = x[params.offsetX + row * params.ldX + column];
      let at = params.offsetY + row * params.ldY + column;
      if (params.accumulate != 0u) {
        y[at] += value;
      } else {
        y[at] = value;
      }
    }
  }
}
