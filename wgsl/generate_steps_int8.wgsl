// generate_steps of a model whose matrices are of int8, with a scale a row: the same steps, buffers and parameters, but for `words`
// in place of `weights`, `plan`, and the products. What a product reads is of 7 bits: rows of the table are, h is rounded,
//   q = round(63 h), scale 1 / 63, where |h| <= 1;   q = round(127 h / m), scale m / 127, of relu's h, m its row's largest
//   product = float(sum over k of q[k] w[k]) * (scale * scale of w's row), where the sum is of integers
// round() goes to the even number of two. A one-hot's product is a column of weight_ih times its rows' scales.
// words: matrices (rows, depth) of int8, each row filled up with zeros to whole 16 bytes, four numbers a word, the first in the
// lowest byte, those of the table from -63 to 63; scales (rows) and biases as bits of float32. weight_ih of one-hot characters
// lies transposed, (V, G*H). plan (6 + 6 L) u32: that of generate_steps, then the first words of the scales of the table and of
// the dense weight, and of each layer's weight_ih and weight_hh.

// A workgroup of 256 takes one row through all steps alone; an invocation goes down a row of a matrix, four numbers at a time, and
// rounds what it multiplies anew.

// uses lib/grid.wgsl
// uses lib/generation.wgsl

// Words of a row of a matrix.
fn row_words(depth: u32) -> u32 {
  return (depth + 15u) / 16u * 4u;
}

fn float_at(start: u32, i: u32) -> f32 {
  return bitcast<f32>(words[start + i]);
}

fn bias_at(start: u32, i: u32) -> f32 {
  if (start == NONE) {
    return 0.0;
  }
  return float_at(start, i);
}

// Number k of a row that begins at word `start`.
fn number_at(start: u32, k: u32) -> i32 {
  return extractBits(bitcast<i32>(words[start + k / 4u]), k % 4u * 8u, 8u);
}

// Where the scales of a weight begin: 0 is the table's, 1 that of the dense weight.
fn scales_at(which: u32) -> u32 {
  return plan[4u + 4u * params.layers + which];
}

fn gathered_part(row: u32, id: u32) -> f32 {
  let column = plan[4] + id * row_words(GATES * params.hidden);
  return bias_at(plan[6], row) + f32(number_at(column, row)) * float_at(scales_at(2u), row);
}

// What h in `states` is multiplied by before it is rounded, and what its numbers stand for.
fn rounding_of(local: u32, x: u32) -> vec2f {
  if (SIGNED) {
    return vec2f(63.0, 1.0 / 63.0);
  }
  var most = 0.0;
  for (var k = local; k < params.hidden; k += 256u) {
    most = max(most, states[x + k]);
  }
  most = workgroup_max(local, most);
  if (most < 1e-30) {
    return vec2f();
  }
  return vec2f(127.0 / most, most / 127.0);
}

// logits[y + r] = bias[first + r] + the product of h in `states` with row first + r of a matrix.
fn multiply(local: u32, x: u32, matrix: u32, scale: u32, bias: u32, first: u32, rows: u32, y: u32) {
  storageBarrier();
  workgroupBarrier();
  let rounding = rounding_of(local, x);
  let size = row_words(params.hidden);
  for (var r = local; r < rows; r += 256u) {
    let row = first + r;
    let start = matrix + row * size;
    var sum = 0;
    for (var k = 0u; k < params.hidden; k += 4u) {
      // unroll
      for (var i = 0u; i < 4u; i++) {
        let inside = k + i < params.hidden;
        let q = i32(round(rounding.x * states[x + select(0u, k + i, inside)]));
        sum += select(0, q, inside) * number_at(start, k + i);
      }
    }
    logits[y + r] = bias_at(bias, row) + f32(sum) * (rounding.y * float_at(scale, row));
  }
  storageBarrier();
  workgroupBarrier();
}

fn multiply_gates(local: u32, layer: u32, which: u32, x: u32, first: u32, rows: u32, y: u32) {
  let entry = 4u + layer * 4u + which;
  multiply(local, x, plan[entry], scales_at(2u + 2u * layer + which), plan[entry + 2u], first, rows, y);
}

fn multiply_dense(local: u32, x: u32, y: u32) {
  multiply(local, x, plan[1], scales_at(1u), plan[2], 0u, params.columns, y);
}

fn multiply_vector(local: u32, id: u32, y: u32) {
  let size = row_words(params.embedding);
  let vector = plan[0] + id * size;
  let own = float_at(scales_at(0u), id);
  storageBarrier();
  workgroupBarrier();
  for (var row = local; row < GATES * params.hidden; row += 256u) {
    let start = plan[4] + row * size;
    var sum = 0;
    for (var k = 0u; k < params.embedding; k += 4u) { // behind its end both are zeros
      // unroll
      for (var i = 0u; i < 4u; i++) {
        sum += number_at(vector, k + i) * number_at(start, k + i);
      }
    }
    logits[y + row] = bias_at(plan[6], row) + f32(sum) * (own * float_at(scales_at(2u), row));
  }
  storageBarrier();
  workgroupBarrier();
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
