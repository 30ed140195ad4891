// Matrix product: c = op(a) op(b), or c += op(a) op(b) where `accumulate`.
// op(a) (M, K): a stored (M, K), or (K, M) where `transposeA`; op(b) (K, N): b stored (K, N), or (N, K) where
// `transposeB`; c (M, N). Rows of the stored matrices lie lda, ldb, ldc words apart, the first of them at word
// offsetA, offsetB, offsetC.

// For drivers that compute on the CPU, where each load costs as much as many multiplications and a barrier more: no
// workgroup memory; each invocation makes 16 by 16 elements, a workgroup of 16 a tile of 64 by 64.

struct Params {
  M: u32,
  N: u32,
  K: u32,
  transposeA: u32,
  transposeB: u32,
  accumulate: u32,
  lda: u32,
  ldb: u32,
  ldc: u32,
  offsetA: u32,
  offsetB: u32,
  offsetC: u32,
}

override transposeA: u32 = 0u;
override transposeB: u32 = 0u;
override accumulate: u32 = 0u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;

const SIDE = 16u; // of an invocation's part
const QUADS = 4u; // in a side

@compute @workgroup_size(4, 4)
fn gemm(@builtin(global_invocation_id) place: vec3u) {
  let m = place.y * SIDE;
  let n = place.x * SIDE;
  let alongA = select(1u, params.lda, transposeA == 1u);
  let acrossA = select(params.lda, 1u, transposeA == 1u);
  let alongB = select(params.ldb, 1u, transposeB == 1u);
  let acrossB = select(1u, params.ldb, transposeB == 1u);
  // Rows and columns beyond the last repeat it: their products are not kept.
  var rows: array<u32, SIDE>;
  // unroll
  for (var i = 0u; i < SIDE; i++) {
    rows[i] = params.offsetA + min(m + i, params.M - 1u) * acrossA;
  }
  var columns: array<u32, SIDE>;
  // unroll
  for (var j = 0u; j < SIDE; j++) {
    columns[j] = params.offsetB + min(n + j, params.N - 1u) * acrossB;
  }
  var acc: array<vec4f, 64>; // row i, quad j of columns at i * QUADS + j
  for (var k = 0u; k < params.K; k++) {
    var quads: array<vec4f, QUADS>;
    // unroll
    for (var j = 0u; j < SIDE; j++) {
      quads[j / 4u][j % 4u] = b[columns[j] + k * alongB];
    }
    // unroll
    for (var i = 0u; i < SIDE; i++) {
      let factor = vec4f(a[rows[i] + k * alongA]);
      // unroll
      for (var j = 0u; j < QUADS; j++) {
        acc[i * QUADS + j] = fma(factor, quads[j], acc[i * QUADS + j]);
      }
    }
  }
  // unroll
  for (var i = 0u; i < SIDE; i++) {
    // unroll
    for (var j = 0u; j < SIDE; j++) {
      if (m + i < params.M && n + j < params.N) {
        let at = params.offsetC + (m + i) * params.ldc + n + j;
        let value = acc[i * QUADS + j / 4u][j % 4u];
        c[at] = select(value, c[at] + value, accumulate == 1u);
      }
    }
  }
}
