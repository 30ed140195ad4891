// The state that the run before left, moved to where this run begins: for recurrent_forward, by `width` invocations.

// Rows [row, end) of (T + 1, B, size) at word `start` of states.
fn carry_state(start: u32, size: u32, row: u32, end: u32, local: u32, width: u32) {
  let distance = params.steps * params.batch * size; // from slot 0 to slot T
  for (var i = start + row * size + local; i < start + end * size; i += width) {
    if (params.reverse != 0u) {
      states[i + distance] = states[i];
    } else {
      states[i] = states[i + distance];
    }
  }
}
