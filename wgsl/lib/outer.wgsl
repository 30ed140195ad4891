// Products of a matrix with 16 vectors at once, for drivers that compute on the CPU with subgroups of 8: see "WebGPU on a
// software adapter" in PERFORMANCE.md. A subgroup keeps sums (16 vectors, 8 octets of columns), a lane one column of each
// octet, as variables: indices are constants, since a driver turns any other into a tree of branches.

const LANES = 8u; // of a subgroup, which is a whole workgroup
const ROWS = 16u; // vectors
const MOVED = 120u; // sums but one vector's
const OCTETS = 8u; // of columns
const TILE = OCTETS * LANES; // columns

// Adds for one k: sums[row, column] += x[row] w[column], where lane `k` holds the element of each vector.
fn add_outer(sums: ptr<function, array<f32, ROWS * OCTETS>>, x: ptr<function, array<f32, ROWS>>, w: ptr<function, array<f32, OCTETS>>, k: u32) {
  // unroll
  for (var row = 0u; row < ROWS; row++) {
    let factor = subgroupShuffle((*x)[row], k);
    // unroll
    for (var octet = 0u; octet < OCTETS; octet++) {
      (*sums)[row * OCTETS + octet] += factor * (*w)[octet];
    }
  }
}

// The second vector's sums become the first's, and so on: a loop over vectors then needs the first's alone.
fn next_row(sums: ptr<function, array<f32, ROWS * OCTETS>>) {
  // unroll
  for (var i = 0u; i < MOVED; i++) {
    (*sums)[i] = (*sums)[i + OCTETS];
  }
}

// A column of each octet from rows: element k of row 8 octet + lane, where lane `k` holds the element of each row. So rows
// are read along memory, where columns a power of two apart would push each other out of the cache.
fn column_at(rows: ptr<function, array<f32, TILE>>, k: u32, lane: u32) -> array<f32, OCTETS> {
  var column = array<f32, OCTETS>();
  // unroll
  for (var octet = 0u; octet < OCTETS; octet++) {
    // unroll
    for (var i = 0u; i < LANES; i++) {
      column[octet] = select(column[octet], subgroupShuffle((*rows)[octet * LANES + i], k), lane == i);
    }
  }
  return column;
}
