/** TensorFlow.js in a worker of a browser: see serve.ts. @module */
// deno-lint-ignore-file no-import-prefix -- the package is there while this is bundled alone
import { readyIn } from "../peers/tfjs_model.ts";
import { serve } from "./serve.ts";
// @ts-ignore -- see above
import * as tf from "@tensorflow/tfjs-core";
// @ts-ignore -- see above
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
// @ts-ignore -- see above
import "@tensorflow/tfjs-backend-webgpu";

serve(async (settings) => {
  const { device, threads } = settings;
  setWasmPaths("/tfjs/");
  // It takes half of the processors at most, whatever number of threads it is told: it must see twice as many.
  Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
  setThreadsCount(threads);
  if (!await tf.setBackend(device)) throw new Error(`Cannot open the backend "${device}" of TensorFlow.js`);
  const shared = device === "wasm" && await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
  const on = device === "wasm" ? `WebAssembly, SIMD, threads: ${shared ? getThreadsCount() : 1}` : "WebGPU";
  return { version: `TensorFlow.js ${tf.version_core} on ${on}`, ...await readyIn(tf, settings) };
});
