#!/bin/sh
# One would guess that a product with 1,027 columns takes jax-js as long as one with 1,028, a part in a thousand less. On its
# WebAssembly backend it takes 30 to 60 times as long: its kernels have tiles where a size divides by 4, and
# none elsewhere. A vocabulary is seldom a multiple of 4; bench/browser/ pads it, so that jax-js is timed at its best.
set -eu
JAX=0.1.25
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "type": "module" }' > package.json
npm install --silent "@jax-js/jax@$JAX"

cat > columns.js <<'JS'
import { defaultDevice, init, jit, numpy } from "@jax-js/jax";

await init();
defaultDevice("wasm");
const product = jit((a, b) => numpy.matmul(a, b));
const least = {};
for (const columns of [1028, 1027]) {
  const [a, b] = [numpy.ones([1120, 256]), numpy.ones([256, columns])];
  const times = [];
  for (let round = 0; round < 5; round++) {
    const begun = performance.now();
    await product(a.ref, b.ref).data();
    times.push(performance.now() - begun);
  }
  least[columns] = Math.min(...times);
}
const ratio = least[1027] / least[1028];
console.log(`1,027 columns: ${ratio.toFixed(1)} times as long as 1,028`);
Deno.exit(ratio > 10 ? 0 : 1);
JS

echo "@jax-js/jax $JAX on WebAssembly, a product of (1120, 256) and (256, columns):"
npx -y deno@2.9.6 run -A --node-modules-dir=manual columns.js 2> errors || { cat errors; exit 1; }
