// What all variants of gemm bind.

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
  across: u32, // workgroups of the grid
  down: u32,
}

override transposeA: u32 = 0u;
override transposeB: u32 = 0u;
override accumulate: u32 = 0u;
override biased: u32 = 0u;
override summed: u32 = 0u;

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
