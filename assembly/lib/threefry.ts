// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
// for four counters at once; the same bits as src/random.ts. Only the first of the two words is kept.

// @ts-ignore: decorator
@inline
function rotate(x: v128, left: i32): v128 {
  return v128.or(i32x4.shl(x, left), i32x4.shr_u(x, 32 - left));
}

// The first words under the key (key0, key1) of the counters (counter + lane, stream).
export function threefry(key0: u32, key1: u32, counter: u32, stream: u32): v128 {
  const k0 = i32x4.splat(key0), k1 = i32x4.splat(key1), k2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  let x = i32x4.add(i32x4.add(i32x4.splat(counter), i32x4(0, 1, 2, 3)), k0);
  let y = i32x4.splat(stream + key1);
  // four rounds, and the key's next two words; the schedule repeats every 8 rounds, the key every 12
  let group: i32 = 1;
  let a = k1, b = k2, c = k0;
  while (true) {
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 13), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 15), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 26), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 6), x);
    x = i32x4.add(x, a);
    if (group == 5) return x;
    y = i32x4.add(y, i32x4.add(b, i32x4.splat(group)));
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 17), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 29), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 16), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotate(y, 24), x);
    x = i32x4.add(x, b);
    y = i32x4.add(y, i32x4.add(c, i32x4.splat(group + 1)));
    const next = c;
    c = b;
    b = a;
    a = next;
    group += 2;
  }
}

// Uniform in [0, 1): the upper 24 bits times 2^-24.
// @ts-ignore: decorator
@inline
export function uniform(word: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(word, 8)), f32x4.splat(5.9604644775390625e-8));
}
