// A sum of any number of terms: added one by one as float32, 200,000 equal terms are off by 2e-3. A level adds 16 sums of the
// level below, the last one all that come. `index` counts the terms from 0.
fn cascade(levels: vec4f, term: f32, index: u32) -> vec4f {
  var next = vec4f(levels.x + term, levels.yzw);
  if (index % 16u == 15u) {
    next = vec4f(0.0, next.y + next.x, next.zw);
    if (index % 256u == 255u) {
      next = vec4f(0.0, 0.0, next.z + next.y, next.w);
      if (index % 4096u == 4095u) {
        next = vec4f(0.0, 0.0, 0.0, next.w + next.z);
      }
    }
  }
  return next;
}

fn cascade_sum(levels: vec4f) -> f32 {
  return ((levels.x + levels.y) + levels.z) + levels.w;
}
