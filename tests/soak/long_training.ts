/**
 * Long training of the tutorial's model, H1 of the benchmarks: memory at its end is that of its middle.
 *
 *     deno run -A --v8-flags=--expose-gc tests/soak/long_training.ts 20000
 *
 * @module
 */
import { corpusOf, modelOf, TRAINING } from "../../bench/workloads.ts";
import { Adam, openDevice, train } from "../../mod.ts";
import { usedBytes } from "../support/used_bytes.ts";
import type { Soak } from "./run.ts";

/** Steps of an epoch, after which a training reports. */
const STEPS_OF_EPOCH = 50;
/** Weighings. */
const MARKS = 10;
/** What the process may take in the second half: V8 compiles what is hot. */
const RESIDENT = 8 * 2 ** 20;
const HEAP = 256 * 2 ** 10;

/** What is in use, in bytes. */
interface Weight {
  steps: number;
  device: number;
  resident: number;
  heap: number;
  loss: number;
  seconds: number;
}

/** Trains in a process of its own, and compares what it weighs. */
export async function trainLong({ times, say }: Soak): Promise<string[]> {
  const { batchSize, numSteps, hiddenSize, vocabularySize } = TRAINING["H1"]!;
  say(
    `${times} steps of H1 on WebAssembly: ${batchSize} × ${numSteps} of ${vocabularySize} characters, RNN of ${hiddenSize}`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      decodeURIComponent(new URL(import.meta.url).pathname),
      `${times}`,
    ],
    stdout: "piped",
  }).spawn();
  const weights: Weight[] = [];
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const weight: Weight = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      weights.push(weight);
      const { steps, device, resident, heap, loss, seconds } = weight;
      say(
        `step ${steps}: device ${device} bytes, resident ${mebibytes(resident)} MiB, heap ${
          mebibytes(heap)
        } MiB, ` +
          `loss ${loss.toFixed(4)}, ${(seconds / steps * 1000).toFixed(1)} ms a step`,
      );
    }
  }
  const failures: string[] = [];
  if (!(await child.status).success) failures.push("the training did not end well");
  const last = weights.at(-1)!;
  const middle = weights[weights.length / 2 - 1]!;
  if (weights.length !== MARKS) failures.push(`there are ${weights.length} weighings`);
  for (const { steps, device } of weights) {
    if (device !== last.device) failures.push(`the device had ${device} bytes at step ${steps}`);
  }
  const growth = { resident: last.resident - middle.resident, heap: last.heap - middle.heap };
  say(
    `from step ${middle.steps} to ${last.steps}: resident ${growth.resident}, heap ${growth.heap} bytes more`,
  );
  if (growth.resident > RESIDENT) failures.push(`the process grew by ${growth.resident} bytes`);
  if (growth.heap > HEAP) failures.push(`the heap grew by ${growth.heap} bytes`);
  return failures;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

if (import.meta.main) {
  const steps = Number(Deno.args[0]);
  const sweep = (globalThis as unknown as { gc: () => void }).gc;
  const workload = TRAINING["H1"]!;
  const { batchSize, numSteps } = workload;
  using device = await openDevice("wasm");
  using model = modelOf(device, workload);
  using optimizer = new Adam(model.parameters());
  const corpus = corpusOf(workload, STEPS_OF_EPOCH);
  const options = { epochs: steps / STEPS_OF_EPOCH, batchSize, numSteps, clipGradNorm: 1, optimizer };
  const start = performance.now();
  for await (const { steps: taken, loss } of train(model, corpus, options)) {
    if (taken % (steps / MARKS) !== 0) continue;
    const seconds = (performance.now() - start) / 1000;
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50)); // what finalizers hold on to goes in the next turn
      sweep();
    }
    const { rss, heapUsed } = Deno.memoryUsage();
    const weight: Weight = {
      steps: taken,
      device: usedBytes(device),
      resident: rss,
      heap: heapUsed,
      loss,
      seconds,
    };
    console.log(JSON.stringify(weight));
  }
}
