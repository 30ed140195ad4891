#!/bin/sh
# One would guess that V8 makes a SIMD constant of WebAssembly once and keeps it in a register, as it does with a value that a
# loop does not change: sixteen-bit ones to add up pairs with are the same either way. It makes a constant anew at each use, of
# three instructions on x86-64, so that the loop takes longer than with ones that depend on an argument.
# refrain's products of int8 take their ones from a parameter (assembly/lib/int8_tiles.ts).
set -eu
DENO=2.9.6
ASSEMBLYSCRIPT=0.28.19
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit "deno@$DENO" "assemblyscript@$ASSEMBLYSCRIPT"

cat > sums.ts <<'TS'
@inline
function add(rounds: i32, ones: v128): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (let i = 0; i < rounds; i++) {
    for (let p: usize = 0; p < 4096; p += 64) {
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load(p), ones));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load(p, 16), ones));
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load(p, 32), ones));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load(p, 48), ones));
    }
  }
  return i32x4.extract_lane(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)), 0);
}

export function constant(rounds: i32): i32 {
  return add(rounds, i16x8.splat(1));
}

export function argument(rounds: i32): i32 {
  return add(rounds, i16x8.splat(<i16> (rounds > 0)));
}
TS
npx asc sums.ts -O3 --enable simd --initialMemory 1 --outFile sums.wasm

cat > time.mjs <<'JS'
const { instance } = await WebAssembly.instantiate(await Deno.readFile("sums.wasm"));
const { constant, argument, memory } = instance.exports;
new Uint8Array(memory.buffer).forEach((_, i, bytes) => bytes[i] = i * 7);
const least = { constant: Infinity, argument: Infinity };
const results = new Set();
for (let round = 0; round < 40; round++) {
  for (const [name, sum] of Object.entries({ constant, argument })) {
    const begin = performance.now();
    results.add(sum(20_000));
    least[name] = Math.min(least[name], performance.now() - begin);
  }
}
const ratio = least.constant / least.argument;
console.error(`a constant takes ${ratio.toFixed(2)} times as long`);
console.log(results.size === 1 && ratio > 1.15 ? "slower" : "equal");
JS
echo "Deno $DENO, AssemblyScript $ASSEMBLYSCRIPT"
told=$(npx deno run -A --no-lock time.mjs)
echo "$told"
[ "$told" = slower ]
