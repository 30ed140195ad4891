// Variant of `recurrent_backward` (wgsl/recurrent_backward.wgsl) for drivers that compute on the CPU, without projection, and
// where loops are short enough (src/device/webgpu/variants.ts). A subgroup owns 16 rows of the batch and takes them through
// all steps, 64 elements of each dh at a time, so that a weight is loaded once for 16 rows. Nothing lies in workgroup memory;
// dh between steps stays in dstates.

// uses lib/grid.wgsl
// uses lib/outer.wgsl
// uses lib/backward_unit.wgsl

// dh_previous = weight_hh^T du, and what passed straight on; 64 elements of it from `first` on.
fn multiply(first: u32, step: u32, row: u32, lane: u32) {
  let H = params.hidden;
  let rows = GATES * H;
  var columns = array<u32, OCTETS>();
  // unroll
  for (var i = 0u; i < OCTETS; i++) {
    columns[i] = min(first + i * LANES + lane, H - 1u);
  }
  var sums = array<f32, ROWS * OCTETS>();
  for (var r0 = 0u; r0 < rows; r0 += LANES) {
    let within = r0 + lane < rows;
    let r = min(r0 + lane, rows - 1u);
    let column = r + select(0u, (SLOTS - GATES) * H, r >= (GATES - 1u) * H); // a GRU's last gate has a slot of its own
    var du = array<f32, ROWS>();
    // unroll
    for (var i = 0u; i < ROWS; i++) {
      let b = min(row + i, params.batch - 1u);
      du[i] = select(0.0, gates[(step * params.batch + b) * SLOTS * H + column], within);
    }
    // unroll
    for (var k = 0u; k < LANES; k++) {
      var weights = array<f32, OCTETS>();
      // unroll
      for (var i = 0u; i < OCTETS; i++) {
        weights[i] = weight_hh[min(r0 + k, rows - 1u) * H + columns[i]];
      }
      add_outer(&sums, &du, &weights, k);
    }
  }
  for (var b = row; b < min(row + ROWS, params.batch); b++) {
    let alive = params.masked == 0u || step < lengths[b];
    // unroll
    for (var i = 0u; i < OCTETS; i++) {
      let k = first + i * LANES + lane;
      if (alive && k < H) {
        if (PASSES) {
          sums[i] += dstates[b * H + k];
        }
        dstates[b * H + k] = sums[i];
      }
    }
    next_row(&sums);
  }
}

@compute @workgroup_size(LANES)
fn recurrent_backward(
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
  for (var s = params.begin; s < end; s++) { // the steps that this dispatch takes
    let backwards = params.reverse != 0u;
    let t = select(params.steps - 1u - s, s, backwards);
    let from_slot = select(t, t + 1u, backwards);
    let to_slot = select(t + 1u, t, backwards);
    for (var b = row; b < min(row + ROWS, params.batch); b++) {
      for (var unit = lane; unit < params.hidden; unit += LANES) {
        backward_unit(dstates[b * params.hidden + unit], b, unit, t, from_slot, to_slot);
      }
    }
    storageBarrier();
    workgroupBarrier();
    for (var first = 0u; first < params.hidden; first += TILE) {
      multiply(first, t, row, lane);
    }
    storageBarrier();
    workgroupBarrier();
  }
}
