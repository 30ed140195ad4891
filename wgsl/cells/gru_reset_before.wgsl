// Gated recurrent unit (Cho et al. 2014) with the reset before the product; x its input part, u its hidden part:
//   r = gate(x_r + u_r);  z = gate(x_z + u_z);  q = r h_previous;  n = tanh(x_n + u_n);  h = (1 - z) n + z h_previous
// where u_n = bias_hn + weight_hn q is a product of its own, made once all of q is there. gate and gate' are those of cells/gru.
// Slots of gates, forward: r, z, n, q. Backward, dx = du in the first three, q is left for the gradient of weight_hn:
//   dx_n = dh (1 - z)(1 - n^2);  dx_z = dh (h_previous - n) gate'(z);  dq = weight_hn^T dx_n;  dx_r = dq h_previous gate'(r)
// and z dh + r dq goes straight to dh_previous.

// uses lib/gates.wgsl
// uses lib/cell.wgsl

const STATES = 1u;
const SAVES = true;
const PASSES = true;
const SIGNED = true;

// The first pass of a step: r and z, x_n as it was, q.
fn cell_reset(x: vec4f, u: vec4f, h_previous: f32) -> vec4f {
  let r = gate_of(x.x + u.x);
  return vec4f(r, gate_of(x.y + u.y), x.z, r * h_previous);
}

// The second: what the first gave stands where it does not need u.
fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  let n = tanh_by_parts(x.z + u.z);
  return Forward(vec4f(u.x, u.y, n, u.w), (1.0 - u.y) * n + u.y * h_previous, 0.0);
}

// The first slot keeps r, for cell_reset_back.
fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  let z = slots.y;
  let n = slots.z;
  let dx_n = dh * (1.0 - z) * (1.0 - n * n);
  let dx_z = dh * (h_previous - n) * gate_slope(z);
  return Backward(vec4f(slots.x, dx_z, dx_n, slots.w), z * dh, 0.0);
}

// dx_r, and what r passes straight on.
fn cell_reset_back(r: f32, dq: f32, h_previous: f32) -> vec2f {
  return vec2f(dq * h_previous * gate_slope(r), r * dq);
}
