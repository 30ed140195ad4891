/** A step session of onnxruntime-node behind the server of bench/serve.ts: a run a character and text. @module */
import { openDevice } from "../../mod.ts";
import { encodeOnnx } from "../peers/onnx_model.ts";
import type { GenerationFile } from "../peers/workload_files.ts";
import { listen } from "./server.ts";
import { served } from "./served.ts";

const VERSION: string = "1.30.0";
const ort = (await import(`npm:onnxruntime-node@${VERSION}`)).default;
using device = await openDevice("wasm", { threads: 1 });
const { model, cell, hiddenSize } = served(device, Deno.args[0]!);
const sizes = { cell, hiddenSize, streams: 1, length: 1 } as GenerationFile;
const session = await ort.InferenceSession.create(encodeOnnx(await model.stateDict(), sizes, false), {
  intraOpNumThreads: Number(Deno.args[1] ?? 1),
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
});
const states: string[] = session.inputNames.filter((name: string) => name !== "ids");
listen(async (prefix, length) => {
  const zeros = new ort.Tensor("float32", new Float32Array(hiddenSize), [1, hiddenSize]);
  let last = Object.fromEntries(states.map((name) => [name, zeros]));
  const ids = [...prefix];
  for (let at = 0; at < prefix.length + length - 1; at++) {
    const next = await session.run({
      ids: new ort.Tensor("int64", BigInt64Array.of(BigInt(ids[at]!)), [1]),
      ...last,
    });
    last = Object.fromEntries(states.map((name) => [name, next[`next_${name}`]]));
    if (at >= prefix.length - 1) ids.push(Number(next.next_ids.data[0]));
  }
  return ids.slice(prefix.length);
});
