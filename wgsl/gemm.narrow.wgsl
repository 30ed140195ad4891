// Variant of `gemm` (wgsl/gemm.wgsl) for drivers that compute on the CPU with subgroups of 4: see "WebGPU on a software
// adapter" in PERFORMANCE.md. A subgroup makes a tile of 16 rows by 32 columns, a lane the columns of its place in each of
// 8 fours. Nothing lies in workgroup memory, and no loop is within the one over the depth.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl

const LANES = 4u; // of a subgroup, which is a whole workgroup
const ROWS = 16u; // of a tile
const FOURS = 8u; // of columns
const GROUPS = 4u; // of rows: a lane has one of each
const MOVED = 120u; // sums but one row's
const BLOCK = 256u; // depth that is added up one by one: sums of greater depth are sums of blocks

@compute @workgroup_size(LANES)
fn gemm(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let m = tile.y * ROWS;
  let n = tile.x * FOURS * LANES;
  // Rows and columns beyond the last repeat it: their products are not kept.
  var rows = array<u32, ROWS>(); // where those of a begin
  // unroll
  for (var i = 0u; i < ROWS; i++) {
    rows[i] = params.offsetA + min(m + i, params.M - 1u) * params.lda;
  }
  var columns = array<u32, FOURS>(); // where those of b begin
  // unroll
  for (var j = 0u; j < FOURS; j++) {
    columns[j] = params.offsetB + min(n + j * LANES + lane, params.N - 1u) * select(1u, params.ldb, transposeB == 1u);
  }
  var levels = array<vec4f, GROUPS>(); // of the sums of `summed`
  var k0 = 0u;
  loop {
    let begun = k0;
    var sums = array<f32, ROWS * FOURS>();
    for (; k0 < min(begun + BLOCK, params.K); k0 += LANES) {
      var x = array<f32, ROWS>(); // of a, at depth k0 + lane, or of a lane's row of each group
      var rowSums = array<f32, GROUPS>();
      // unroll
      for (var i = 0u; i < ROWS; i++) {
        if (transposeA == 0u) {
          x[i] = select(0.0, a[rows[i] + min(k0 + lane, params.K - 1u)], k0 + lane < params.K);
        }
      }
      // unroll
      for (var k = 0u; k < LANES; k++) {
        let within = k0 + k < params.K;
        let depth = min(k0 + k, params.K - 1u);
        // unroll
        for (var i = 0u; i < GROUPS; i++) {
          if (transposeA == 1u) {
            let row = min(m + i * LANES + lane, params.M - 1u);
            x[i] = select(0.0, a[params.offsetA + depth * params.lda + row], within);
            rowSums[i] += x[i];
          }
        }
        var y = array<f32, FOURS>();
        // unroll
        for (var j = 0u; j < FOURS; j++) {
          y[j] = select(0.0, b[columns[j] + depth * select(params.ldb, 1u, transposeB == 1u)], within);
        }
        // unroll
        for (var i = 0u; i < ROWS; i++) {
          var factor = 0.0;
          if (transposeA == 1u) {
            factor = subgroupBroadcast(x[i / LANES], i % LANES);
          } else {
            factor = subgroupBroadcast(x[i], k);
          }
          // unroll
          for (var j = 0u; j < FOURS; j++) {
            sums[i * FOURS + j] += factor * y[j];
          }
        }
      }
      if (summed == 1u && n == 0u) {
        // unroll
        for (var i = 0u; i < GROUPS; i++) {
          levels[i] = cascade(levels[i], rowSums[i], k0 / LANES);
        }
      }
    }
    for (var row = m; row < min(m + ROWS, params.M); row++) {
      // unroll
      for (var j = 0u; j < FOURS; j++) {
        let column = n + j * LANES + lane;
        if (column < params.N) {
          let at = params.offsetC + row * params.ldc + column;
          if (accumulate == 1u || begun > 0u) {
            sums[j] += c[at];
          } else if (biased == 1u) {
            sums[j] += bias[column];
          }
          c[at] = sums[j];
        }
      }
      // The next row's sums become the first, which alone are stored.
      // unroll
      for (var i = 0u; i < MOVED; i++) {
        sums[i] = sums[i + FOURS];
      }
    }
    if (k0 >= params.K) {
      break;
    }
  }
  // unroll
  for (var i = 0u; i < GROUPS; i++) {
    if (summed == 1u && n == 0u && m + i * LANES + lane < params.M) {
      c[params.offsetSums + m + i * LANES + lane] += cascade_sum(levels[i]);
    }
  }
}
