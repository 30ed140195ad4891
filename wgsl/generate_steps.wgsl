// Up to `steps` characters of B rows in one run: gather or embedding, a stack of recurrent layers without projection, the
// dense layer, the draw; what is drawn is the next step's input. For each step s, each row b, id its input:
//   x = one-hot(id) or table[id];   for each layer:  h, c = cell(bias_ih + weight_ih x, bias_hh + weight_hh h, c),  x = h
//   logits = bias + weight x;   id = one draw, as the kernel `sample` makes it for slot s
// settings (1 + B, 8) words: first 0 u32 steps, 1 u32 whether ids are given, 2 u32 that of `sample`; then of each row those of
// `sample`. Where ids are not given, ids (B, ·) in its first B words has the first step's inputs, in the end the last step's
// draws. Where they are, ids (steps, B) has all inputs and nothing is drawn: a prefix is read. The id 0xffffffff leaves its
// row's state as it is, and nothing is drawn for the row; its logits are room then.
// weights: the block of all parameters, in PyTorch's layouts. plan (4 + 4 L) u32: the first words in it of the table
// (V, E), of the dense weight (V, H) and bias (V), and a word that is not used; then of each layer's weight_ih (G*H, I),
// weight_hh (G*H, H), bias_ih and bias_hh (G*H), 0xffffffff for a bias of zeros. I = H above the first layer, E = `embedding` in
// it, V where that is 0. states: h (2, L, B, H), for lstm then c (L, B, H); the second h is room to work in. logits (B, V), rows
// ld >= max(V, 2*G*H) words apart, the last step's; behind V, and where nothing is drawn, room. history (steps, B, 2):
// as `sample` writes it.

// A workgroup of 256 takes one row through all steps alone; the weights come from the GPU's cache.

// uses lib/grid.wgsl
// uses lib/generation.wgsl
// uses lib/product.wgsl
// quads: weights

fn weight_at(i: u32) -> f32 {
  return weights[i >> 2u][i & 3u];
}

fn bias_at(start: u32, i: u32) -> f32 {
  if (start == NONE) {
    return 0.0;
  }
  return weight_at(start + i);
}

fn gathered_part(row: u32, id: u32) -> f32 {
  return bias_at(plan[6], row) + weight_at(plan[4] + row * params.columns + id);
}

fn multiply_gates(local: u32, layer: u32, which: u32, x: u32, first: u32, rows: u32, y: u32) {
  let entry = 4u + layer * 4u + which;
  let bias = select(plan[entry + 2u] + first, NONE, plan[entry + 2u] == NONE);
  multiply(local, false, x, params.hidden, plan[entry] + first * params.hidden, bias, rows, y);
}

fn multiply_vector(local: u32, id: u32, y: u32) {
  let size = params.embedding;
  multiply(local, true, plan[0] + id * size, size, plan[4], plan[6], GATES * params.hidden, y);
}

fn multiply_dense(local: u32, x: u32, y: u32) {
  multiply(local, false, x, params.hidden, plan[1], plan[2], params.columns, y);
}

@compute @workgroup_size(256)
fn generate_steps(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (!is_surplus(tile)) {
    take_steps(local, tile.x);
  }
}
