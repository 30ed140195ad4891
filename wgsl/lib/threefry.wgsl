// Threefry-2x32 with 20 rounds (Salmon et al. 2011), the very bits of src/random.ts.

// Four rounds, with the rotations that belong to them.
fn threefry_rounds(start: vec2u, rotations: vec4u) -> vec2u {
  var x = start;
  // unroll
  for (var i = 0u; i < 4u; i++) {
    x.x += x.y;
    x.y = ((x.y << rotations[i]) | (x.y >> (32u - rotations[i]))) ^ x.x;
  }
  return x;
}

fn threefry(key: vec2u, counter: vec2u) -> vec2u {
  let parity = 0x1bd11bdau ^ key.x ^ key.y;
  let even = vec4u(13u, 15u, 26u, 6u);
  let odd = vec4u(17u, 29u, 16u, 24u);
  var x = threefry_rounds(counter + key, even) + vec2u(key.y, parity + 1u);
  x = threefry_rounds(x, odd) + vec2u(parity, key.x + 2u);
  x = threefry_rounds(x, even) + vec2u(key.x, key.y + 3u);
  x = threefry_rounds(x, odd) + vec2u(key.y, parity + 4u);
  return threefry_rounds(x, even) + vec2u(parity, key.x + 5u);
}

// A number of [0, 1): the upper 24 bits of the first word.
fn uniform_number(key: vec2u, counter: vec2u) -> f32 {
  return f32(threefry(key, counter).x >> 8u) * 5.9604644775390625e-8;
}
