// Variant of `recurrent_forward` (wgsl/recurrent_forward.wgsl) for drivers that compute on the CPU, without projection, and
// where loops are short enough (src/device/webgpu/variants.ts). A subgroup owns 16 rows of the batch and takes them through
// all steps, 64 gate values of each at a time, so that a weight is loaded once for 16 rows. Nothing lies in workgroup memory.

// uses lib/grid.wgsl
// uses lib/outer.wgsl
// uses lib/carry.wgsl
// uses lib/forward_unit.wgsl

const UNITS = OCTETS / GATES; // octets of units at a time, each with the octets of its gates side by side
const USED = UNITS * GATES; // octets of sums

// The hidden part of the gates of UNITS octets of units from unit `first` on.
fn hidden_part(sums: ptr<function, array<f32, ROWS * OCTETS>>, first: u32, from_slot: u32, row: u32, lane: u32) {
  let H = params.hidden;
  // unroll
  for (var i = 0u; i < OCTETS; i++) {
    if (i < USED) {
      let bias = bias_hh[i % GATES * H + min(first + i / GATES * LANES + lane, H - 1u)];
      // unroll
      for (var r = 0u; r < ROWS; r++) {
        (*sums)[r * OCTETS + i] = bias;
      }
    }
  }
  for (var k0 = 0u; k0 < H; k0 += LANES) {
    let element = min(k0 + lane, H - 1u);
    let within = k0 + lane < H;
    var h = array<f32, ROWS>();
    // unroll
    for (var r = 0u; r < ROWS; r++) {
      let b = min(row + r, params.batch - 1u);
      h[r] = select(0.0, states[params.offsetH + (from_slot * params.batch + b) * H + element], within);
    }
    var rows = array<f32, TILE>(); // of weight_hh
    // unroll
    for (var i = 0u; i < TILE; i++) {
      if (i / LANES < USED) {
        let unit = min(first + i / LANES / GATES * LANES + i % LANES, H - 1u);
        rows[i] = weight_hh[(i / LANES % GATES * H + unit) * H + element];
      }
    }
    // unroll
    for (var k = 0u; k < LANES; k++) {
      var weights = column_at(&rows, k, lane);
      add_outer(sums, &h, &weights, k);
    }
  }
}

@compute @workgroup_size(LANES)
fn recurrent_forward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  // The grid is made for the general kernel's two rows. Most workgroups have nothing to do; those that have are spread over
  // it, as the driver gives each thread a run of workgroups.
  let row = tile.x * 2u;
  let end = select(0u, params.end, row % ROWS == 0u);
  if (params.carry != 0u && params.begin == 0u && end > 0u) {
    let last = min(row + ROWS, params.batch);
    carry_state(params.offsetH, select(params.hidden, params.projection, params.projection != 0u), row, last, lane, LANES);
    if (STATES == 2u) {
      carry_state(params.offsetC, params.hidden, row, last, lane, LANES);
    }
  }
  storageBarrier();
  workgroupBarrier();
  for (var s = params.begin; s < end; s++) { // the steps that this dispatch takes
    let backwards = params.reverse != 0u;
    let t = select(s, params.steps - 1u - s, backwards);
    let from_slot = select(t, t + 1u, backwards);
    let to_slot = select(t + 1u, t, backwards);
    for (var first = 0u; first < params.hidden; first += UNITS * LANES) {
      var sums = array<f32, ROWS * OCTETS>();
      hidden_part(&sums, first, from_slot, row, lane);
      for (var b = row; b < min(row + ROWS, params.batch); b++) {
        for (var octet = 0u; octet < UNITS; octet++) {
          let unit = first + octet * LANES + lane;
          if (unit < params.hidden) {
            forward_unit(vec4f(sums[0], sums[1], sums[2], sums[3]), b, unit, t, from_slot, to_slot);
          }
          // unroll
          for (var i = 0u; i < OCTETS; i++) {
            if (i + GATES < USED) {
              sums[i] = sums[i + GATES];
            }
          }
        }
        next_row(&sums);
      }
    }
    storageBarrier();
    workgroupBarrier();
  }
}
