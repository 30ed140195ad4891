// The gradient of pool_forward: dx[t, b] from dy[b], 0 for t >= lengths[b]; += where `accumulate`. By `kind`:
//   0 mean  dy[b] / lengths[b]
//   1 max   dy[b] at the first step that has the largest element of its column, or at the first NaN; else 0
//   2 last  dy[b] at t = lengths[b] - 1; else 0
// x and dx (T = steps, B = batch, columns): [t, b] begins at word t*stepStride + b*rowStride; lengths (B) u32, each from 1 to
// T; dy (B, columns). x is read for max only, and not beyond a row's length.

// A workgroup of 64 takes 64 columns of a row.

// uses lib/grid.wgsl
// uses lib/larger.wgsl

@compute @workgroup_size(64)
fn pool_backward(
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
  var chosen = count - 1u;
  if (kind == 1u) {
    chosen = 0u;
    var largest = x[start];
    for (var t = 1u; t < count; t++) {
      let other = x[start + t * params.stepStride];
      if (is_larger(other, largest)) {
        largest = other;
        chosen = t;
      }
    }
  }
  let whole = dy[row * params.columns + column];
  let share = whole / f32(count);
  for (var t = 0u; t < params.steps; t++) {
    var value = 0.0;
    if (kind == 0u) {
      value = select(0.0, share, t < count);
    } else {
      value = select(0.0, whole, t == chosen);
    }
    let at = start + t * params.stepStride;
    if (params.accumulate != 0u) {
      dx[at] += value;
    } else {
      dx[at] = value;
    }
  }
}
