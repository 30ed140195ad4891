// The pointwise part of a backward step without projection, for variants of recurrent_backward: of a unit of row b, with dh
// the gradient that comes from the step after. Gates turn into gradients, dc moves on, and dstates keeps of dh what passes
// straight on; where the row has ended, that is all of it.
fn backward_unit(dh_after: f32, b: u32, unit: u32, step: u32, from_slot: u32, to_slot: u32) {
  let H = params.hidden;
  let row = step * params.batch + b;
  let at = row * SLOTS * H + unit;
  if (params.masked != 0u && step >= lengths[b]) {
    // unroll
    for (var slot = 0u; slot < SLOTS; slot++) {
      gates[at + slot * H] = 0.0;
    }
    dstates[b * H + unit] = dh_after;
    return;
  }
  let dh = dy[row * H + unit] + dh_after;
  let h_previous = states[params.offsetH + (from_slot * params.batch + b) * H + unit];
  let h = states[params.offsetH + (to_slot * params.batch + b) * H + unit];
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
  dstates[b * H + unit] = back.straight;
}
