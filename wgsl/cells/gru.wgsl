// Gated recurrent unit (Cho et al. 2014) in PyTorch's form, the reset after the product; x its input part, u its hidden part:
//   r = gate(x_r + u_r);  z = gate(x_z + u_z);  n = tanh(x_n + r u_n);  h = (1 - z) n + z h_previous
// gate(a) = sigmoid(a), or clip(a / hard + 1/2, 0, 1) where `hard` is not 0; gate'(y) its derivative where it is y.
// Slots of gates, forward: r, z, n, u_n. Backward: dx_r = du_r, dx_z = du_z, dx_n, du_n, with
//   dx_n = dh (1 - z)(1 - n^2);  du_n = dx_n r;  dx_r = dx_n u_n gate'(r);  dx_z = dh (h_previous - n) gate'(z)
// and z dh goes straight to dh_previous.

// uses lib/gates.wgsl
// uses lib/cell.wgsl
// uses lib/no_reset.wgsl

const STATES = 1u;
const SAVES = true;
const PASSES = true;
const SIGNED = true;

fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  let r = gate_of(x.x + u.x);
  let z = gate_of(x.y + u.y);
  let n = tanh_by_parts(x.z + r * u.z);
  return Forward(vec4f(r, z, n, u.z), (1.0 - z) * n + z * h_previous, 0.0);
}

fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  let r = slots.x;
  let z = slots.y;
  let n = slots.z;
  let dx_n = dh * (1.0 - z) * (1.0 - n * n);
  let dx_r = dx_n * slots.w * gate_slope(r);
  let dx_z = dh * (h_previous - n) * gate_slope(z);
  return Backward(vec4f(dx_r, dx_z, dx_n, dx_n * r), z * dh, 0.0);
}
