// Softmax and cross-entropy by rows: losses[n] = log sum_v exp(logits[n, v]) - logits[n, targets[n]], and where
// `gradient` the logits turn into their gradient: logits[n, v] = scale * (softmax(logits[n])[v] - [v = targets[n]]).
// logits (T*B, V = columns), rows n = t*B + b, ld words apart; targets (B, T) u32: row n's is targets[b, t];
// losses (T*B), not scaled, added to where `accumulate`. The row's maximum is taken off first: no finite logit overflows.
// Where `weighted`, with weights w (V), norm (1), e = smoothing, g = targets[n] and Z the log of the sum of exponentials:
//   losses[n] = norm * ((1 - e) w[g] (Z - logits[n, g]) + e / V sum_v w[v] (Z - logits[n, v])), the gradient likewise, but for a
//   target that is `ignored`: its row has the gradient 0 and the loss 0, or NaN where norm is NaN (Szegedy et al. 2016)

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
  let given = targets[row % params.batch * params.steps + row / params.batch];
  let is_ignored = weighted != 0u && given == params.ignored;
  let goal = select(given, 0u, is_ignored); // what is ignored may be no column
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
  var factor = params.scale;
  var own = 1.0; // what the target counts
  var spread = 0.0; // what all columns count beside it, by their weights
  var all = 0.0; // weights
  var away = 0.0; // weighted distances from the largest logit
  if (weighted != 0u) {
    factor *= norm[0];
    own = (1.0 - params.smoothing) * weights[goal];
    if (params.smoothing > 0.0) {
      spread = params.smoothing / f32(params.columns);
      var distances = vec4f();
      var sums = vec4f();
      for (var v = local; v < params.columns; v += 256u) {
        distances = cascade(distances, weights[v] * (largest - logits[start + v]), v / 256u);
        sums = cascade(sums, weights[v], v / 256u);
      }
      away = workgroup_sum(local, cascade_sum(distances));
      all = workgroup_sum(local, cascade_sum(sums));
    }
  }
  if (local == 0u) {
    let log_sum = log_by_parts(sum);
    var loss = log_sum + (largest - goal_logit);
    if (weighted != 0u) {
      loss *= own;
      if (params.smoothing > 0.0) {
        loss += spread * (all * log_sum + away);
      }
      loss = select(loss * norm[0], keep_nan(norm[0], 0.0), is_ignored);
    }
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
    if (weighted != 0u) {
      let slope = (own + spread * all) * probability - select(0.0, own, v == goal) - spread * weights[v];
      logits[start + v] = select(factor * slope, 0.0, is_ignored);
    } else {
      logits[start + v] = params.scale * (probability - select(0.0, 1.0, v == goal));
    }
  }
}
