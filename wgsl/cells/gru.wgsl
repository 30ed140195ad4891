// Gated recurrent unit (Cho et al. 2014) in PyTorch's form, the reset after the product; x its input part, u its hidden part:
//   r = sigmoid(x_r + u_r);  z = sigmoid(x_z + u_z);  n = tanh(x_n + r u_n);  h = (1 - z) n + z h_previous
// Slots of gates, forward: r, z, n, u_n. Backward: dx_r = du_r, dx_z = du_z, dx_n, du_n, with
//   dx_n = dh (1 - z)(1 - n^2);  du_n = dx_n r;  dx_r = dx_n u_n r (1 - r);  dx_z = dh (h_previous - n) z (1 - z)
// and z dh goes straight to dh_previous.

// uses lib/activations.wgsl
// uses lib/cell.wgsl

const STATES = 1u;
const SAVES = true;
const PASSES = true;

fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  let r = sigmoid(x.x + u.x);
  let z = sigmoid(x.y + u.y);
  let n = tanh_by_parts(x.z + r * u.z);
  return Forward(vec4f(r, z, n, u.z), (1.0 - z) * n + z * h_previous, 0.0);
}

fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  let r = slots.x;
  let z = slots.y;
  let n = slots.z;
  let dx_n = dh * (1.0 - z) * (1.0 - n * n);
  let dx_r = dx_n * slots.w * r * (1.0 - r);
  let dx_z = dh * (h_previous - n) * z * (1.0 - z);
  return Backward(vec4f(dx_r, dx_z, dx_n, dx_n * r), z * dh, 0.0);
}
