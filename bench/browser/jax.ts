/** jax-js in a worker of a browser: see serve.ts. @module */
// deno-lint-ignore-file no-import-prefix -- the package is there while this is bundled alone
import { readyIn } from "./jax_model.ts";
import { serve } from "./serve.ts";
// @ts-ignore -- see above
import * as jax from "@jax-js/jax";

serve(async (settings) => {
  const { device, threads } = settings;
  // It starts a worker a processor, whatever it is told: it must see so many.
  Object.defineProperty(navigator, "hardwareConcurrency", { value: threads });
  await jax.init(device);
  jax.defaultDevice(device);
  const on = device === "wasm"
    ? `WebAssembly, SIMD, threads: ${"SharedArrayBuffer" in globalThis ? threads : 1}`
    : "WebGPU";
  return { version: `jax-js 0.1.25 on ${on}`, ...await readyIn(jax, settings) };
});
