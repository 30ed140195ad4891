// Whether x takes the place of the largest number so far: a NaN does, and keeps it.

// uses lib/activations.wgsl

fn is_larger(x: f32, largest: f32) -> bool {
  return !is_nan(largest) && (is_nan(x) || x > largest);
}
