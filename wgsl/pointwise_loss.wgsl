// Losses of numbers, element by element, and their gradient. x, goals (count), g = goals[i], w = weights[i % columns], or 1
// where `columns` is 0. `kind` says which loss an element has (src/kernels/numbers.ts):
//   SQUARED   d^2 with d = x - g; slope 2 d
//   HUBER     d^2 / 2 where |d| < delta, else delta (|d| - delta / 2); slope d, at most delta and at least -delta (Huber 1964)
//   LOGISTIC  (1 - g) softplus(x) + w g softplus(-x), softplus(x) = max(x, 0) + log(1 + e^-|x|); slope
//             (1 - g) sigmoid(x) - w g sigmoid(-x): minus the log of sigmoid(x)'s probability of g, in which nothing cancels
// partials[k] (⌈count / 4096⌉) = the sum of losses of the k-th chunk of 4096 elements (CHUNK in src/kernels/), not scaled;
// dx (count) = scale * slope where `gradient`, else it is left alone.

// A workgroup of 256 owns a chunk.

// uses lib/activations.wgsl
// uses lib/grid.wgsl
// uses lib/reduce.wgsl

// A loss, and its slope.
fn huber(d: f32) -> vec2f {
  let size = abs(d);
  let beyond = size >= params.delta;
  let loss = select(0.5 * d * d, params.delta * (size - 0.5 * params.delta), beyond);
  let slope = select(d, select(params.delta, -params.delta, d < 0.0), beyond);
  return vec2f(keep_nan(d, loss), keep_nan(d, slope));
}

fn logistic(x: f32, goal: f32, weight: f32) -> vec2f {
  let e = exp_by_parts(-abs(x));
  let near = log_one_plus(e);
  let small = e / (1.0 + e);
  let large = 1.0 / (1.0 + e);
  let wrong = 1.0 - goal;
  let right = weight * goal;
  return vec2f(
    wrong * (max(x, 0.0) + near) + right * (max(-x, 0.0) + near),
    wrong * select(small, large, x >= 0.0) - right * select(large, small, x >= 0.0),
  );
}

@compute @workgroup_size(256)
fn pointwise_loss(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let chunk = tile.x;
  let start = chunk * 4096u;
  if (start >= params.count) {
    return;
  }
  var sum = 0.0;
  for (var i = start + local; i < min(start + 4096u, params.count); i += 256u) {
    let d = x[i] - goals[i];
    var both = vec2f(d * d, 2.0 * d);
    if (params.kind == 1u) {
      both = huber(d);
    }
    if (params.kind == 2u) {
      var weight = 1.0;
      if (params.columns > 0u) {
        weight = weights[i % params.columns];
      }
      both = logistic(x[i], goals[i], weight);
    }
    sum += both.x;
    if (params.gradient != 0u) {
      dx[i] = params.scale * both.y;
    }
  }
  sum = workgroup_sum(local, sum);
  if (local == 0u) {
    partials[chunk] = sum;
  }
}
