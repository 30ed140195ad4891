// One time step of one layer in one direction whose cell is normalized (Ba, Kiros and Hinton 2016), t = `step`, or T-1-`step` where
// `reverse`, its products being there:
//   x = N(weight_ih x_t),  u = N(weight_hh h_previous),   h, c = cell(x, u, c_previous),   for lstm h = o tanh(N(c))
// N(a) = n gain + bias for each row of a, n = (a - m) r, m the row's mean, r = 1 / sqrt(v + epsilon), v the mean of (a - m)^2.
// gates (T, B, S*H), S = 2 G and the slots of cells/<cell>, and one more with projection: in, the two products in the first 2 G*H
// columns; out, n of both, then the cell's slots. Behind gates lie statistics (T, B, 4): r of x, r of u, m and r of c.
// gains, biases: of x (G*H), of u (G*H) and for lstm of c (H), one behind the other. lengths (B) u32; states: h (T + 1, B, R) at
// word offsetH, c (T + 1, B, H) at word offsetC (lstm only), in slots and with `carry` and `masked` as recurrent_forward has them.
// With `projection` h is left 0, for weight_hr m to be added: m is in the last slot, 0 in rows that have ended.

// uses lib/carry.wgsl
// uses lib/cascade.wgsl
// uses lib/grid.wgsl
// uses lib/normed.wgsl
// uses lib/reduce.wgsl

// m and r of G*H words of gates from `start` on.
fn moments_of_gates(local: u32, start: u32) -> vec2f {
  let H = params.hidden;
  var levels = vec4f();
  for (var j = local; j < H; j += WIDTH) {
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      levels = cascade(levels, gates[start + gate * H + j], j / WIDTH * GATES + gate);
    }
  }
  let count = f32(GATES * H);
  let mean = workgroup_sum(local, cascade_sum(levels)) / count;
  levels = vec4f();
  for (var j = local; j < H; j += WIDTH) {
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      let distance = gates[start + gate * H + j] - mean;
      levels = cascade(levels, distance * distance, j / WIDTH * GATES + gate);
    }
  }
  let variance = workgroup_sum(local, cascade_sum(levels)) / count;
  return vec2f(mean, 1.0 / sqrt(variance + params.epsilon));
}

// m and r of a row of c.
fn moments_of_c(local: u32, start: u32) -> vec2f {
  let H = params.hidden;
  var levels = vec4f();
  for (var j = local; j < H; j += WIDTH) {
    levels = cascade(levels, states[start + j], j / WIDTH);
  }
  let mean = workgroup_sum(local, cascade_sum(levels)) / f32(H);
  levels = vec4f();
  for (var j = local; j < H; j += WIDTH) {
    let distance = states[start + j] - mean;
    levels = cascade(levels, distance * distance, j / WIDTH);
  }
  let variance = workgroup_sum(local, cascade_sum(levels)) / f32(H);
  return vec2f(mean, 1.0 / sqrt(variance + params.epsilon));
}

@compute @workgroup_size(256)
fn normed_cell_forward(
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
  if (params.carry != 0u) {
    carry_state(params.offsetH, R, b, b + 1u, local, WIDTH);
    if (STATES == 2u) {
      carry_state(params.offsetC, H, b, b + 1u, local, WIDTH);
    }
    storageBarrier();
    workgroupBarrier();
  }
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
  let alive = params.masked == 0u || t < lengths[b];

  let of_x = moments_of_gates(local, start);
  let of_u = moments_of_gates(local, start + GATES * H);
  for (var j = local; j < H; j += WIDTH) {
    var x = vec4f();
    var u = vec4f();
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      let at = gate * H + j;
      let of_hidden = GATES * H + at;
      let normal_x = (gates[start + at] - of_x.x) * of_x.y;
      let normal_u = (gates[start + of_hidden] - of_u.x) * of_u.y;
      x[gate] = normal_x * gains[at] + biases[at];
      u[gate] = normal_u * gains[of_hidden] + biases[of_hidden];
      if (alive) {
        gates[start + at] = normal_x;
        gates[start + of_hidden] = normal_u;
      }
    }
    var h_previous = 0.0;
    var c_previous = 0.0;
    if (params.projection == 0u) {
      h_previous = states[h_before + j];
    }
    if (STATES == 2u) {
      c_previous = states[c_before + j];
    }
    let next = cell_forward(x, u, h_previous, c_previous);
    if (SAVES && alive) {
      // unroll
      for (var slot = 0u; slot < SLOTS; slot++) {
        gates[slots + slot * H + j] = next.slots[slot];
      }
    }
    if (STATES == 2u) {
      states[c_after + j] = select(c_previous, next.c, alive);
    } else {
      states[h_after + j] = select(h_previous, next.h, alive);
    }
  }
  var of_c = vec2f();
  if (STATES == 2u) {
    of_c = moments_of_c(local, c_after);
    for (var j = local; j < H; j += WIDTH) {
      let at = 2u * GATES * H + j;
      let scaled = (states[c_after + j] - of_c.x) * of_c.y * gains[at] + biases[at];
      let m = gates[slots + (SLOTS - 1u) * H + j] * tanh_by_parts(scaled);
      if (params.projection != 0u) {
        gates[slots + SLOTS * H + j] = select(0.0, m, alive);
      } else {
        states[h_after + j] = select(states[h_before + j], m, alive);
      }
    }
  }
  for (var p = local; p < params.projection; p += WIDTH) {
    states[h_after + p] = select(states[h_before + p], 0.0, alive);
  }
  if (alive && local == 0u) {
    let at = statistics_of(t, b);
    gates[at] = of_x.y;
    gates[at + 1u] = of_u.y;
    if (STATES == 2u) {
      gates[at + 2u] = of_c.x;
      gates[at + 3u] = of_c.y;
    }
  }
}
