// generate_steps of a model whose matrices are of int8, with a scale a row: the same steps, buffers and parameters, but for `words`
// and `biases` in place of `weights`, `plan`, and the products. What a product reads is of 7 bits: rows of the table are, h is
// rounded,
//   q = round(63 h), scale 1 / 63, where |h| <= 1;   q = round(127 h / m), scale m / 127, of relu's h, m its row's largest
//   product = float(sum over k of q[k] w[k]) * (scale * scale of w's row), where the sum is of integers
// round() goes to the even number of two. A one-hot's product is a column of weight_ih times its rows' scales.
// words: matrices (rows, depth) of int8, each row filled up with zeros to whole 16 bytes, four numbers a word, the first in the
// lowest byte, those of the table from -63 to 63; scales (rows) as bits of float32. weight_ih of one-hot characters lies
// transposed, (V, G*H). biases: the block that these lie in. plan (6 + 6 L) u32: that of generate_steps, a bias by its first word
// in `biases`, then the first words of the scales of the table and of the dense weight, and of each layer's weight_ih and
// weight_hh.

// A workgroup of 256 takes one row through all steps alone; the words come from the GPU's cache.

// uses lib/grid.wgsl
// uses lib/generation.wgsl
// uses lib/int8_product.wgsl
// quads: words

fn word_at(i: u32) -> u32 {
  return words[i >> 2u][i & 3u];
}

fn float_at(start: u32, i: u32) -> f32 {
  return bitcast<f32>(word_at(start + i));
}

fn bias_at(start: u32, i: u32) -> f32 {
  if (start == NONE) {
    return 0.0;
  }
  return biases[start + i];
}

// Words of a row of a matrix.
fn row_words(depth: u32) -> u32 {
  return (depth + 15u) / 16u * 4u;
}

// Where the scales of a weight begin: 0 is the table's, 1 that of the dense weight.
fn scales_at(which: u32) -> u32 {
  return plan[4u + 4u * params.layers + which];
}

fn gathered_part(row: u32, id: u32) -> f32 {
  let word = word_at(plan[4] + id * row_words(GATES * params.hidden) + row / 4u);
  let number = extractBits(bitcast<i32>(word), row % 4u * 8u, 8u);
  return bias_at(plan[6], row) + f32(number) * float_at(scales_at(2u), row);
}

// h of a layer, which begins at word x of `states`, and how it is rounded.
fn vector_of(local: u32, x: u32) -> Vector {
  if (SIGNED) {
    return Vector(false, x, 63.0, 1.0 / 63.0);
  }
  storageBarrier();
  workgroupBarrier();
  var most = 0.0;
  for (var k = local; k < params.hidden; k += 256u) {
    most = max(most, states[x + k]);
  }
  most = workgroup_max(local, most);
  if (most < 1e-30) {
    return Vector(false, x, 0.0, 0.0);
  }
  return Vector(false, x, 127.0 / most, most / 127.0);
}

fn multiply_gates(local: u32, layer: u32, which: u32, x: u32, first: u32, rows: u32, y: u32) {
  let entry = 4u + layer * 4u + which;
  let matrix = plan[entry] + first * row_words(params.hidden);
  let scales = scales_at(2u + 2u * layer + which) + first;
  let bias = select(plan[entry + 2u] + first, NONE, plan[entry + 2u] == NONE);
  multiply(local, vector_of(local, x), params.hidden, matrix, scales, bias, rows, y);
}

fn multiply_vector(local: u32, id: u32, y: u32) {
  let start = plan[0] + id * row_words(params.embedding);
  let x = Vector(true, start, 0.0, float_at(scales_at(0u), id));
  multiply(local, x, params.embedding, plan[4], scales_at(2u), plan[6], GATES * params.hidden, y);
}

fn multiply_dense(local: u32, x: u32, y: u32) {
  multiply(local, vector_of(local, x), params.hidden, plan[1], scales_at(1u), plan[2], params.columns, y);
}

@compute @workgroup_size(256)
fn generate_steps_int8(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (!is_surplus(tile)) {
    take_steps(local, tile.x);
  }
}
