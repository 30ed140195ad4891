// Up to `steps` characters of B rows in one run: gather or embedding, a stack of recurrent layers without projection, the
// dense layer, the draw; what is drawn is the next step's input. For each step s, each row b, id its input:
//   x = one-hot(id) or table[id];   for each layer:  h, c = cell(bias_ih + weight_ih x, bias_hh + weight_hh h, c),  x = h
//   logits = bias + weight x;   id = one draw, as the kernel `sample` makes it for slot s
// settings (1 + B, 8) words: first 0 u32 steps, 1 u32 whether ids are given; then of each row those of `sample`. Where they
// are not, ids (B, ·) in its first B words has the first step's inputs, in the end the last step's draws. Where they are,
// ids (steps, B) has all inputs and nothing is drawn: a prefix is read. The id 0xffffffff leaves its row's state as it is, and
// nothing is drawn for the row; its logits are room then.
// weights: the block of all parameters, in PyTorch's layouts. plan (4 + 4 L) u32: the first words in it of the table
// (V, E), of the dense weight (V, H) and bias (V), and a word that is not used; then of each layer's weight_ih (G*H, I),
// weight_hh (G*H, H), bias_ih and bias_hh (G*H), 0xffffffff for a bias of zeros. I = H above the first layer, E = `embedding` in
// it, V where that is 0. states: h (2, L, B, H), for lstm then c (L, B, H); the second h is room to work in. logits (B, V), rows
// ld >= max(V, 2*G*H) words apart, the last step's; behind V, and where nothing is drawn, room. history (steps, B, 2):
// as `sample` writes it.

// A workgroup of 256 takes one row through all steps alone; the weights come from the GPU's cache. A row's gates have
// their parts in its row of logits: those of the input first, then those of h.

// uses lib/grid.wgsl
// uses lib/sampling.wgsl
// uses lib/product.wgsl
// quads: weights

const NONE = 0xffffffffu;

fn weight_at(i: u32) -> f32 {
  return weights[i >> 2u][i & 3u];
}

fn bias_at(start: u32, i: u32) -> f32 {
  if (start == NONE) {
    return 0.0;
  }
  return weight_at(start + i);
}

// The input part of a unit's gates; `gathered` where the input is a one-hot, a column of weight_ih.
fn input_part(layer: u32, unit: u32, id: u32, base: u32, gathered: bool) -> vec4f {
  let entry = 4u + layer * 4u;
  var x = vec4f();
  // unroll
  for (var gate = 0u; gate < GATES; gate++) {
    let row = gate * params.hidden + unit;
    if (gathered) {
      x[gate] = bias_at(plan[entry + 2u], row) + weight_at(plan[entry] + row * params.columns + id);
    } else {
      x[gate] = logits[base + row];
    }
  }
  return x;
}

// A layer's new h, and c in its place, of one row.
fn step_units(local: u32, layer: u32, id: u32, from_h: u32, to_h: u32, c_at: u32, base: u32, gathered: bool) {
  let H = params.hidden;
  for (var unit = local; unit < H; unit += 256u) {
    let h_previous = states[from_h + unit];
    if (id == NONE) {
      states[to_h + unit] = h_previous;
      continue;
    }
    var c_previous = 0.0;
    if (STATES == 2u) {
      c_previous = states[c_at + unit];
    }
    let x = input_part(layer, unit, id, base, gathered);
    var u = vec4f();
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      u[gate] = logits[base + (GATES + gate) * H + unit];
    }
    let next = cell_forward(x, u, h_previous, c_previous);
    states[to_h + unit] = next.h;
    if (STATES == 2u) {
      states[c_at + unit] = next.c;
    }
  }
  storageBarrier();
  workgroupBarrier();
}

// Between the two products of a cell that resets: r and z stand where their sums did, q where the new h will.
fn reset_units(local: u32, layer: u32, id: u32, from_h: u32, to_h: u32, base: u32, gathered: bool) {
  let H = params.hidden;
  for (var unit = local; unit < H; unit += 256u) {
    let h_previous = states[from_h + unit];
    let u_at = base + GATES * H + unit;
    let x = input_part(layer, unit, select(id, 0u, id == NONE), base, gathered);
    let kept = cell_reset(x, vec4f(logits[u_at], logits[u_at + H], 0.0, 0.0), h_previous);
    logits[u_at] = kept.x;
    logits[u_at + H] = kept.y;
    states[to_h + unit] = kept.w;
  }
  storageBarrier();
  workgroupBarrier();
}

@compute @workgroup_size(256)
fn generate_steps(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let b = tile.x;
  let H = params.hidden;
  let L = params.layers;
  let size = L * params.batch * H; // of all layers' h, or c
  let base = b * params.ld;
  let end = min(settings[0], params.end); // of those that this dispatch takes
  let given = settings[1] != 0u;
  var id = ids[b];
  for (var s = params.begin; s < end; s++) {
    if (given) {
      id = ids[s * params.batch + b];
    }
    let from_set = (s & 1u) * size;
    let to_set = size - from_set;
    for (var layer = 0u; layer < L; layer++) {
      let entry = 4u + layer * 4u;
      let at = (layer * params.batch + b) * H;
      if (layer > 0u) {
        let x = to_set + at - params.batch * H;
        multiply(local, false, x, H, plan[entry], plan[entry + 2u], GATES * H, base);
      } else if (params.embedding > 0u) {
        let x = plan[0] + select(id, 0u, id == NONE) * params.embedding;
        multiply(local, true, x, params.embedding, plan[entry], plan[entry + 2u], GATES * H, base);
      }
      let gathered = layer == 0u && params.embedding == 0u;
      let at_once = select(GATES, 2u, RESETS) * H;
      multiply(local, false, from_set + at, H, plan[entry + 1u], plan[entry + 3u], at_once, base + GATES * H);
      if (RESETS) {
        reset_units(local, layer, id, from_set + at, to_set + at, base, gathered);
        let bias = select(plan[entry + 3u] + at_once, NONE, plan[entry + 3u] == NONE);
        let weight = plan[entry + 1u] + at_once * H;
        multiply(local, false, to_set + at, H, weight, bias, H, base + GATES * H + at_once);
      }
      step_units(local, layer, id, from_set + at, to_set + at, 2u * size + at, base, gathered);
    }
    if (!given) {
      multiply(local, false, to_set + ((L - 1u) * params.batch + b) * H, H, plan[1], plan[2], params.columns, base);
      let drawn = sample_row(local, base, manner_of(b, s));
      id = select(drawn.id, NONE, id == NONE);
      if (local == 0u && id != NONE) {
        let at = (s * params.batch + b) * 2u;
        history[at] = id;
        history[at + 1u] = bitcast<u32>(drawn.log_probability);
      }
      workgroupBarrier();
    }
  }
  if (params.begin >= end) {
    return;
  }
  if (local == 0u && !given) {
    ids[b] = id;
  }
  if (end == settings[0] && (end & 1u) == 1u) {
    for (var layer = 0u; layer < L; layer++) {
      let at = (layer * params.batch + b) * H;
      for (var unit = local; unit < H; unit += 256u) {
        states[at + unit] = states[size + at + unit];
      }
    }
  }
}
