// The gradient of recurrent_forward, the same steps taken backwards. With dh the gradient of a step's h in all:
//   dh = dy[t] + dh from the step after;  with projection: dy[t] = dh is kept and dm = weight_hr^T dh, else dm = dh
//   d(input part), d(hidden part), dc_previous = cell_backward(gates[t], h_previous, c_previous, c, dm, dc)
//   dh_previous = weight_hh^T d(hidden part) + what the cell passes straight on (z dh of a GRU)
// gates (T, B, S*H): in, what the forward pass left; out, the gradients of input part and hidden part, laid out as
// cells/<cell> says. dy (T, B, R): the gradient of the outputs. dstates: dh (B, R) at word 0, dc (B, H) at word
// offsetDc (lstm only): in, the gradients of the final state; out, those of the initial state. Where `masked`, steps with
// lengths[b] <= t pass dh and dc on unchanged and leave zeros in gates (with projection also in dy).
// weight_hh (G*H, R), weight_hr (R, H), lengths (B) u32, states as the forward pass left them.

// A workgroup of 256 owns two rows of the batch and loops over time alone. For weight_hh^T du, 64 invocations side by side
// read a row of weight_hh, a quad of columns each, and four such slabs take four rows of every sixteen; dh between steps
// stays in dstates.

// uses lib/grid.wgsl
// quads: weight_hh

const WIDTH = 256u; // invocations
const QUADS = 64u; // of columns at a time
const SLABS = 4u;
const CHUNK = 1024u; // rows of weight_hh at a time

var<workgroup> du: array<vec2f, 1024>; // (CHUNK): the gradient of the hidden part, of both rows of the batch
var<workgroup> sums: array<vec4f, 512>; // (2, SLABS, QUADS): parts of dh_previous

fn output_size() -> u32 {
  return select(params.projection, params.hidden, params.projection == 0u);
}

fn slot_stride() -> u32 {
  return select(SLOTS, SLOTS + 1u, params.projection != 0u) * params.hidden;
}

fn is_alive(b: u32, step: u32) -> bool {
  return b < params.batch && (params.masked == 0u || step < lengths[b]);
}

// Elements at to at + 3 of weight_hh, wherever they start.
fn weights_from(at: u32) -> vec4f {
  let i = vec4u(at, at + 1u, at + 2u, at + 3u);
  return vec4f(
    weight_hh[i.x >> 2u][i.x & 3u],
    weight_hh[i.y >> 2u][i.y & 3u],
    weight_hh[i.z >> 2u][i.z & 3u],
    weight_hh[i.w >> 2u][i.w & 3u],
  );
}

// dy[t] = dh, with projection only.
fn gather_dh(local: u32, step: u32, row: u32) {
  for (var i = local; i < 2u * params.projection; i += WIDTH) {
    let half = select(0u, 1u, i >= params.projection);
    let b = row + half;
    let p = i - half * params.projection;
    let at = (step * params.batch + b) * params.projection + p;
    if (is_alive(b, step)) {
      dy[at] += dstates[b * params.projection + p];
    } else if (b < params.batch) {
      dy[at] = 0.0;
    }
  }
}

// The pointwise part of a step: gates turn into gradients, dc moves on.
fn pointwise(local: u32, step: u32, from_slot: u32, to_slot: u32, row: u32) {
  let H = params.hidden;
  let R = output_size();
  for (var i = local; i < 2u * H; i += WIDTH) {
    let half = select(0u, 1u, i >= H);
    let b = row + half;
    let unit = i - half * H;
    let stride = slot_stride();
    let at = (step * params.batch + b) * stride + unit;
    if (is_alive(b, step)) {
      var dh = 0.0;
      var h_previous = 0.0;
      var h = 0.0;
      if (params.projection == 0u) {
        dh = dy[(step * params.batch + b) * R + unit] + dstates[b * R + unit];
        h_previous = states[params.offsetH + (from_slot * params.batch + b) * R + unit];
        h = states[params.offsetH + (to_slot * params.batch + b) * R + unit];
      } else {
        for (var p = 0u; p < R; p++) {
          dh = fma(weight_hr[p * H + unit], dy[(step * params.batch + b) * R + p], dh);
        }
      }
      var c_previous = 0.0;
      var c = 0.0;
      var dc = 0.0;
      if (STATES == 2u) {
        c_previous = states[params.offsetC + (from_slot * params.batch + b) * H + unit];
        c = states[params.offsetC + (to_slot * params.batch + b) * H + unit];
        dc = dstates[params.offsetDc + b * H + unit];
      }
      var slots = vec4f();
      if (SAVES) {
        // unroll
        for (var slot = 0u; slot < SLOTS; slot++) {
          slots[slot] = gates[at + slot * H];
        }
      }
      let back = cell_backward(slots, h_previous, h, c_previous, c, dh, dc);
      // unroll
      for (var slot = 0u; slot < SLOTS; slot++) {
        gates[at + slot * H] = back.slots[slot];
      }
      if (STATES == 2u) {
        dstates[params.offsetDc + b * H + unit] = back.dc;
      }
      if (PASSES) {
        dstates[b * R + unit] = back.straight;
      }
    } else if (b < params.batch) {
      for (var slot = 0u; slot < stride; slot += H) {
        gates[at + slot] = 0.0;
      }
    }
  }
}

// The gate of the first row of weight_hh that a pass of multiply() takes, and the gate behind its last row.
fn gates_of(pass_of_q: bool) -> vec2u {
  if (!RESETS) {
    return vec2u(0u, GATES);
  }
  return select(vec2u(0u, 2u), vec2u(2u, 3u), pass_of_q);
}

// Puts du of `count` rows of weight_hh from row `first` on into workgroup memory, zeros up to the next multiple of 16.
fn load_du(local: u32, step: u32, first: u32, count: u32, row: u32) {
  let stride = slot_stride();
  for (var i = local; i < (count + 15u) / 16u * 16u; i += WIDTH) {
    var value = vec2f();
    if (i < count) {
      let gate = (first + i) / params.hidden;
      let unit = (first + i) % params.hidden;
      let slot = select(gate, SLOTS - 1u, gate == GATES - 1u && !RESETS);
      let at = (step * params.batch + row) * stride + slot * params.hidden + unit;
      value.x = gates[at];
      if (row + 1u < params.batch) {
        value.y = gates[at + stride];
      }
    }
    du[i] = value;
  }
}

// dh_previous = weight_hh^T du, and what passed straight on; or dq, of the last gate alone, and what comes of it.
fn multiply(local: u32, of_q: bool, step: u32, from_slot: u32, row: u32) {
  let R = output_size();
  let range = gates_of(of_q);
  let top = range.x * params.hidden;
  let rows = (range.y - range.x) * params.hidden;
  let quads = (R + 3u) / 4u;
  let column = local % QUADS;
  let slab = local / QUADS;
  for (var first = 0u; first < quads; first += QUADS) {
    let quad = min(first + column, quads - 1u);
    var acc0 = vec4f();
    var acc1 = vec4f();
    for (var r0 = 0u; r0 < rows; r0 += CHUNK) {
      let count = min(CHUNK, rows - r0);
      if (first == 0u || rows > CHUNK) {
        workgroupBarrier();
        load_du(local, step, top + r0, count, row);
        workgroupBarrier();
      }
      if (R % 4u == 0u) {
        for (var r = slab * 4u; r < count; r += 16u) {
          // unroll
          for (var i = 0u; i < 4u; i++) {
            let w = weight_hh[(top + min(r0 + r + i, rows - 1u)) * (R / 4u) + quad];
            let d = du[r + i];
            acc0 = fma(w, vec4f(d.x), acc0);
            acc1 = fma(w, vec4f(d.y), acc1);
          }
        }
      } else {
        for (var r = slab * 4u; r < count; r += 16u) {
          // unroll
          for (var i = 0u; i < 4u; i++) {
            let w = weights_from((top + min(r0 + r + i, rows - 1u)) * R + quad * 4u);
            let d = du[r + i];
            acc0 = fma(w, vec4f(d.x), acc0);
            acc1 = fma(w, vec4f(d.y), acc1);
          }
        }
      }
    }
    sums[local] = acc0;
    sums[WIDTH + local] = acc1;
    workgroupBarrier();
    let b = row + slab;
    if (slab < 2u && is_alive(b, step)) {
      var total = vec4f();
      // unroll
      for (var part = 0u; part < 4u; part++) {
        total += sums[slab * WIDTH + part * QUADS + column];
      }
      // unroll
      for (var i = 0u; i < 4u; i++) {
        let k = (first + column) * 4u + i;
        if (k < R) {
          if (RESETS && of_q) {
            let at = (step * params.batch + b) * slot_stride() + k;
            let h_previous = states[params.offsetH + (from_slot * params.batch + b) * R + k];
            let back = cell_reset_back(gates[at], total[i], h_previous);
            gates[at] = back.x;
            dstates[b * R + k] += back.y;
          } else if (PASSES) {
            dstates[b * R + k] += total[i];
          } else {
            dstates[b * R + k] = total[i];
          }
        }
      }
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(256)
fn recurrent_backward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let row = tile.x * 2u;
  for (var s = params.begin; s < params.end; s++) { // the steps that this dispatch takes
    let backwards = params.reverse != 0u;
    let t = select(params.steps - 1u - s, s, backwards);
    let from_slot = select(t, t + 1u, backwards);
    let to_slot = select(t + 1u, t, backwards);
    if (params.projection != 0u) {
      gather_dh(local, t, row);
      storageBarrier();
      workgroupBarrier();
    }
    pointwise(local, t, from_slot, to_slot, row);
    storageBarrier();
    workgroupBarrier();
    if (RESETS) {
      multiply(local, true, t, from_slot, row);
      storageBarrier();
      workgroupBarrier();
    }
    multiply(local, false, t, from_slot, row);
    storageBarrier();
    workgroupBarrier();
  }
}
