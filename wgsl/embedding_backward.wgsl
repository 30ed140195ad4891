// The gradient of embedding_forward: dtable[id, c] += sum of dy[n, c] over the rows n that used id.
// order (T*B) u32: the rows n = t*B + b sorted by id, ascending within an id (a counting sort on the host);
// starts (V + 1) u32: id's rows are order[starts[id]] to order[starts[id + 1] - 1]. One owner sums an id's rows, in that
// order: the sum does not depend on threads. dy (T*B, columns), its rows ld words apart; element (id, c) of dtable
// lies at word id*idStride + c*columnStride.

// A workgroup of 64 owns 64 columns of one id.

// uses lib/cascade.wgsl
// uses lib/grid.wgsl

@compute @workgroup_size(64)
fn embedding_backward(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let id = tile.y;
  let column = tile.x * 64u + local;
  if (id >= params.vocabulary || column >= params.columns) {
    return;
  }
  // this dispatch takes the places in order from begin up to end
  let end = min(starts[id + 1u], params.end);
  var next = max(starts[id], params.begin);
  if (next >= end) {
    return; // most ids of a batch: their gradient stays as it is
  }
  var levels = vec4f();
  var fours = 0u;
  // Four rows at a time are fetched together.
  for (; next + 4u <= end; next += 4u) {
    let a = dy[order[next] * params.ld + column];
    let b = dy[order[next + 1u] * params.ld + column];
    let c = dy[order[next + 2u] * params.ld + column];
    let d = dy[order[next + 3u] * params.ld + column];
    levels = cascade(levels, (a + b) + (c + d), fours);
    fours++;
  }
  var sum = cascade_sum(levels);
  for (; next < end; next++) {
    sum += dy[order[next] * params.ld + column];
  }
  dtable[id * params.idStride + column * params.columnStride] += sum;
}
