// Sums and maxima over a workgroup of 256, in an order that is always the same; every invocation gets the result.

var<workgroup> reduce_all: array<f32, 256>;
var<workgroup> reduce_some: array<f32, 16>;

fn workgroup_sum(local: u32, value: f32) -> f32 {
  reduce_all[local] = value;
  workgroupBarrier();
  if (local < 16u) {
    var sum = 0.0;
    // unroll
    for (var i = 0u; i < 16u; i++) {
      sum += reduce_all[local + i * 16u];
    }
    reduce_some[local] = sum;
  }
  workgroupBarrier();
  var total = 0.0;
  // unroll
  for (var i = 0u; i < 16u; i++) {
    total += reduce_some[i];
  }
  return total;
}

fn workgroup_max(local: u32, value: f32) -> f32 {
  reduce_all[local] = value;
  workgroupBarrier();
  if (local < 16u) {
    var largest = reduce_all[local];
    // unroll
    for (var i = 0u; i < 16u; i++) {
      largest = max(largest, reduce_all[local + i * 16u]);
    }
    reduce_some[local] = largest;
  }
  workgroupBarrier();
  var result = reduce_some[0];
  // unroll
  for (var i = 0u; i < 16u; i++) {
    result = max(result, reduce_some[i]);
  }
  return result;
}
