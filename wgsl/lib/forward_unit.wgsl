// The pointwise part of a forward step without projection, for variants of recurrent_forward: of a unit of row b, which is
// there; u its hidden part. Where the row has ended, its state is passed on.
fn forward_unit(u: vec4f, b: u32, unit: u32, step: u32, from_slot: u32, to_slot: u32) {
  let H = params.hidden;
  let at = (step * params.batch + b) * SLOTS * H + unit;
  let h_at = params.offsetH + b * H + unit;
  let c_at = params.offsetC + b * H + unit;
  let alive = params.masked == 0u || step < lengths[b];
  var h_previous = 0.0;
  var c_previous = 0.0;
  if (PASSES || !alive) {
    h_previous = states[h_at + from_slot * params.batch * H];
  }
  if (STATES == 2u) {
    c_previous = states[c_at + from_slot * params.batch * H];
  }
  var next = Forward(vec4f(), h_previous, c_previous);
  if (alive) {
    var x = vec4f();
    // unroll
    for (var gate = 0u; gate < GATES; gate++) {
      x[gate] = gates[at + gate * H];
    }
    next = cell_forward(x, u, h_previous, c_previous);
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
  states[h_at + to_slot * params.batch * H] = next.h;
}
