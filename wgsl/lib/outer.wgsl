// Products of a matrix with 16 vectors at once, for drivers that compute on the CPU with subgroups of 8: see "WebGPU on a
// software adapter" in PERFORMANCE.md. A subgroup keeps sums (16 vectors, 8 octets of columns), a lane one column of each
// octet, as variables: indices are constants, since a driver turns any other into a tree of branches.

const LANES = 8u; // of a subgroup, which is a whole workgroup
const ROWS = 16u; // vectors
const OCTETS = 8u; // of columns
const TILE = 64u; // columns

// Adds for one k: sums[row, column] += x[row] w[column], where lane `k` holds the element of each vector.
fn add_outer(sums: ptr<function, array<f32, 128>>, x: ptr<function, array<f32, 16>>, w: ptr<function, array<f32, 8>>, k: u32) {
  // unroll
  for (var row = 0u; row < 16u; row++) {
    let factor = subgroupShuffle((*x)[row], k);
    // unroll
    for (var octet = 0u; octet < 8u; octet++) {
      (*sums)[row * OCTETS + octet] += factor * (*w)[octet];
    }
  }
}

// The second vector's sums become the first's, and so on: a loop over vectors then needs the first's alone.
fn next_row(sums: ptr<function, array<f32, 128>>) {
  // unroll
  for (var i = 0u; i < 120u; i++) {
    (*sums)[i] = (*sums)[i + OCTETS];
  }
}

// A column of each octet from rows: element k of row 8 octet + lane, where lane `k` holds the element of each row. So rows
// are read along memory, where columns a power of two apart would push each other out of the cache.
fn column_at(rows: ptr<function, array<f32, 64>>, k: u32, lane: u32) -> array<f32, 8> {
  var column = array<f32, 8>();
  // unroll
  for (var octet = 0u; octet < 8u; octet++) {
    // unroll
    for (var i = 0u; i < 8u; i++) {
      column[octet] = select(column[octet], subgroupShuffle((*rows)[octet * 8u + i], k), lane == i);
    }
  }
  return column;
}
