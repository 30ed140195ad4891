// Two tensors joined element by element: y[i] = a[i] + b[i], or a[i] * b[i] where `product`; += where `accumulate`.
// a, b, y (count); a and b may be one.

// A workgroup of 256 takes 1024 elements.

// uses lib/grid.wgsl

@compute @workgroup_size(256)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let start = tile.x * 1024u + local;
  for (var i = start; i < min(start + 1024u, params.count); i += 256u) {
    var value = a[i] + b[i];
    if (params.product != 0u) {
      value = a[i] * b[i];
    }
    if (params.accumulate != 0u) {
      y[i] += value;
    } else {
      y[i] = value;
    }
  }
}
