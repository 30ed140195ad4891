// One layer in one direction, over all T time steps. For s = 0 … T-1, with t = s, or t = T-1-s where `reverse`:
//   hidden part = bias_hh + weight_hh h_previous,   h, c = cell(input part, hidden part, c_previous)
// h_previous is the state of the step before: states are kept in T + 1 slots, and step t goes from slot t to slot t + 1,
// or from slot t + 1 to slot t where `reverse`. The caller has put the initial state in slot 0, or T where `reverse`; or,
// where `carry`, it is what the run before left in the other of these two, and is moved to its place first.
// Where `masked`, a row whose lengths[b] <= t passes its state on unchanged (packed sequences; the output of such a step
// is zeroed elsewhere).
// gates (T, B, S*H): in, the input part weight_ih x + bias_ih of each of the cell's gates in its first G*H columns; out,
// what the backward pass needs, as cells/<cell> says. S = 1, 1, 4, 4 for tanh, relu, gru, lstm, and 5 for lstm with
// projection. weight_hh (G*H, R), bias_hh (G*H), lengths (B) u32; states: h (T + 1, B, R) at word offsetH,
// c (T + 1, B, H) at word offsetC (lstm only). R = H, or `projection` where that is not 0: then h = weight_hr m with
// weight_hr (R, H), m what the cell gave as h.

// A workgroup of 256 owns two rows of the batch and loops over time alone. Eight invocations share a row of weight_hh and
// read 128 bytes of it side by side; each group of eight takes four such rows at a time: the gates of a unit, or four units
// of a cell with one gate.

// uses lib/grid.wgsl
// uses lib/carry.wgsl
// quads: weight_hh

const WIDTH = 256u; // invocations
const LANES = 8u; // that share a row of weight_hh
const GROUPS = 32u;
const UNITS = select(1u, 4u, GATES == 1u); // of a group at a time
const PASS = GROUPS * UNITS; // units of the workgroup at a time
const CHUNK = 256u; // quads of h_previous in workgroup memory at a time, for each of two rows

var<workgroup> vector: array<vec4f, 512>; // (2, CHUNK): h_previous
var<workgroup> sums: array<vec4f, 512>; // (2, GROUPS, LANES): products of four rows of weight_hh with h_previous

fn output_size() -> u32 {
  return select(params.projection, params.hidden, params.projection == 0u);
}

// Four elements of a row of weight_hh, wherever it starts, zeros from its end on: element k of the row is at word `at`.
fn weights_from(at: u32, k: u32, length: u32) -> vec4f {
  let i = vec4u(at, at + 1u, at + 2u, at + 3u);
  let weights = vec4f(
    weight_hh[i.x >> 2u][i.x & 3u],
    weight_hh[i.y >> 2u][i.y & 3u],
    weight_hh[i.z >> 2u][i.z & 3u],
    weight_hh[i.w >> 2u][i.w & 3u],
  );
  return select(vec4f(), weights, vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(length));
}

fn element_at(of_q: bool, start: u32, i: u32, length: u32) -> f32 {
  if (i >= length) {
    return 0.0;
  }
  if (RESETS && of_q) {
    return gates[start + i];
  }
  return states[start + i];
}

// Puts quads of h_previous, or of q, from element `first` on into workgroup memory, zeros after the last element.
fn load_vector(local: u32, of_q: bool, first: u32, quads: u32, step: u32, slot: u32, row: u32) {
  let length = output_size();
  for (var i = local; i < 2u * quads; i += WIDTH) {
    let half = select(0u, 1u, i >= quads);
    let b = min(row + half, params.batch - 1u);
    let of_states = params.offsetH + (slot * params.batch + b) * length;
    let start = select(of_states, ((step * params.batch + b) * SLOTS + SLOTS - 1u) * length, RESETS && of_q);
    let k = first + (i - half * quads) * 4u;
    vector[half * CHUNK + i - half * quads] = vec4f(
      element_at(of_q, start, k, length),
      element_at(of_q, start, k + 1u, length),
      element_at(of_q, start, k + 2u, length),
      element_at(of_q, start, k + 3u, length),
    );
  }
}

// The sum over the lanes of the hidden part of a unit's gates.
fn hidden_part(half: u32, unit: u32) -> vec4f {
  var sum = vec4f();
  let start = half * WIDTH + unit / UNITS * LANES;
  // unroll
  for (var lane = 0u; lane < 8u; lane++) {
    sum += sums[start + lane];
  }
  if (GATES == 1u) {
    return vec4f(sum[unit % 4u]);
  }
  return sum;
}

// h = weight_hr m for both rows, m in the last slot of gates; where the row has ended, the h before.
fn project(local: u32, step: u32, from_slot: u32, to_slot: u32, row: u32) {
  let stride = (SLOTS + 1u) * params.hidden;
  let m0 = (step * params.batch + row) * stride + SLOTS * params.hidden;
  let m1 = (step * params.batch + min(row + 1u, params.batch - 1u)) * stride + SLOTS * params.hidden;
  for (var first = 0u; first < params.projection; first += GROUPS) {
    let weights = min(first + local / LANES, params.projection - 1u) * params.hidden;
    var sum = vec2f();
    for (var k = local % LANES; k < params.hidden; k += LANES) {
      sum += weight_hr[weights + k] * vec2f(gates[m0 + k], gates[m1 + k]);
    }
    sums[local] = vec4f(sum, 0.0, 0.0);
    workgroupBarrier();
    let half = local / GROUPS;
    let b = row + half;
    let p = first + local % GROUPS;
    if (half < 2u && b < params.batch && p < params.projection) {
      let at = params.offsetH + b * params.projection + p;
      let slot_size = params.batch * params.projection;
      var h = states[at + from_slot * slot_size];
      if (params.masked == 0u || step < lengths[b]) {
        h = 0.0;
        // unroll
        for (var lane = 0u; lane < 8u; lane++) {
          h += sums[local % GROUPS * LANES + lane][half];
        }
      }
      states[at + to_slot * slot_size] = h;
    }
    workgroupBarrier();
  }
}

// A step of all units, or of a cell that resets one of its two passes: the first gives r, z and q, the last the rest.
fn take_units(local: u32, last: bool, t: u32, from_slot: u32, to_slot: u32, row: u32) {
  let H = params.hidden;
  let R = output_size();
  let quads = (R + 3u) / 4u;
  let stride = select(SLOTS, SLOTS + 1u, params.projection != 0u) * H;
  let lane = local % LANES;
  let group = local / LANES;
  // The row and unit whose pointwise part this invocation takes in each pass.
  let half = local / PASS;
  let b = row + half;
  for (var first = 0u; first < H; first += PASS) {
    let unit = first + local % PASS;
    let mine = half < 2u && b < params.batch && unit < H;
    let alive = mine && (params.masked == 0u || t < lengths[b]);
    let at = (t * params.batch + b) * stride + unit;
    var x = vec4f();
    var u = vec4f();
    if (alive) {
      // unroll
      for (var gate = 0u; gate < GATES; gate++) {
        x[gate] = gates[at + gate * H];
        u[gate] = bias_hh[gate * H + unit];
      }
    }

    var start: array<u32, 4>; // of the four rows of weight_hh
    // unroll
    for (var i = 0u; i < 4u; i++) {
      let of_one_gate = min(first + group * UNITS + i, H - 1u);
      let gate = select(min(i, GATES - 1u), select(min(i, 1u), 2u, last), RESETS);
      let of_gates = gate * H + min(first + group, H - 1u);
      start[i] = select(of_gates, of_one_gate, GATES == 1u) * R;
    }
    var acc0 = array<vec4f, 4>(); // naga zeroes a variable without a value once, not every round
    var acc1 = array<vec4f, 4>();
    for (var k0 = 0u; k0 < quads; k0 += CHUNK) {
      let count = min(CHUNK, quads - k0);
      if (first == 0u || quads > CHUNK) {
        storageBarrier();
        workgroupBarrier();
        load_vector(local, last, k0 * 4u, count, t, from_slot, row);
        workgroupBarrier();
      }
      if (R % 4u == 0u) {
        for (var k = lane; k < count; k += LANES) {
          let h0 = vector[k];
          let h1 = vector[CHUNK + k];
          // unroll
          for (var i = 0u; i < 4u; i++) {
            let w = weight_hh[start[i] / 4u + k0 + k];
            acc0[i] = fma(w, h0, acc0[i]);
            acc1[i] = fma(w, h1, acc1[i]);
          }
        }
      } else {
        for (var k = lane; k < count; k += LANES) {
          let h0 = vector[k];
          let h1 = vector[CHUNK + k];
          let element = (k0 + k) * 4u;
          // unroll
          for (var i = 0u; i < 4u; i++) {
            let w = weights_from(start[i] + element, element, R);
            acc0[i] = fma(w, h0, acc0[i]);
            acc1[i] = fma(w, h1, acc1[i]);
          }
        }
      }
    }
    let one = vec4f(1.0);
    sums[local] = vec4f(dot(acc0[0], one), dot(acc0[1], one), dot(acc0[2], one), dot(acc0[3], one));
    sums[WIDTH + local] = vec4f(dot(acc1[0], one), dot(acc1[1], one), dot(acc1[2], one), dot(acc1[3], one));
    workgroupBarrier();

    if (mine) {
      let h_at = params.offsetH + b * R + unit;
      let c_at = params.offsetC + b * H + unit;
      var h_previous = 0.0;
      var c_previous = 0.0;
      if (params.projection == 0u) {
        h_previous = states[h_at + from_slot * params.batch * R];
      }
      if (STATES == 2u) {
        c_previous = states[c_at + from_slot * params.batch * H];
      }
      var next = Forward(vec4f(), h_previous, c_previous);
      if (alive) {
        u += hidden_part(half, local % PASS);
        if (!RESETS) {
          next = cell_forward(x, u, h_previous, c_previous);
        } else if (last) {
          next = cell_forward(x, vec4f(x.x, x.y, u.z, gates[at + (SLOTS - 1u) * H]), h_previous, c_previous);
        } else {
          next.slots = cell_reset(x, u, h_previous);
        }
        if (SAVES) {
          // unroll
          for (var slot = 0u; slot < SLOTS; slot++) {
            gates[at + slot * H] = next.slots[slot];
          }
        }
      }
      if (STATES == 2u) {
        states[c_at + to_slot * params.batch * H] = next.c;
      }
      if (params.projection == 0u) {
        states[h_at + to_slot * params.batch * R] = next.h;
      } else if (alive) {
        gates[at + SLOTS * H] = next.h;
      }
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(256)
fn recurrent_forward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let row = tile.x * 2u;
  let H = params.hidden;
  if (params.carry != 0u && params.begin == 0u) {
    let end = min(row + 2u, params.batch);
    carry_state(params.offsetH, output_size(), row, end, local, WIDTH);
    if (STATES == 2u) {
      carry_state(params.offsetC, H, row, end, local, WIDTH);
    }
  } // the first barrier of the loop makes it seen

  for (var s = params.begin; s < params.end; s++) { // the steps that this dispatch takes
    let backwards = params.reverse != 0u;
    let t = select(s, params.steps - 1u - s, backwards);
    let from_slot = select(t, t + 1u, backwards);
    let to_slot = select(t + 1u, t, backwards);
    if (RESETS) {
      take_units(local, false, t, from_slot, to_slot, row);
    }
    take_units(local, true, t, from_slot, to_slot, row);
    if (params.projection != 0u) {
      storageBarrier();
      workgroupBarrier();
      project(local, t, from_slot, to_slot, row);
    }
  }
}
