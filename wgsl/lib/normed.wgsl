// What both kernels of a normalized cell share: where a row's numbers lie. A workgroup of 256 owns a row of the batch; an invocation
// has the same units throughout, so that what it wrote needs no barrier.

const WIDTH = 256u; // invocations

fn output_size() -> u32 {
  return select(params.projection, params.hidden, params.projection == 0u);
}

// The time step.
fn time_of() -> u32 {
  return select(params.step, params.steps - 1u - params.step, params.reverse != 0u);
}

// Words of a row of gates.
fn row_size() -> u32 {
  return (2u * GATES + select(SLOTS, SLOTS + 1u, params.projection != 0u)) * params.hidden;
}

// The first word of a row of gates.
fn gates_of(t: u32, b: u32) -> u32 {
  return (t * params.batch + b) * row_size();
}

// The first word of a row's statistics, behind gates.
fn statistics_of(t: u32, b: u32) -> u32 {
  return params.steps * params.batch * row_size() + (t * params.batch + b) * 4u;
}
