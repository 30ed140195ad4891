// Elman cell (Elman 1990), PyTorch's nn.RNN with nonlinearity "tanh": h = tanh(x + u), x its input part, u its hidden part.
// Slot 0 of gates: forward leaves it; backward writes dx = du = dh (1 - h^2).

// uses lib/activations.wgsl
// uses lib/cell.wgsl
// uses lib/no_reset.wgsl

const STATES = 1u;
const SAVES = false;
const PASSES = false;
const SIGNED = true;

fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  return Forward(vec4f(), tanh_by_parts(x.x + u.x), 0.0);
}

fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  return Backward(vec4f(dh * (1.0 - h * h)), 0.0, 0.0);
}
