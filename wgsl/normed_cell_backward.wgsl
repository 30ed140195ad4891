// The gradient of normed_cell_forward, the products' backward passes left aside. With dh the gradient of the step's h in all,
// dy[t] + dh from the step after, or with `projection` dm, and N'(d) = r (d gain - mean(d gain) - n mean(d gain n)) for each row:
//   dx, du, dc_previous = cell_backward(slots, h_previous, c_previous, c, dh, dc), where for lstm N(c) stands for c in o tanh(c)
// gates (T, B, S*H): in, what the forward pass left; out, N'(dx) and N'(du), the products' gradients, in the first 2 G*H columns.
// dy: (T, B, R), or dm (B, H) with projection. dstates: dh (B, R) at word 0, in: from the step after, out: what the cell passes
// straight to h_previous, without weight_hh^T du; dc (B, H) at word offsetDc (lstm only). Where `masked`, rows with
// lengths[b] <= t pass both on unchanged, and their products' gradients are zeros.
// partials ((T + 15) / 16, B, 2, P), P words as gains: to those of t / 16 and the row are added d n, the gradient of gains, and
// d, that of biases. gains, biases (P), lengths (B) u32, states, and statistics behind gates as the forward pass has them.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/normed.wgsl
// uses lib/reduce.wgsl

// What h = o tanh(N(c)) is made of, of one unit.
struct Output {
  normal: f32,
  scaled: f32, // N(c)
  d: f32, // the gradient of N(c)
}

fn output_of(j: u32, c: f32, of_c: vec2f, o: f32, dh: f32) -> Output {
  let at = 2u * GATES * params.hidden + j;
  let normal = (c - of_c.x) * of_c.y;
  let scaled = normal * gains[at] + biases[at];
  let tanh_c = tanh_by_parts(scaled);
  return Output(normal, scaled, dh * o * (1.0 - tanh_c * tanh_c));
}

// The gradient of a unit's h.
fn gradient_of_h(t: u32, b: u32, j: u32) -> f32 {
  if (params.projection != 0u) {
    return dy[b * params.hidden + j];
  }
  return dy[(t * params.batch + b) * params.hidden + j] + dstates[b * params.hidden + j];
}

// N' of the products' part that begins at word `start` of gates, the first of gains being `first`: x, or the hidden part.
fn normalize_back(local: u32, start: u32, first: u32, slots: u32, of_hidden: bool, rate: f32, partial: u32, alive: bool) {
  let H = params.hidden;
  var levels = vec4f();
  var levels_along = vec4f();
  for (var j = local; j < H; j += WIDTH) {
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      let slot = select(gate, SLOTS - 1u, of_hidden && gate == GATES - 1u);
      let g = gates[slots + slot * H + j] * gains[first + gate * H + j];
      let index = j / WIDTH * GATES + gate;
      levels = cascade(levels, g, index);
      levels_along = cascade(levels_along, g * gates[start + gate * H + j], index);
    }
  }
  let count = f32(GATES * H);
  let mean = workgroup_sum(local, cascade_sum(levels)) / count;
  let along = workgroup_sum(local, cascade_sum(levels_along)) / count;
  for (var j = local; j < H; j += WIDTH) {
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      let slot = select(gate, SLOTS - 1u, of_hidden && gate == GATES - 1u);
      let at = start + gate * H + j;
      let gain = first + gate * H + j;
      let d = gates[slots + slot * H + j];
      let normal = gates[at];
      gates[at] = select(0.0, rate * (d * gains[gain] - mean - normal * along), alive);
      if (alive) {
        add_partials(partial, gain, normal, d);
      }
    }
  }
}

// To the gradients of a gain and of its bias.
fn add_partials(partial: u32, gain: u32, normal: f32, d: f32) {
  partials[partial + gain] += d * normal;
  partials[partial + partials_size() + gain] += d;
}

// P
fn partials_size() -> u32 {
  return (2u * GATES + STATES - 1u) * params.hidden;
}

@compute @workgroup_size(256)
fn normed_cell_backward(
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
  let R = output_size();
  let t = time_of();
  let backwards = params.reverse != 0u;
  let before = select(t, t + 1u, backwards) * params.batch + b;
  let after = select(t + 1u, t, backwards) * params.batch + b;
  let h_before = params.offsetH + before * R;
  let h_after = params.offsetH + after * R;
  let c_before = params.offsetC + before * H;
  let c_after = params.offsetC + after * H;
  let start = gates_of(t, b);
  let slots = start + 2u * GATES * H;
  let partial = (t / 16u * params.batch + b) * 2u * partials_size();
  let statistics = statistics_of(t, b);
  let rate_x = gates[statistics];
  let rate_u = gates[statistics + 1u];
  let of_c = vec2f(gates[statistics + 2u], gates[statistics + 3u]);
  let alive = params.masked == 0u || t < lengths[b];

  var mean = 0.0;
  var along = 0.0;
  if (STATES == 2u) {
    var levels = vec4f();
    var levels_along = vec4f();
    for (var j = local; j < H; j += WIDTH) {
      let o = gates[slots + (SLOTS - 1u) * H + j];
      let out = output_of(j, states[c_after + j], of_c, o, gradient_of_h(t, b, j));
      let g = out.d * gains[2u * GATES * H + j];
      levels = cascade(levels, g, j / WIDTH);
      levels_along = cascade(levels_along, g * out.normal, j / WIDTH);
    }
    mean = workgroup_sum(local, cascade_sum(levels)) / f32(H);
    along = workgroup_sum(local, cascade_sum(levels_along)) / f32(H);
  }
  for (var j = local; j < H; j += WIDTH) {
    let dh = gradient_of_h(t, b, j);
    var kept = vec4f();
    if (SAVES) {
      // unroll
      for (var slot = 0u; slot < SLOTS; slot++) {
        kept[slot] = gates[slots + slot * H + j];
      }
    }
    var back = Backward();
    if (STATES == 2u) {
      let c_previous = states[c_before + j];
      let c = states[c_after + j];
      let out = output_of(j, c, of_c, kept.w, dh);
      let gain = 2u * GATES * H + j;
      let dc = dstates[params.offsetDc + b * H + j] + of_c.y * (out.d * gains[gain] - mean - out.normal * along);
      back = cell_backward(kept, 0.0, 0.0, c_previous, c, 0.0, dc);
      back.slots.w = cell_backward(kept, 0.0, 0.0, c_previous, out.scaled, dh, 0.0).slots.w;
      if (alive) {
        dstates[params.offsetDc + b * H + j] = back.dc;
        add_partials(partial, gain, out.normal, out.d);
      }
    } else {
      back = cell_backward(kept, states[h_before + j], states[h_after + j], 0.0, 0.0, dh, 0.0);
    }
    if (alive) {
      // unroll
      for (var slot = 0u; slot < SLOTS; slot++) {
        gates[slots + slot * H + j] = back.slots[slot];
      }
      if (params.projection == 0u) {
        dstates[b * H + j] = back.straight;
      }
    }
  }
  for (var p = local; p < params.projection && alive; p += WIDTH) {
    dstates[b * params.projection + p] = 0.0;
  }
  normalize_back(local, start, 0u, slots, false, rate_x, partial, alive);
  normalize_back(local, start + GATES * H, GATES * H, slots, true, rate_u, partial, alive);
}
