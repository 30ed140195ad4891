// Variant of `gemm` (wgsl/gemm.wgsl) for products of few tiles and great depth, as gradients of weights are: tiles are
// smaller, so that more workgroups share the work, and four slabs of a workgroup share the depth, so that each has a quarter
// of the slices to wait for (src/device/webgpu/variants.ts). A workgroup of 256 makes a tile of 32 by 32; in a slab of 64,
// which takes every fourth slice, an invocation has 4 by 4 of it.

// uses lib/grid.wgsl
// uses lib/operands.wgsl

const TILE = 32u;
const QUADS = 8u; // in a tile
const SLABS = 4u;
const SLAB = 64u; // invocations
const DEPTH = 8u; // of a slice
const BLOCK = 1024u; // depth of which each slab adds up a quarter: sums of greater depth are sums of blocks
const STRIDE = 9u; // quads from one depth of a slice to the next; odd, against bank conflicts
const SLICE = 72u; // (DEPTH, STRIDE)

// Of each slab a slice of op(a), then of each one of op(b), in quads; in the end (4, SLABS, SLAB): sums of each row of four
var<workgroup> words: array<vec4f, 1024>;

@compute @workgroup_size(256)
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
  let slab = local / SLAB;
  let lane = local % SLAB;
  let y = lane / QUADS;
  let x = lane % QUADS;
  // Which quads this invocation loads: neighbours follow the direction in which memory runs.
  let depthA = select(lane % DEPTH, lane / QUADS, transposeA == 1u);
  let quadA = select(lane / DEPTH, lane % QUADS, transposeA == 1u);
  let depthB = select(lane / QUADS, lane % DEPTH, transposeB == 1u);
  let quadB = select(lane % QUADS, lane / DEPTH, transposeB == 1u);
  let sliceA = slab * SLICE;
  let sliceB = (SLABS + slab) * SLICE;

  var levels = vec4f(); // the sum of row `lane` of the tile
  let kA = slab * DEPTH + depthA;
  let kB = slab * DEPTH + depthB;
  var nextA = load_a(m + quadA * 4u, kA);
  var nextB = load_b(n + quadB * 4u, kB);
  var k0 = 0u;
  loop {
    let begun = k0;
    var acc = array<vec4f, 4>(); // rows of a quad of columns
    for (; k0 < min(begun + BLOCK, params.K); k0 += SLABS * DEPTH) {
      workgroupBarrier();
      words[sliceA + depthA * STRIDE + quadA] = nextA;
      words[sliceB + depthB * STRIDE + quadB] = nextB;
      workgroupBarrier();
      nextA = load_a(m + quadA * 4u, k0 + SLABS * DEPTH + kA);
      nextB = load_b(n + quadB * 4u, k0 + SLABS * DEPTH + kB);
      if (summed == 1u && tile.x == 0u && lane < TILE) {
        var sum = 0.0;
        // unroll
        for (var k = 0u; k < DEPTH; k++) {
          sum += words[sliceA + k * STRIDE + lane / 4u][lane % 4u];
        }
        levels = cascade(levels, sum, k0 / (SLABS * DEPTH));
      }
      // unroll
      for (var k = 0u; k < DEPTH; k++) {
        let av = words[sliceA + k * STRIDE + y];
        let bv = words[sliceB + k * STRIDE + x];
        // unroll
        for (var i = 0u; i < 4u; i++) {
          acc[i] = fma(vec4f(av[i]), bv, acc[i]);
        }
      }
    }

    workgroupBarrier();
    // unroll
    for (var i = 0u; i < 4u; i++) {
      words[(i * SLABS + slab) * SLAB + lane] = acc[i];
    }
    workgroupBarrier();
    // Each slab adds up one row of each four.
    var total = vec4f();
    // unroll
    for (var i = 0u; i < SLABS; i++) {
      total += words[(slab * SLABS + i) * SLAB + lane];
    }
    let row = m + y * 4u + slab;
    // unroll
    for (var j = 0u; j < 4u; j++) {
      let column = n + x * 4u + j;
      if (row < params.M && column < params.N) {
        put(row, column, total[j], begun);
      }
    }
    if (k0 >= params.K) {
      break;
    }
  }
  if (summed == 1u && tile.x == 0u) {
    workgroupBarrier();
    words[local] = vec4f(cascade_sum(levels));
    workgroupBarrier();
    if (local < TILE && m + local < params.M) {
      var all = 0.0;
      // unroll
      for (var i = 0u; i < SLABS; i++) {
        all += words[i * SLAB + local].x;
      }
      c[params.offsetSums + m + local] += all;
    }
  }
}
