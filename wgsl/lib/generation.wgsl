// generate_steps and generate_steps_int8 but for their products, which each has of its own, biases included:
//   multiply_gates: the rows from `first` on of a layer's weight_ih or weight_hh with a vector in `states`
//   multiply_vector: the first layer's weight_ih with the vector of an id;   multiply_dense: the dense weight with a vector in `states`
//   gathered_part: a row of the first layer's weight_ih with the one-hot of an id
// A row's gates have their parts in its row of logits: those of the input first, then those of h.

// uses lib/sampling.wgsl

const NONE = 0xffffffffu;
const INPUT = 0u; // weight_ih in a layer's entries of the plan
const HIDDEN = 1u; // weight_hh

// The input part of a unit's gates; `gathered` where the input is a one-hot, a column of weight_ih.
fn input_parts(layer: u32, unit: u32, id: u32, base: u32, gathered: bool) -> vec4f {
  var x = vec4f();
  // unroll
  for (var gate = 0u; gate < GATES; gate++) {
    let row = gate * params.hidden + unit;
    if (gathered) {
      x[gate] = gathered_part(row, id);
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
    let x = input_parts(layer, unit, id, base, gathered);
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
    let x = input_parts(layer, unit, select(id, 0u, id == NONE), base, gathered);
    let kept = cell_reset(x, vec4f(logits[u_at], logits[u_at + H], 0.0, 0.0), h_previous);
    logits[u_at] = kept.x;
    logits[u_at + H] = kept.y;
    states[to_h + unit] = kept.w;
  }
  storageBarrier();
  workgroupBarrier();
}

// All steps of row b.
fn take_steps(local: u32, b: u32) {
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
      let at = (layer * params.batch + b) * H;
      if (layer > 0u) {
        let x = to_set + at - params.batch * H;
        multiply_gates(local, layer, INPUT, x, 0u, GATES * H, base);
      } else if (params.embedding > 0u) {
        multiply_vector(local, select(id, 0u, id == NONE), base);
      }
      let gathered = layer == 0u && params.embedding == 0u;
      let at_once = select(GATES, 2u, RESETS) * H;
      multiply_gates(local, layer, HIDDEN, from_set + at, 0u, at_once, base + GATES * H);
      if (RESETS) {
        reset_units(local, layer, id, from_set + at, to_set + at, base, gathered);
        multiply_gates(local, layer, HIDDEN, to_set + at, at_once, H, base + GATES * H + at_once);
      }
      step_units(local, layer, id, from_set + at, to_set + at, 2u * size + at, base, gathered);
    }
    if (!given) {
      multiply_dense(local, to_set + ((L - 1u) * params.batch + b) * H, base);
      let drawn = sample_row(local, base, manner_of(b, s));
      id = select(drawn.id, NONE, id == NONE);
      if (local == 0u && id != NONE) {
        let at = (s * params.batch + b) * 2u;
        history[at] = id;
        history[at + 1u] = drawn.logarithm;
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
