/**
 * The generations in onnxruntime-node: a run a character, or one run with a Loop in the model, on one thread or two
 * (`--variant step-1`, `loop-2`, …). It does not train. See protocol.ts.
 *
 * @module
 */
import { encodeOnnx } from "./onnx_model.ts";
import { type Ready, serve } from "./protocol.ts";

const VERSION: string = "1.30.0";
const ort = (await import(`npm:onnxruntime-node@${VERSION}`)).default;

await serve(async ({ workload, weights, variant }): Promise<Ready> => {
  if (workload.kind !== "generation") throw new Error("Cannot train with onnxruntime");
  const { streams, hiddenSize, length } = workload;
  const [kind, threads] = variant.split("-");
  const session = await ort.InferenceSession.create(encodeOnnx(weights, workload, kind === "loop"), {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  const states: string[] = session.inputNames.filter((name: string) => name !== "ids");
  const first = new ort.Tensor("int64", BigInt64Array.from(workload.ids.map(BigInt)), [streams]);
  const zeros = new ort.Tensor("float32", new Float32Array(streams * hiddenSize), [streams, hiddenSize]);

  /** Ids by character, then by stream. */
  const generate = async (): Promise<number[][]> => {
    let feeds = Object.fromEntries([["ids", first], ...states.map((name) => [name, zeros])]);
    if (kind === "loop") {
      const all = Array.from((await session.run(feeds)).all.data as BigInt64Array, Number);
      return Array.from({ length }, (_, i) => all.slice(i * streams, (i + 1) * streams));
    }
    const drawn: number[][] = [];
    for (let i = 0; i < length; i++) {
      const next = await session.run(feeds);
      feeds = Object.fromEntries(["ids", ...states].map((name) => [name, next[`next_${name}`]]));
      drawn.push(Array.from(next.next_ids.data as BigInt64Array, Number));
    }
    return drawn;
  };

  const drawn = await generate();
  const ids = workload.ids.map((_, row) => drawn.map((step) => step[row]!));
  return { version: `onnxruntime-node ${VERSION}`, ids, unit: async () => void await generate() };
});
Deno.exit();
