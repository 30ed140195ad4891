// Elman cell with rectifier, PyTorch's nn.RNN with nonlinearity "relu": h = max(0, x + u), x its input part, u its hidden part.
// Slot 0 of gates: forward leaves it; backward writes dx = du = 0 where h <= 0, else dh: where h is NaN, too.

// uses lib/activations.wgsl
// uses lib/cell.wgsl
// uses lib/no_reset.wgsl

const STATES = 1u;
const SAVES = false;
const PASSES = false;
const SIGNED = false;

fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  return Forward(vec4f(), keep_nan(x.x + u.x, max(0.0, x.x + u.x)), 0.0);
}

fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  return Backward(vec4f(select(0.0, dh, h > 0.0 || is_nan(h))), 0.0, 0.0);
}
