// Variant of `recurrent_backward` (wgsl/recurrent_backward.wgsl) with a dispatch for each time step and a last one for the
// initial state, for a large weight_hh, as recurrent_forward.steps.wgsl. With du = d(hidden part) of the step after, which
// the dispatch before has left in gates, and what lies in dstates:
//   dh = dy[t] + weight_hh^T du + what the cell of the step after has passed straight on
// The first dispatch has no du: dstates holds all that comes to its step. The last has no cell.
//
// A workgroup of 128 takes 16 rows of the batch and 16 units: four invocations side by side read a row of weight_hh, a quad of
// columns each, and multiply it with du of all 16 rows; 32 such slabs share the rows of weight_hh.

// uses lib/grid.wgsl
// uses lib/backward_unit.wgsl
// quads: weight_hh

const WIDTH = 128u; // invocations
const QUADS = 4u; // of columns
const SLABS = 32u;
const ROWS = 16u; // of the batch
const HALF = 8u;
const CHUNK = 256u; // rows of weight_hh at a time

// (4, CHUNK): du of four rows of the batch each; then (HALF, SLABS, QUADS): parts of dh of half of the rows
var<workgroup> words: array<vec4f, 1024>;

// du of `count` rows of weight_hh from row `first` on.
fn load_du(local: u32, step: u32, first: u32, count: u32, row: u32) {
  let H = params.hidden;
  for (var i = local; i < 4u * CHUNK; i += WIDTH) {
    let k = first + min(i % CHUNK, count - 1u);
    let column = k + select(0u, (SLOTS - GATES) * H, k >= (GATES - 1u) * H); // a GRU's last gate has a slot of its own
    var value: vec4f;
    // unroll
    for (var r = 0u; r < 4u; r++) {
      let b = min(row + i / CHUNK * 4u + r, params.batch - 1u);
      value[r] = gates[(step * params.batch + b) * SLOTS * H + column];
    }
    words[i] = value;
  }
}

@compute @workgroup_size(128)
fn recurrent_backward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let H = params.hidden;
  let first = tile.x * QUADS * 4u;
  let row = tile.y * ROWS;
  let backwards = params.reverse != 0u;
  // begin is the one step that this dispatch takes
  let t = select(params.steps - 1u - params.begin, params.begin, backwards); // meaningless in the last dispatch
  let after = select(t + 1u, t - 1u, backwards); // meaningless in the first
  let from_slot = select(t, t + 1u, backwards);
  let to_slot = select(t + 1u, t, backwards);
  let quad = min(first / 4u + local % QUADS, H / 4u - 1u);
  let slab = local / QUADS;
  let rows = select(GATES * H, 0u, params.begin == 0u);

  var acc = array<vec4f, 16>(); // of each row of the batch
  for (var r0 = 0u; r0 < rows; r0 += CHUNK) {
    let count = min(CHUNK, rows - r0);
    workgroupBarrier();
    load_du(local, after, r0, count, row);
    workgroupBarrier();
    for (var k = slab * 4u; k < count; k += SLABS * 4u) {
      var w: array<vec4f, 4>;
      // unroll
      for (var i = 0u; i < 4u; i++) {
        w[i] = weight_hh[(r0 + k + i) * (H / 4u) + quad];
      }
      // unroll
      for (var i = 0u; i < 4u; i++) {
        // unroll
        for (var r = 0u; r < 4u; r++) {
          let d = words[r * CHUNK + k + i];
          acc[r * 4u] = fma(w[i], vec4f(d.x), acc[r * 4u]);
          acc[r * 4u + 1u] = fma(w[i], vec4f(d.y), acc[r * 4u + 1u]);
          acc[r * 4u + 2u] = fma(w[i], vec4f(d.z), acc[r * 4u + 2u]);
          acc[r * 4u + 3u] = fma(w[i], vec4f(d.w), acc[r * 4u + 3u]);
        }
      }
    }
  }

  // unroll
  for (var half = 0u; half < 2u; half++) {
    workgroupBarrier();
    // unroll
    for (var r = 0u; r < 8u; r++) {
      words[(r * SLABS + slab) * QUADS + local % QUADS] = acc[half * HALF + r];
    }
    workgroupBarrier();
    let column = local % 16u;
    let unit = first + column;
    let b = row + half * HALF + local / 16u;
    if (b < params.batch && unit < H) {
      var dh = dstates[b * H + unit];
      for (var i = 0u; i < SLABS; i++) {
        dh += words[(local / 16u * SLABS + i) * QUADS + column / 4u][column % 4u];
      }
      if (params.begin < params.steps) {
        backward_unit(dh, b, unit, t, from_slot, to_slot);
      } else {
        dstates[b * H + unit] = dh;
      }
    }
  }
}
