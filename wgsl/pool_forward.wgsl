// One vector of the time steps of each row: y[b] is by `kind`
//   0 mean  the sum of x[t, b] over t < lengths[b], divided by lengths[b]
//   1 max   the largest x[t, b] of t < lengths[b], of each column; a NaN where there is one
//   2 last  x[lengths[b] - 1, b]
// x (T = steps, B = batch, columns): x[t, b] begins at word t*stepStride + b*rowStride, so that (B, T, ·) is one too;
// lengths (B) u32, each from 1 to T; y (B, columns). What lies beyond a row's length is not read.

// A workgroup of 64 takes 64 columns of a row.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/larger.wgsl

@compute @workgroup_size(64)
fn pool_forward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let column = tile.x * 64u + local;
  let row = tile.y;
  if (column >= params.columns) {
    return;
  }
  let start = row * params.rowStride + column;
  let count = lengths[row];
  var value = x[start + (count - 1u) * params.stepStride];
  if (kind == 0u) {
    var levels = vec4f();
    for (var t = 0u; t < count; t++) {
      levels = cascade(levels, x[start + t * params.stepStride], t);
    }
    value = cascade_sum(levels) / f32(count);
  } else if (kind == 1u) {
    value = x[start];
    for (var t = 1u; t < count; t++) {
      let other = x[start + t * params.stepStride];
      value = select(value, other, is_larger(other, value));
    }
  }
  y[row * params.columns + column] = value;
}
