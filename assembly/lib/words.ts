// Matrices are measured in words and addressed in bytes.

// @ts-ignore: decorator
@inline
export function bytes(words: u32): usize {
  return (words << 2) as usize;
}
