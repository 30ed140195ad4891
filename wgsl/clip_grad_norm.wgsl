// Gradient clipping by global norm (Pascanu, Mikolov and Bengio 2013), as torch.nn.utils.clip_grad_norm_:
// norm = sqrt(sum of partials); gradients *= min(1, maxNorm / (norm + 1e-6)).
// partials (⌈count / 4096⌉) from sum_squares, summed in order; gradients (count).
// health (8) words, kept by the unit that owns the first chunk: 0 f32 the norm of the last good step; 1 u32 the latch: 1
// once a norm was not finite, 2 once an update left an element out; 2 u32 steps seen, counted up each time; 3 u32 the step
// (from 1) that set the latch; 4 f32 the norm that set it; 5 u32 1 where the last update left an element out, which optimizers
// write: the latch, which they read, does not change under them. A set latch stays, and the good norm with it; gradients
// whose norm is not finite are left.

// A workgroup of 256 owns a chunk; each sums all partials by itself, in the same order.

// uses lib/cascade.wgsl
// uses lib/finite.wgsl
// uses lib/grid.wgsl
// uses lib/reduce.wgsl

@compute @workgroup_size(256)
fn clip_grad_norm(
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
  var levels = vec4f();
  for (var i = local; i < (params.count + 4095u) / 4096u; i += 256u) {
    levels = cascade(levels, partials[i], i / 256u);
  }
  let sum = workgroup_sum(local, cascade_sum(levels));
  let good = is_finite(sum);
  let norm = select(sum, sqrt(sum), good);
  if (chunk == 0u && local == 0u) {
    if (health[1] == 0u && health[5] != 0u) {
      health[1] = 2u;
      health[3] = health[2];
    }
    health[2] += 1u;
    if (health[1] == 0u) {
      if (good) {
        health[0] = bitcast<u32>(norm);
      } else {
        health[1] = 1u;
        health[3] = health[2];
        health[4] = bitcast<u32>(norm);
      }
    }
  }
  let factor = params.maxNorm / (norm + 1e-6);
  if (good && factor < 1.0) {
    for (var i = start + local; i < min(start + 4096u, params.count); i += 256u) {
      gradients[i] *= factor;
    }
  }
}
