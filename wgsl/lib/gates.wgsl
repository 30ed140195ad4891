// The activation of a cell's gates: which one, a pipeline is compiled for. Constants are divided by where that happens, whichever
// branch is taken, and infinity is refused: hence the 1.

// uses lib/activations.wgsl

// The sigmoid, or clip(x / hard + 1/2, 0, 1).
fn gate_of(x: f32) -> f32 {
  if (hard == 0u) {
    return sigmoid(x);
  }
  return keep_nan(x, clamp(x / f32(max(hard, 1u)) + 0.5, 0.0, 1.0));
}

// Its derivative where the value is y.
fn gate_slope(y: f32) -> f32 {
  if (hard == 0u) {
    return y * (1.0 - y);
  }
  return select(0.0, 1.0 / f32(max(hard, 1u)), y > 0.0 && y < 1.0);
}
