// Dropout (Srivastava et al. 2014): y[i] = x[i] / (1 - p) where uniform(i) >= p, else 0; += where `accumulate`.
// p is `probability`; p = 1 gives zeros. uniform(i) is the first word of Threefry-2x32-20 under the key seed[0 .. 1] with
// the counter (n, stream), its upper 24 bits times 2^-24: the same mask on every device, forward and backward.
// seed (4) u32: the key, then `part` of `parts` (1 of a whole batch) in which the rows of a batch are run one after the
// other. x, y (count) = (·, columns), columns the words of the part's rows side by side: element i is element
// n = (i / columns * parts + part) * columns + i % columns of the whole batch, and has its mask; n = i of a whole one.

// A workgroup of 256 takes 1024 elements.

// uses lib/grid.wgsl
// uses lib/threefry.wgsl

@compute @workgroup_size(256)
fn dropout(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let start = tile.x * 1024u + local;
  let key = vec2u(seed[0], seed[1]);
  let part = seed[2];
  let parts = seed[3];
  for (var i = start; i < min(start + 1024u, params.count); i += 256u) {
    var n = i;
    if (parts > 1u) {
      n += (i / params.columns * (parts - 1u) + part) * params.columns;
    }
    var value = 0.0;
    if (uniform_number(key, vec2u(n, params.stream)) >= params.probability) {
      value = x[i] / (1.0 - params.probability);
    }
    if (params.accumulate != 0u) {
      y[i] += value;
    } else {
      y[i] = value;
    }
  }
}
