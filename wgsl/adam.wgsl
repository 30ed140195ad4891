// Adam (Kingma and Ba 2015) as torch.optim.Adam, or AdamW (Loshchilov and Hutter 2019) where `decoupled`:
//   g = gradients + weightDecay * parameters, or where `decoupled`: g = gradients, parameters *= rates[2]
//   m = beta1 m + complement1 g;  v = beta2 v + complement2 g^2
//   parameters -= rates[0] * m / (sqrt(v) * rates[1] + epsilon)
// rates (3), computed on the host in float64: 0 learning rate / (1 - beta1^step); 1 1 / sqrt(1 - beta2^step);
// 2 1 - learning rate * weightDecay. complement1 = 1 - beta1, complement2 = 1 - beta2, in float64.
// Nothing changes where the latch health[1] (u32) is set. An element whose parameter, m or v would not be finite keeps all
// three, and sets health[5] (u32) to 1. parameters, gradients, m, v (count); health (8) as in clip_grad_norm.

// A workgroup of 256 takes 1024 elements.

// uses lib/finite.wgsl
// uses lib/grid.wgsl

@compute @workgroup_size(256)
fn adam(
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
    var value = parameters[i];
    var g = gradients[i];
    if (params.decoupled != 0u) {
      value *= rates[2];
    } else {
      g += params.weightDecay * value;
    }
    let first = params.beta1 * m[i] + params.complement1 * g;
    let second = params.beta2 * v[i] + params.complement2 * g * g;
    value -= rates[0] * first / (sqrt(second) * rates[1] + params.epsilon);
    if (is_finite(value) && is_finite(first) && is_finite(second)) {
      m[i] = first;
      v[i] = second;
      parameters[i] = value;
    } else {
      health[5] = 1u;
    }
  }
}
