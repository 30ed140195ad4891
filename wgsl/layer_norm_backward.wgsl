// The gradient of layer_norm_forward: with g = dy * weight, n = (x - m) * r and means over the row,
// dx = r * (g - mean(g) - n * mean(g * n)), += where `accumulate`; products = dy * n, whose sum over rows is dweight.
// x, dy, dx, products (rows, columns); weight (columns), read where `scaled`, else 1, and then products are not written;
// statistics (rows, 2): m and r.

// A workgroup of 256 owns a row.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/reduce.wgsl

@compute @workgroup_size(256)
fn layer_norm_backward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let row = tile.x;
  if (row >= params.rows) {
    return;
  }
  let start = row * params.columns;
  let count = f32(params.columns);
  let mean = statistics[2u * row];
  let rate = statistics[2u * row + 1u];
  var levels = vec4f();
  var levels_along = vec4f();
  for (var c = local; c < params.columns; c += 256u) {
    let normal = (x[start + c] - mean) * rate;
    var g = dy[start + c];
    if (params.scaled != 0u) {
      products[start + c] = g * normal;
      g *= weight[c];
    }
    levels = cascade(levels, g, c / 256u);
    levels_along = cascade(levels_along, g * normal, c / 256u);
  }
  let mean_g = workgroup_sum(local, cascade_sum(levels)) / count;
  let along = workgroup_sum(local, cascade_sum(levels_along)) / count;
  for (var c = local; c < params.columns; c += 256u) {
    let normal = (x[start + c] - mean) * rate;
    var g = dy[start + c];
    if (params.scaled != 0u) {
      g *= weight[c];
    }
    let value = rate * (g - mean_g - normal * along);
    if (params.accumulate != 0u) {
      dx[start + c] += value;
    } else {
      dx[start + c] = value;
    }
  }
}
