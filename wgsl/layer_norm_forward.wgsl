// Layer normalization (Ba, Kiros and Hinton 2016) of each row: y = n * weight + bias, n = (x - m) * r, m the mean of the row,
// r = 1 / sqrt(v + epsilon), v = the mean of (x - m)^2.
// x, y (rows, columns); weight, bias (columns), read where `scaled` and `shifted`, else 1 and 0; statistics (rows, 2): m and r.

// A workgroup of 256 owns a row.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/reduce.wgsl

@compute @workgroup_size(256)
fn layer_norm_forward(
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
  var levels = vec4f();
  for (var c = local; c < params.columns; c += 256u) {
    levels = cascade(levels, x[start + c], c / 256u);
  }
  let mean = workgroup_sum(local, cascade_sum(levels)) / count;
  levels = vec4f();
  for (var c = local; c < params.columns; c += 256u) {
    let distance = x[start + c] - mean;
    levels = cascade(levels, distance * distance, c / 256u);
  }
  let variance = workgroup_sum(local, cascade_sum(levels)) / count;
  let rate = 1.0 / sqrt(variance + params.epsilon);
  if (local == 0u) {
    statistics[2u * row] = mean;
    statistics[2u * row + 1u] = rate;
  }
  for (var c = local; c < params.columns; c += 256u) {
    var value = (x[start + c] - mean) * rate;
    if (params.scaled != 0u) {
      value *= weight[c];
    }
    if (params.shifted != 0u) {
      value += bias[c];
    }
    y[start + c] = value;
  }
}
