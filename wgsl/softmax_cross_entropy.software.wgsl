// Variant of `softmax_cross_entropy` (wgsl/softmax_cross_entropy.wgsl) for drivers that compute on the CPU with subgroups
// of 8: one owns a row, without workgroup memory.

// uses lib/activations.wgsl
// uses lib/cascade.wgsl
// uses lib/grid.wgsl

const LANES = 8u; // of a subgroup, which is a whole workgroup

@compute @workgroup_size(LANES)
fn softmax_cross_entropy(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let row = tile.x;
  if (row >= params.batch * params.steps) {
    return;
  }
  let start = row * params.ld;
  let goal = targets[row % params.batch * params.steps + row / params.batch];
  let goal_logit = logits[start + goal]; // before it turns into a gradient
  var largest = -3.4028234e38;
  for (var v = lane; v < params.columns; v += LANES) {
    largest = max(largest, logits[start + v]);
  }
  largest = subgroupMax(largest);
  var levels = vec4f();
  for (var v = lane; v < params.columns; v += LANES) {
    levels = cascade(levels, exp_by_parts(logits[start + v] - largest), v / LANES);
  }
  let sum = subgroupAdd(cascade_sum(levels));
  if (lane == 0u) {
    let loss = log_by_parts(sum) + (largest - goal_logit);
    losses[row] = select(loss, losses[row] + loss, params.accumulate != 0u);
  }
  if (params.gradient == 0u) {
    return;
  }
  for (var v = lane; v < params.columns; v += LANES) {
    let probability = exp_by_parts(logits[start + v] - largest) / sum;
    logits[start + v] = params.scale * (probability - select(0.0, 1.0, v == goal));
  }
}
