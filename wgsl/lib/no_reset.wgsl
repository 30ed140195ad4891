// For cells whose steps take one product (RESETS is false): what nothing calls.

fn cell_reset(x: vec4f, u: vec4f, h_previous: f32) -> vec4f {
  return x;
}

fn cell_reset_back(r: f32, dq: f32, h_previous: f32) -> vec2f {
  return vec2f();
}
