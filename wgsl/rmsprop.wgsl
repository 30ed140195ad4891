// RMSprop (Tieleman and Hinton 2012) as torch.optim.RMSprop: g = gradients + weightDecay * parameters;
//   v = alpha v + complement g^2;  g = g / (sqrt(v) + epsilon);
// where momentumFactor is not 0: momentum = momentumFactor * momentum + g, g = momentum; parameters -= rates[0] * g.
// complement = 1 - alpha, in float64. Nothing changes where the latch health[1] (u32) is set. An element whose parameter, v or
// momentum would not be finite keeps all three, and sets health[5] (u32) to 1.
// parameters, gradients, v, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.

// A workgroup of 256 takes 1024 elements.

// uses lib/finite.wgsl
// uses lib/grid.wgsl

@compute @workgroup_size(256)
fn rmsprop(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  if (health[1] != 0u) {
    return;
  }
  let start = tile.x * 1024u + local;
  for (var i = start; i < min(start + 1024u, params.count); i += 256u) {
    let raw = gradients[i] + params.weightDecay * parameters[i];
    let variance = params.alpha * v[i] + params.complement * raw * raw;
    var g = raw / (sqrt(variance) + params.epsilon);
    if (params.momentumFactor != 0.0) {
      g += params.momentumFactor * momentum[i];
    }
    let value = parameters[i] - rates[0] * g;
    if (!is_finite(value) || !is_finite(variance) || !is_finite(g)) {
      health[5] = 1u;
      continue;
    }
    parameters[i] = value;
    v[i] = variance;
    if (params.momentumFactor != 0.0) {
      momentum[i] = g;
    }
  }
}
