// The product of a matrix in `weights` with a vector, by a workgroup of 256, into `logits`: the product of generate_steps,
// which binds them. Eight invocations share a row and read 128 bytes of it side by side; each group of eight takes four rows at
// a time.

const LANES = 8u;
const PASS = 128u; // rows of the workgroup at a time
const CHUNK = 512u; // quads of the vector in workgroup memory at a time

var<workgroup> vector: array<vec4f, 512>;
var<workgroup> sums: array<vec4f, 256>; // (GROUPS, LANES): parts of four rows

// Element i of a vector that lies in `weights` or in `states`.
fn element(of_weights: bool, start: u32, length: u32, i: u32) -> f32 {
  if (i >= length) {
    return 0.0;
  }
  if (of_weights) {
    return weight_at(start + i);
  }
  return states[start + i];
}

// Four elements of a row of the matrix, wherever it starts, zeros from its end on: element k of the row is at word `at`.
fn weights_from(at: u32, k: u32, length: u32) -> vec4f {
  let row = vec4f(weight_at(at), weight_at(at + 1u), weight_at(at + 2u), weight_at(at + 3u));
  return select(vec4f(), row, vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(length));
}

// logits[y + r] = bias[r] + the product of x (length) with row r of a matrix (rows, length) in `weights`; x from word `start` on in
// `weights` or `states`. Barriers before and behind: what was written is seen, and what is written will be.
fn multiply(local: u32, of_weights: bool, start: u32, length: u32, matrix: u32, bias: u32, rows: u32, y: u32) {
  let lane = local % LANES;
  let quads = (length + 3u) / 4u;
  for (var first = 0u; first < rows; first += PASS) {
    var row_start: array<u32, 4>;
    // unroll
    for (var i = 0u; i < 4u; i++) {
      row_start[i] = matrix + min(first + local / LANES * 4u + i, rows - 1u) * length;
    }
    var acc = array<vec4f, 4>(); // naga zeroes a variable without a value once, not every round
    for (var k0 = 0u; k0 < quads; k0 += CHUNK) {
      let count = min(CHUNK, quads - k0);
      if (first == 0u || quads > CHUNK) {
        storageBarrier();
        workgroupBarrier();
        for (var i = local; i < count; i += 256u) {
          let k = (k0 + i) * 4u;
          vector[i] = vec4f(
            element(of_weights, start, length, k),
            element(of_weights, start, length, k + 1u),
            element(of_weights, start, length, k + 2u),
            element(of_weights, start, length, k + 3u),
          );
        }
        workgroupBarrier();
      }
      if (length % 4u == 0u) {
        for (var k = lane; k < count; k += LANES) {
          let v = vector[k];
          // unroll
          for (var i = 0u; i < 4u; i++) {
            acc[i] = fma(weights[row_start[i] / 4u + k0 + k], v, acc[i]);
          }
        }
      } else {
        for (var k = lane; k < count; k += LANES) {
          let v = vector[k];
          let at = (k0 + k) * 4u;
          // unroll
          for (var i = 0u; i < 4u; i++) {
            acc[i] = fma(weights_from(row_start[i] + at, at, length), v, acc[i]);
          }
        }
      }
    }
    let one = vec4f(1.0);
    sums[local] = vec4f(dot(acc[0], one), dot(acc[1], one), dot(acc[2], one), dot(acc[3], one));
    workgroupBarrier();
    let row = first + local;
    if (local < PASS && row < rows) {
      var sum = bias_at(bias, row);
      // unroll
      for (var i = 0u; i < 8u; i++) {
        sum += sums[local / 4u * LANES + i][local % 4u];
      }
      logits[y + row] = sum;
    }
    workgroupBarrier();
  }
  storageBarrier();
  workgroupBarrier();
}
