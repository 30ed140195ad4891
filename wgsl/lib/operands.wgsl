// The operands and the result of a product: what the variants of gemm for a GPU have in common.

// uses lib/cascade.wgsl

// Rows m to m + 3 of op(a) at depth k, zero from K on. Rows beyond the last repeat it: their products are not kept.
fn load_a(m: u32, k: u32) -> vec4f {
  let along = select(1u, params.lda, transposeA == 1u);
  let across = select(params.lda, 1u, transposeA == 1u);
  let start = params.offsetA + min(k, params.K - 1u) * along;
  let row = min(vec4u(m, m + 1u, m + 2u, m + 3u), vec4u(params.M - 1u)) * across + start;
  return select(vec4f(), vec4f(a[row.x], a[row.y], a[row.z], a[row.w]), k < params.K);
}

// Columns n to n + 3 of op(b) at depth k, likewise.
fn load_b(n: u32, k: u32) -> vec4f {
  let along = select(params.ldb, 1u, transposeB == 1u);
  let across = select(1u, params.ldb, transposeB == 1u);
  let start = params.offsetB + min(k, params.K - 1u) * along;
  let column = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(params.N - 1u)) * across + start;
  return select(vec4f(), vec4f(b[column.x], b[column.y], b[column.z], b[column.w]), k < params.K);
}

// An element of the product of the depth up to k0, to where it goes: it is begun where `begun` is 0, else added to.
fn put(row: u32, column: u32, value: f32, begun: u32) {
  let at = params.offsetC + row * params.ldc + column;
  if (accumulate == 1u || begun > 0u) {
    c[at] += value;
  } else if (biased == 1u) {
    c[at] = bias[column] + value;
  } else {
    c[at] = value;
  }
}
