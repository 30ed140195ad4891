// Variant of `recurrent_forward` (wgsl/recurrent_forward.wgsl) with a dispatch for each time step, for a weight_hh so large
// that a workgroup could not read it again at each step: here all workgroups share it (src/device/webgpu/steps.ts). Without
// projection, H a multiple of 4. Where `carry`, the first dispatch reads the state where the run before left it.
//
// A workgroup of 128 takes 16 rows of the batch and 16 units, or 64 of a cell with one gate: eight invocations share four rows
// of weight_hh, the gates of a unit or four units of a cell with one gate, and multiply them with all 16 rows.

// uses lib/grid.wgsl
// uses lib/forward_unit.wgsl
// quads: weight_hh

const WIDTH = 128u; // invocations
const LANES = 8u; // that share four rows of weight_hh
const GROUPS = 16u;
const UNITS = select(1u, 4u, GATES == 1u); // of a group
const ROWS = 16u; // of the batch
const HALF = 8u;
const CHUNK = 64u; // quads of h_previous in workgroup memory at a time

// (ROWS, CHUNK) quads of h_previous; then (HALF, GROUPS, LANES): products of four rows of weight_hh with half of the rows
var<workgroup> words: array<vec4f, 1024>;

// Quads of h_previous of all rows from quad `first` on.
fn load_states(local: u32, first: u32, count: u32, slot: u32, row: u32) {
  for (var i = local; i < ROWS * CHUNK; i += WIDTH) {
    let b = min(row + i / CHUNK, params.batch - 1u);
    let k = min(i % CHUNK, count - 1u);
    let at = params.offsetH + (slot * params.batch + b) * params.hidden + (first + k) * 4u;
    words[i] = vec4f(states[at], states[at + 1u], states[at + 2u], states[at + 3u]);
  }
}

// A unit's state from one slot to another.
fn copy_state(b: u32, unit: u32, from_slot: u32, to_slot: u32) {
  let at = b * params.hidden + unit;
  let size = params.batch * params.hidden; // of a slot
  states[params.offsetH + at + to_slot * size] = states[params.offsetH + at + from_slot * size];
  if (STATES == 2u) {
    states[params.offsetC + at + to_slot * size] = states[params.offsetC + at + from_slot * size];
  }
}

@compute @workgroup_size(128)
fn recurrent_forward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let H = params.hidden;
  let quads = H / 4u;
  let first = tile.x * GROUPS * UNITS;
  let row = tile.y * ROWS;
  let lane = local % LANES;
  let group = local / LANES;
  let backwards = params.reverse != 0u;
  // begin is the one step that this dispatch takes
  let t = select(params.begin, params.steps - 1u - params.begin, backwards);
  let from_slot = select(t, t + 1u, backwards);
  let to_slot = select(t + 1u, t, backwards);
  let carried = params.carry != 0u && params.begin == 0u;
  let source = select(from_slot, params.steps - from_slot, carried);

  var start: array<u32, 4>; // of the four rows of weight_hh, in quads
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let of_one_gate = min(first + group * UNITS + i, H - 1u);
    let of_gates = min(i, GATES - 1u) * H + min(first + group, H - 1u);
    start[i] = select(of_gates, of_one_gate, GATES == 1u) * quads;
  }
  var acc = array<vec4f, 16>(); // of each row of the batch, a component for each row of weight_hh
  for (var k0 = 0u; k0 < quads; k0 += CHUNK) {
    let count = min(CHUNK, quads - k0);
    workgroupBarrier();
    load_states(local, k0, count, source, row);
    workgroupBarrier();
    for (var k = lane; k < count; k += LANES) {
      let w = transpose(mat4x4f(
        weight_hh[start[0] + k0 + k],
        weight_hh[start[1] + k0 + k],
        weight_hh[start[2] + k0 + k],
        weight_hh[start[3] + k0 + k],
      ));
      // unroll
      for (var r = 0u; r < 16u; r++) {
        let h = words[r * CHUNK + k];
        acc[r] = fma(w[0], vec4f(h.x), acc[r]);
        acc[r] = fma(w[1], vec4f(h.y), acc[r]);
        acc[r] = fma(w[2], vec4f(h.z), acc[r]);
        acc[r] = fma(w[3], vec4f(h.w), acc[r]);
      }
    }
  }

  // unroll
  for (var half = 0u; half < 2u; half++) {
    workgroupBarrier();
    // unroll
    for (var r = 0u; r < 8u; r++) {
      words[(r * GROUPS + group) * LANES + lane] = acc[half * HALF + r];
    }
    workgroupBarrier();
    var sum = vec4f();
    for (var i = 0u; i < LANES; i++) {
      sum += words[local * LANES + (i + local) % LANES]; // neighbours begin in different banks
    }
    let b = row + half * HALF + local / GROUPS;
    // unroll
    for (var i = 0u; i < 4u; i++) {
      let unit = first + local % GROUPS * UNITS + i;
      if (i < UNITS && b < params.batch && unit < H) {
        var u = select(sum, vec4f(sum[i]), GATES == 1u);
        // unroll
        for (var gate = 0u; gate < GATES; gate++) {
          u[gate] += bias_hh[gate * H + unit];
        }
        if (carried) {
          copy_state(b, unit, source, from_slot);
        }
        forward_unit(u, b, unit, t, from_slot, to_slot);
      }
    }
  }
}
