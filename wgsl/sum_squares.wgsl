// Partial sums of squares: partials[k] = sum of x[i]^2 over the k-th chunk of 4096 elements (CHUNK in src/kernels/).
// x (count); partials (⌈count / 4096⌉). Chunks are fixed, so that the sum does not depend on threads.

// A workgroup of 256 owns a chunk.

// uses lib/grid.wgsl
// uses lib/reduce.wgsl

@compute @workgroup_size(256)
fn sum_squares(
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
    sum = fma(x[i], x[i], sum);
  }
  sum = workgroup_sum(local, sum);
  if (local == 0u) {
    partials[chunk] = sum;
  }
}
