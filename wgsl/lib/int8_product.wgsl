// The product of a matrix of int8 in `words` with a vector of 7 bits, by a workgroup of 256, into `logits`: the product of
// generate_steps_int8, which binds them. Eight invocations share a row and read 128 bytes of it side by side; each group of eight
// takes four rows at a time. Four numbers a word are multiplied at once where the driver has dot4I8Packed; where it has not,
// src/device/webgpu/packed_dot.ts adds a function of that name, whose sums are the same.

const LANES = 8u;
const PASS = 128u; // rows of the workgroup at a time
const CHUNK = 256u; // of 16 numbers of the vector, in workgroup memory at a time

var<workgroup> vector: array<u32, 1024>; // (CHUNK, 4): four numbers a word
var<workgroup> sums: array<vec4i, 256>; // (GROUPS, LANES): parts of four rows

// Where a vector is, and what its numbers stand for.
struct Vector {
  of_words: bool, // in `words`, rounded; else in `states`
  start: u32,
  factor: f32, // what those in `states` are multiplied by before they are rounded
  scale: f32,
}

// Numbers k to k + 3, zeros from the vector's end on.
fn rounded_word(x: Vector, length: u32, k: u32) -> u32 {
  if (x.of_words) {
    return word_at(x.start + k / 4u);
  }
  var word = 0u;
  // unroll
  for (var i = 0u; i < 4u; i++) {
    let inside = k + i < length;
    let q = i32(round(x.factor * states[x.start + select(0u, k + i, inside)]));
    word |= select(0u, u32(q) & 255u, inside) << (8u * i);
  }
  return word;
}

// logits[y + r] = bias[r] + the product of x with row r of a matrix (rows, length), whose words, scales and bias begin where they
// say. Barriers before and behind: what was written is seen, and what is written will be. The length, which they depend on, is apart
// from the vector, whose other numbers are not known to be the same for all: browsers refuse such barriers.
fn multiply(local: u32, x: Vector, length: u32, matrix: u32, scales: u32, bias: u32, rows: u32, y: u32) {
  let lane = local % LANES;
  let size = row_words(length) / 4u; // of a row, 16 numbers each
  for (var first = 0u; first < rows; first += PASS) {
    var row_start: array<u32, 4>;
    // unroll
    for (var i = 0u; i < 4u; i++) {
      row_start[i] = matrix / 4u + min(first + local / LANES * 4u + i, rows - 1u) * size;
    }
    var acc = array<i32, 4>();
    for (var k0 = 0u; k0 < size; k0 += CHUNK) {
      let count = min(CHUNK, size - k0);
      if (first == 0u || size > CHUNK) {
        storageBarrier();
        workgroupBarrier();
        for (var i = local; i < count * 4u; i += 256u) {
          vector[i] = rounded_word(x, length, k0 * 16u + i * 4u);
        }
        workgroupBarrier();
      }
      for (var k = lane; k < count; k += LANES) {
        let v = vec4u(vector[k * 4u], vector[k * 4u + 1u], vector[k * 4u + 2u], vector[k * 4u + 3u]);
        // unroll
        for (var i = 0u; i < 4u; i++) {
          let w = words[row_start[i] + k0 + k];
          acc[i] += dot4I8Packed(w.x, v.x) + dot4I8Packed(w.y, v.y) + dot4I8Packed(w.z, v.z) + dot4I8Packed(w.w, v.w);
        }
      }
    }
    sums[local] = vec4i(acc[0], acc[1], acc[2], acc[3]);
    workgroupBarrier();
    let row = first + local;
    if (local < PASS && row < rows) {
      var sum = 0;
      // unroll
      for (var i = 0u; i < 8u; i++) {
        sum += sums[local / 4u * LANES + i][local % 4u];
      }
      logits[y + row] = bias_at(bias, row) + f32(sum) * (x.scale * float_at(scales, row));
    }
    workgroupBarrier();
  }
  storageBarrier();
  workgroupBarrier();
}
