// Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers et al. 2000), PyTorch's form; a = x + u:
//   i, f, o = gate(a_i), gate(a_f), gate(a_o);  g = tanh(a_g);  c = f c_previous + i g;  h = o tanh(c)
// gate(a) = sigmoid(a), or clip(a / hard + 1/2, 0, 1) where `hard` is not 0; gate'(y) its derivative where it is y.
// Slots of gates, forward: i, f, g, o, and with projection h (the m of recurrent_forward). Backward, with
// dc = dc from the step after + dh o (1 - tanh(c)^2): dx = du in the slots i, f, g, o, the fifth is left:
//   di gate'(i), di = dc g;  df gate'(f), df = dc c_previous;  dg (1 - g^2), dg = dc i;  do gate'(o), do = dh tanh(c);
// and dc_previous = dc f.

// uses lib/gates.wgsl
// uses lib/cell.wgsl
// uses lib/no_reset.wgsl

const STATES = 2u;
const SAVES = true;
const PASSES = false;
const SIGNED = true;

fn cell_forward(x: vec4f, u: vec4f, h_previous: f32, c_previous: f32) -> Forward {
  let a = x + u;
  let i = gate_of(a.x);
  let f = gate_of(a.y);
  let g = tanh_by_parts(a.z);
  let o = gate_of(a.w);
  let c = f * c_previous + i * g;
  return Forward(vec4f(i, f, g, o), o * tanh_by_parts(c), c);
}

fn cell_backward(slots: vec4f, h_previous: f32, h: f32, c_previous: f32, c: f32, dh: f32, dc: f32) -> Backward {
  let i = slots.x;
  let f = slots.y;
  let g = slots.z;
  let o = slots.w;
  let tanh_c = tanh_by_parts(c);
  let dc_all = dc + dh * o * (1.0 - tanh_c * tanh_c);
  let di = dc_all * g * gate_slope(i);
  let df = dc_all * c_previous * gate_slope(f);
  let dg = dc_all * i * (1.0 - g * g);
  let do_ = dh * tanh_c * gate_slope(o); // `do` is a reserved word of WGSL
  return Backward(vec4f(di, df, dg, do_), 0.0, dc_all * f);
}
