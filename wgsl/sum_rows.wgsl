// Sum over rows (a bias gradient, a mean loss): y[c] = scale * sum_r x[r, c], or += where `accumulate`.
// x (rows, columns), its rows ld words apart, the first at word `offset`; y (columns).

// A workgroup takes 8 columns: 32 invocations share a column, each summing every 32nd row, four at a time.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl

var<workgroup> sums: array<f32, 256>; // (32, 8)

fn element(row: u32, column: u32) -> f32 {
  if (row >= params.rows || column >= params.columns) {
    return 0.0;
  }
  return x[params.offset + row * params.ld + column];
}

@compute @workgroup_size(8, 32)
fn sum_rows(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let column = tile.x * 8u + local.x;
  var levels = vec4f();
  for (var row = local.y; row < params.rows; row += 128u) {
    let four = (element(row, column) + element(row + 32u, column)) +
      (element(row + 64u, column) + element(row + 96u, column));
    levels = cascade(levels, four, row / 128u);
  }
  sums[local.y * 8u + local.x] = cascade_sum(levels);
  for (var half = 16u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (local.y < half) {
      sums[local.y * 8u + local.x] += sums[(local.y + half) * 8u + local.x];
    }
  }
  if (local.y == 0u && column < params.columns) {
    let value = params.scale * sums[local.x];
    if (params.accumulate != 0u) {
      y[column] += value;
    } else {
      y[column] = value;
    }
  }
}
