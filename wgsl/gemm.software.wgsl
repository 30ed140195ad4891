// Variant of `gemm` (wgsl/gemm.wgsl) for drivers that compute on the CPU with subgroups of 8: see "WebGPU on a software
// adapter" in PERFORMANCE.md. A subgroup makes a tile of 64 by 64, a lane the columns of its place in each octet. Sums are
// variables: their indices are constants, since a driver turns any other into a tree of branches.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/outer.wgsl

const BLOCK = 256u; // depth that is added up one by one: sums of greater depth are sums of blocks

@compute @workgroup_size(8)
fn gemm(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let m = tile.y * TILE;
  let n = tile.x * TILE;
  var levels = array<vec4f, 8>(); // of the sums of `summed`: a lane has a row of each octet
  var k0 = 0u;
  loop {
    let begun = k0;
    var sums = array<f32, 512>(); // (TILE, OCTETS)
    for (; k0 < min(begun + BLOCK, params.K); k0 += LANES) {
      var rowSums = array<f32, 8>();
      // Rows and columns beyond the last repeat it: their products are not kept.
      let element = min(k0 + lane, params.K - 1u);
      var rows = array<f32, 64>(); // of a, along memory
      var columns = array<f32, 64>(); // of b, along memory
      // unroll
      for (var i = 0u; i < 64u; i++) {
        if (transposeA == 0u) {
          rows[i] = a[params.offsetA + min(m + i, params.M - 1u) * params.lda + element];
        }
        if (transposeB == 1u) {
          columns[i] = b[params.offsetB + min(n + i, params.N - 1u) * params.ldb + element];
        }
      }
      for (var k = 0u; k < min(LANES, params.K - k0); k++) {
        var left = array<f32, 8>();
        var right = array<f32, 8>();
        if (transposeB == 1u) {
          right = column_at(&columns, k, lane);
        }
        // unroll
        for (var i = 0u; i < 8u; i++) {
          if (transposeA == 1u) {
            left[i] = a[params.offsetA + (k0 + k) * params.lda + min(m + i * LANES + lane, params.M - 1u)];
            rowSums[i] += left[i];
          }
          if (transposeB == 0u) {
            right[i] = b[params.offsetB + (k0 + k) * params.ldb + min(n + i * LANES + lane, params.N - 1u)];
          }
        }
        // unroll
        for (var row = 0u; row < 64u; row++) {
          var factor = 0.0;
          if (transposeA == 1u) {
            factor = subgroupBroadcast(left[row / LANES], row % LANES);
          } else {
            factor = subgroupShuffle(rows[row], k);
          }
          // unroll
          for (var j = 0u; j < 8u; j++) {
            sums[row * OCTETS + j] += factor * right[j];
          }
        }
      }
      // unroll
      for (var i = 0u; i < 8u; i++) {
        if (summed == 1u) {
          levels[i] = cascade(levels[i], rowSums[i], k0 / LANES);
        }
      }
    }
    for (var row = m; row < min(m + TILE, params.M); row++) {
      // unroll
      for (var j = 0u; j < 8u; j++) {
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
      for (var i = 0u; i < 504u; i++) {
        sums[i] = sums[i + OCTETS];
      }
    }
    if (k0 >= params.K) {
      break;
    }
  }
  // unroll
  for (var i = 0u; i < 8u; i++) {
    if (summed == 1u && n == 0u && m + i * LANES + lane < params.M) {
      c[params.offsetSums + m + i * LANES + lane] += cascade_sum(levels[i]);
    }
  }
}
