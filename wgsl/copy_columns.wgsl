// A rectangle copied: target[r, c] = source[r, c], or += where `accumulate`.
// source, target (rows, columns), their rows ldSource, ldTarget words apart, the first at word offsetSource,
// offsetTarget. Halves of two directions are joined and parted by it.

// A workgroup of 64 by 4 covers 64 columns of 16 rows.

struct Params {
  rows: u32,
  columns: u32,
  ldSource: u32,
  offsetSource: u32,
  ldTarget: u32,
  offsetTarget: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> source: array<f32>;
// `target` is a reserved word of WGSL.
@group(0) @binding(1) var<storage, read_write> target_: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64, 4)
fn copy_columns(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let column = tile.x * 64u + local.x;
  if (column >= params.columns) {
    return;
  }
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let row = tile.y * 16u + i * 4u + local.y;
    if (row < params.rows) {
      let value = source[params.offsetSource + row * params.ldSource + column];
      let at = params.offsetTarget + row * params.ldTarget + column;
      if (params.accumulate != 0u) {
        target_[at] += value;
      } else {
        target_[at] = value;
      }
    }
  }
}
