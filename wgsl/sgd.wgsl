// Stochastic gradient descent as torch.optim.SGD: g = gradients + weightDecay * parameters; where momentumFactor is not 0:
// momentum = momentumFactor * momentum + g, g = momentum, or g + momentumFactor * momentum where `nesterov`;
// parameters -= rates[0] * g. Nothing changes where the latch health[1] (u32) is set. An element whose parameter or momentum
// would not be finite keeps both, and sets health[5] (u32) to 1.
// parameters, gradients, momentum (count); rates (1): the learning rate; health (8) as in clip_grad_norm.
// Where momentumFactor is 0, momentum is neither read nor written.

// A workgroup of 256 takes 1024 elements.

// uses lib/finite.wgsl
// uses lib/grid.wgsl

@compute @workgroup_size(256)
fn sgd(
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
    var g = gradients[i] + params.weightDecay * parameters[i];
    var moving = 0.0;
    if (params.momentumFactor != 0.0) {
      moving = params.momentumFactor * momentum[i] + g;
      g = select(moving, g + params.momentumFactor * moving, params.nesterov != 0u);
    }
    let value = parameters[i] - rates[0] * g;
    if (!is_finite(value) || !is_finite(moving)) {
      health[5] = 1u;
      continue;
    }
    parameters[i] = value;
    if (params.momentumFactor != 0.0) {
      momentum[i] = moving;
    }
  }
}
