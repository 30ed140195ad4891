/**
 * A program: trains a small model for so many steps, and prints its memory at two of them, each after the heap was swept.
 *
 *     deno run -A --v8-flags=--expose-gc tests/support/train_and_weigh.ts wasm 1000 10000
 *
 * @module
 */
import { Corpus, type DeviceName, openDevice, RNN, RNNModel, train } from "../../mod.ts";
import { usedBytes } from "./used_bytes.ts";

/** What is in use, in bytes. */
export interface Weight {
  steps: number;
  /** Of the device: blocks, programs, scratch. */
  device: number;
  /** Of the process. */
  resident: number;
  /** Of JavaScript's objects, and of what they hold outside of the heap. */
  heap: number;
  external: number;
}

const STEPS_OF_EPOCH = 10;
const SIZES = { batchSize: 2, numSteps: 6 };

if (import.meta.main) {
  const [name, ...marks] = Deno.args;
  const sweep = (globalThis as unknown as { gc: () => void }).gc;
  using device = await openDevice(name as DeviceName, { threads: 1 });
  const size = SIZES.batchSize * (SIZES.numSteps * STEPS_OF_EPOCH + 1);
  const corpus = Corpus.fromText("abcdefg".repeat(size).slice(0, size));
  const V = corpus.vocabulary.size;
  using model = new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 11, seed: 0 }), V);
  const options = { epochs: Number(marks.at(-1)) / STEPS_OF_EPOCH, ...SIZES };
  for await (const { steps } of train(model, corpus, { ...options, clipGradNorm: 1 })) {
    if (!marks.includes(`${steps}`)) continue;
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50)); // what finalizers hold on to goes in the next turn
      sweep();
    }
    const { rss, heapUsed, external } = Deno.memoryUsage();
    const weight: Weight = { steps, device: usedBytes(device), resident: rss, heap: heapUsed, external };
    console.log(JSON.stringify(weight));
  }
}
