// What a cell's two functions give. A cell is the constants GATES, SLOTS and RESETS (whether a step takes two products), which the
// build declares from the table, STATES, SAVES (whether the forward pass writes slots), PASSES (whether part of dh goes straight to
// dh_previous), SIGNED (whether h may be below zero) and the functions cell_forward, cell_backward, and cell_reset, cell_reset_back between the two products: pointwise,
// one unit at a time, its gates in the components of a vec4f.

struct Forward {
  slots: vec4f,
  h: f32,
  c: f32,
}

struct Backward {
  slots: vec4f,
  straight: f32, // to dh_previous
  dc: f32,
}
