// Matrix product: c = op(a) op(b), or c += op(a) op(b) where `accumulate`, or bias + op(a) op(b) where `biased`.
// op(a) (M, K): a stored (M, K), or (K, M) where `transposeA`; op(b) (K, N): b stored (K, N), or (N, K) where
// `transposeB`; c (M, N); bias (N), the same for every row. Rows of the stored matrices lie lda, ldb, ldc words apart, the
// first of them at word offsetA, offsetB, offsetC.
// Where `summed`, which goes with `transposeA`, also sums (M), which lie at word offsetSums of c's buffer:
// sums[m] += sum_k op(a)[m, k]. So one product gives the gradients of a layer's weight and of its bias.

// For drivers that compute on the CPU with subgroups of 8: see "WebGPU on a software adapter" in PERFORMANCE.md. A subgroup
// makes a tile of 64 by 64, a lane the columns of its place in each octet. Sums are variables: their indices are constants,
// since a driver turns any other into a tree of branches. One shader serves all transpositions: compiling costs more.

struct Params {
  M: u32,
  N: u32,
  K: u32,
  transposeA: u32,
  transposeB: u32,
  accumulate: u32,
  biased: u32,
  summed: u32,
  lda: u32,
  ldb: u32,
  ldc: u32,
  offsetA: u32,
  offsetB: u32,
  offsetC: u32,
  offsetSums: u32,
}

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;

const TILE = 64u;
const LANES = 8u; // of a subgroup, which is a whole workgroup
const OCTETS = 8u; // in a side of the tile

@compute @workgroup_size(8)
fn gemm(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) lane: u32) {
  let m = tile.y * TILE;
  let n = tile.x * TILE;
  let alongA = select(1u, params.lda, params.transposeA == 1u);
  let acrossA = select(params.lda, 1u, params.transposeA == 1u);
  let alongB = select(params.ldb, 1u, params.transposeB == 1u);
  let acrossB = select(1u, params.ldb, params.transposeB == 1u);
  // Rows and columns beyond the last repeat it: their products are not kept.
  var rows = array<u32, 8>();
  var columns = array<u32, 8>();
  // unroll
  for (var i = 0u; i < 8u; i++) {
    rows[i] = params.offsetA + min(m + i * LANES + lane, params.M - 1u) * acrossA;
    columns[i] = params.offsetB + min(n + i * LANES + lane, params.N - 1u) * acrossB;
  }
  var sums = array<f32, 512>(); // (TILE, OCTETS)
  var rowSums = array<f32, 8>(); // those of `summed`: a lane has a row of each octet
  for (var k = 0u; k < params.K; k++) {
    var right = array<f32, 8>();
    // unroll
    for (var j = 0u; j < 8u; j++) {
      right[j] = b[columns[j] + k * alongB];
    }
    // unroll
    for (var i = 0u; i < 8u; i++) {
      let left = a[rows[i] + k * alongA];
      rowSums[i] += left;
      // unroll
      for (var row = 0u; row < 8u; row++) {
        let factor = subgroupBroadcast(left, row);
        // unroll
        for (var j = 0u; j < 8u; j++) {
          sums[(i * LANES + row) * OCTETS + j] += factor * right[j];
        }
      }
    }
  }
  // unroll
  for (var i = 0u; i < 8u; i++) {
    if (params.summed == 1u && n == 0u && m + i * LANES + lane < params.M) {
      c[params.offsetSums + m + i * LANES + lane] += rowSums[i];
    }
  }
  for (var row = m; row < min(m + TILE, params.M); row++) {
    // unroll
    for (var j = 0u; j < 8u; j++) {
      let column = n + j * LANES + lane;
      if (column < params.N) {
        let at = params.offsetC + row * params.ldc + column;
        if (params.accumulate == 1u) {
          sums[j] += c[at];
        } else if (params.biased == 1u) {
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
}
