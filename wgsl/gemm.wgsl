// Matrix product: c = op(a) op(b), or c += op(a) op(b) where `accumulate`, or bias + op(a) op(b) where `biased`.
// op(a) (M, K): a stored (M, K), or (K, M) where `transposeA`; op(b) (K, N): b stored (K, N), or (N, K) where
// `transposeB`; c (M, N); bias (N), the same for every row. Rows of the stored matrices lie lda, ldb, ldc words apart, the
// first of them at word offsetA, offsetB, offsetC.
// Where `summed`, which goes with `transposeA`, also sums (M), which lie at word offsetSums of c's buffer:
// sums[m] += sum_k op(a)[m, k]. So one product gives the gradients of a layer's weight and of its bias.

// A workgroup of 64 makes a tile of 64 by 64, each invocation 8 by 8 of it: two quads of rows by two quads of columns, half
// a tile apart, so that neighbours read neighbouring banks. The next slices of a and b are on their way from memory while
// the present ones are multiplied.

// uses lib/grid.wgsl
// uses lib/operands.wgsl

const TILE = 64u;
const HALF = 8u; // quads in half a tile
const DEPTH = 8u; // of a slice
const BLOCK = 256u; // depth that is added up one by one: sums of greater depth are sums of blocks
const STRIDE = 17u; // quads from one depth of a slice to the next; odd, against bank conflicts

var<workgroup> sliceA: array<vec4f, 136>; // (DEPTH, STRIDE): four rows of op(a) at one depth
var<workgroup> sliceB: array<vec4f, 136>; // (DEPTH, STRIDE): four columns of op(b) at one depth

@compute @workgroup_size(64)
fn gemm(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let m = tile.y * TILE;
  let n = tile.x * TILE;
  let y = local / HALF;
  let x = local % HALF;
  // Which quads this invocation loads, here and HALF quads on: neighbours follow the direction in which memory runs.
  let depthA = select(local % DEPTH, local / HALF, transposeA == 1u);
  let quadA = select(local / DEPTH, local % HALF, transposeA == 1u);
  let depthB = select(local / HALF, local % DEPTH, transposeB == 1u);
  let quadB = select(local % HALF, local / DEPTH, transposeB == 1u);

  var levels = vec4f(); // the sum of row `local` of the tile
  var nextA0 = load_a(m + quadA * 4u, depthA);
  var nextA1 = load_a(m + (quadA + HALF) * 4u, depthA);
  var nextB0 = load_b(n + quadB * 4u, depthB);
  var nextB1 = load_b(n + (quadB + HALF) * 4u, depthB);
  var k0 = 0u;
  loop {
    let begun = k0;
    var acc = array<vec4f, 16>(); // row i of 8, quad j of 2 at 2 i + j
    for (; k0 < min(begun + BLOCK, params.K); k0 += DEPTH) {
      workgroupBarrier();
      sliceA[depthA * STRIDE + quadA] = nextA0;
      sliceA[depthA * STRIDE + quadA + HALF] = nextA1;
      sliceB[depthB * STRIDE + quadB] = nextB0;
      sliceB[depthB * STRIDE + quadB + HALF] = nextB1;
      workgroupBarrier();
      nextA0 = load_a(m + quadA * 4u, k0 + DEPTH + depthA);
      nextA1 = load_a(m + (quadA + HALF) * 4u, k0 + DEPTH + depthA);
      nextB0 = load_b(n + quadB * 4u, k0 + DEPTH + depthB);
      nextB1 = load_b(n + (quadB + HALF) * 4u, k0 + DEPTH + depthB);
      if (summed == 1u && tile.x == 0u) {
        var sum = 0.0;
        // unroll
        for (var k = 0u; k < DEPTH; k++) {
          sum += sliceA[k * STRIDE + local / 4u][local % 4u];
        }
        levels = cascade(levels, sum, k0 / DEPTH);
      }
      // unroll
      for (var k = 0u; k < DEPTH; k++) {
        let a0 = sliceA[k * STRIDE + y];
        let a1 = sliceA[k * STRIDE + y + HALF];
        let b0 = sliceB[k * STRIDE + x];
        let b1 = sliceB[k * STRIDE + x + HALF];
        // unroll
        for (var i = 0u; i < 4u; i++) {
          acc[2u * i] = fma(vec4f(a0[i]), b0, acc[2u * i]);
          acc[2u * i + 1u] = fma(vec4f(a0[i]), b1, acc[2u * i + 1u]);
          acc[2u * i + 8u] = fma(vec4f(a1[i]), b0, acc[2u * i + 8u]);
          acc[2u * i + 9u] = fma(vec4f(a1[i]), b1, acc[2u * i + 9u]);
        }
      }
    }

    // unroll
    for (var i = 0u; i < 8u; i++) {
      let row = m + (y + (i / 4u) * HALF) * 4u + i % 4u;
      if (row < params.M) {
        // unroll
        for (var j = 0u; j < 8u; j++) {
          let column = n + (x + (j / 4u) * HALF) * 4u + j % 4u;
          if (column < params.N) {
            put(row, column, acc[2u * i + j / 4u][j % 4u], begun);
          }
        }
      }
    }
    if (k0 >= params.K) {
      break;
    }
  }
  if (summed == 1u && tile.x == 0u && m + local < params.M) {
    c[params.offsetSums + m + local] += cascade_sum(levels);
  }
}
