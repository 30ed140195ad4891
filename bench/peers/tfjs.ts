/**
 * The workloads in TensorFlow.js on its WebAssembly backend (SIMD, XNNPACK) or its WebGPU backend, tuned by hand
 * (tfjs_model.ts). See protocol.ts.
 *
 * WebAssembly runs on one thread: its threaded build needs classic workers, which Deno has not, and it refuses threads
 * itself where it takes its host for Node (WASM_HAS_MULTITHREAD_SUPPORT, tensorflow/tfjs issue 3830).
 *
 * @module
 */
import { isSoftware } from "../../src/device/webgpu/software.ts";
import { type Ready, serve, type Settings } from "./protocol.ts";
import { readyIn } from "./tfjs_model.ts";

const VERSION: string = "4.22.0";
const tf = await import(`npm:@tensorflow/tfjs-core@${VERSION}`);
/**
 * The program for products in tiles of 32 × 32. Where these are few, TensorFlow.js takes others, lest parts of a GPU
 * idle; a software adapter is a processor, and slower with them.
 */
const MATMUL_PACKED = 3;

/** Opens a backend, and says on what it runs. */
async function open(device: string): Promise<string> {
  await import(`npm:@tensorflow/tfjs-backend-${device}@${VERSION}`);
  if (!await tf.setBackend(device)) throw new Error(`Cannot open the backend "${device}" of TensorFlow.js`);
  if (device === "wasm") return "WebAssembly, SIMD, 1 thread";
  const info: GPUAdapterInfo = tf.backend().device.adapterInfo;
  const software = isSoftware(info);
  if (software) tf.env().set("WEBGPU_MATMUL_PROGRAM_TYPE", MATMUL_PACKED);
  return `WebGPU, ${info.description}${software ? ", software, all products packed" : ""}`;
}

await serve(async (settings: Settings): Promise<Ready> => ({
  version: `TensorFlow.js ${VERSION} on ${await open(settings.device)}`,
  ...await readyIn(tf, settings),
}));
