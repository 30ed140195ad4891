// One id a row drawn from logits (B, V = columns), rows ld words apart. settings (1 + B, 8) words: first 0 u32 slot, 2 u32 asked; then of
// each row 0 f32 temperature; 1 u32 topK; 2 f32 topP; 3, 4 u32 the seed's low and high word; 5 u32 stream; 6 u32 position;
// 7 u32 barred, one more than an id that is not drawn, as if its logit were -infinity, 0 for none. There is another id.
// temperature 0: the largest logit, the lowest id among equals. Else with p = softmax(logits / temperature):
//   keep the topK largest (all where topK = 0), of equal logits the lowest ids;
//   of those, renormalised, keep the shortest run of largest ones whose sum is >= topP (all where topP >= 1);
//   draw u = uniform in [0, 1): the first word of Threefry-2x32-20 under the seed's key with the counter (position + slot,
//   stream), upper 24 bits times 2^-24; take the first id, in the order of ids, at which the running sum of kept p exceeds
//   u * (sum of kept p).
// ids (B) u32: the ids drawn. history (…, B, 2) words: at (slot, b) the id (u32), and the logarithm (f32) of its
// probability under softmax(logits), temperature, filters and what is barred left aside; where `asked` is 0, its logit less the
// largest one. It is not finite where a logit is not.

// A workgroup of 256 owns a row.

// uses lib/grid.wgsl
// uses lib/sampling.wgsl

@compute @workgroup_size(256)
fn sample(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = place(workgroup, grid);
  if (is_surplus(tile)) {
    return;
  }
  let row = tile.x;
  let slot = settings[0];
  let drawn = sample_row(local, row * params.ld, manner_of(row, slot));
  if (local == 0u) {
    ids[row] = drawn.id;
    let at = (slot * params.batch + row) * 2u;
    history[at] = drawn.id;
    history[at + 1u] = drawn.logarithm;
  }
}
