// Rows of a table by id: y[t*B + b, c] = table[ids[b, t], c], plus bias[c] where `biased`.
// It is the product of a one-hot matrix (T*B, V) with the table, without the multiplications by 0 and 1.
// ids (B, T) u32, each below V; element (id, c) of the table lies at word id*idStride + c*columnStride, so that a
// `weight_ih` (columns, V) and an embedding (V, columns) are both tables; bias (columns); y (T*B, columns), its rows ld
// words apart.

// A workgroup of 64 by 4 covers 64 columns of 16 rows.

// uses lib/grid.wgsl

@compute @workgroup_size(64, 4)
fn embedding_forward(
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
  var start = 0.0;
  if (params.biased != 0u) {
    start = bias[column];
  }
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let row = tile.y * 16u + i * 4u + local.y;
    if (row < params.batch * params.steps) {
      let id = ids[row % params.batch * params.steps + row / params.batch];
      y[row * params.ld + column] = start + table[id * params.idStride + column * params.columnStride];
    }
  }
}
