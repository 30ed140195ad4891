// Softmax and cross-entropy by rows: losses[n] = log sum_v exp(logits[n, v]) - logits[n, targets[n]], and where
// `gradient` the logits turn into their gradient: logits[n, v] = scale * (softmax(logits[n])[v] - [v = targets[n]]).
// logits (T*B, V = columns), rows n = t*B + b, ld words apart; targets (B, T) u32: row n's is targets[b, t];
// losses (T*B), not scaled, added to where `accumulate`. The row's maximum is taken off first: no finite logit overflows.

// A workgroup of 256 owns a row.

// uses lib/activations.wgsl
// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/reduce.wgsl

@compute @workgroup_size(256)
fn softmax_cross_entropy(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
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
  for (var v = local; v < params.columns; v += 256u) {
    largest = max(largest, logits[start + v]);
  }
  largest = workgroup_max(local, largest);
  var levels = vec4f();
  for (var v = local; v < params.columns; v += 256u) {
    levels = cascade(levels, exp_by_parts(logits[start + v] - largest), v / 256u);
  }
  let sum = workgroup_sum(local, cascade_sum(levels));
  if (local == 0u) {
    let loss = log_by_parts(sum) + (largest - goal_logit);
    if (params.accumulate != 0u) {
      losses[row] += loss;
    } else {
      losses[row] = loss;
    }
  }
  if (params.gradient == 0u) {
    return;
  }
  for (var v = local; v < params.columns; v += 256u) {
    let probability = exp_by_parts(logits[start + v] - largest) / sum;
    logits[start + v] = params.scale * (probability - select(0.0, 1.0, v == goal));
  }
}
