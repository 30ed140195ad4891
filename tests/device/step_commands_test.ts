/** What one step of training costs the host on WebGPU: dispatches, passes, submits, bind groups. @module */
import { assertEquals } from "@std/assert";
import { openWebgpu, type WebgpuOptions } from "../../src/device/webgpu.ts";
import { train } from "../../src/train.ts";
import { corpusOf, modelOf, TRAINING } from "../../bench/workloads.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Calls that are counted, by the names under which they are reported. */
const CALLS: readonly (readonly [name: string, owner: { prototype: object }, method: string])[] =
  "GPUDevice" in globalThis
    ? [
      ["dispatches", GPUComputePassEncoder, "dispatchWorkgroups"],
      ["bind groups set", GPUComputePassEncoder, "setBindGroup"],
      ["bind groups made", GPUDevice, "createBindGroup"],
      ["passes", GPUCommandEncoder, "beginComputePass"],
      ["clears", GPUCommandEncoder, "clearBuffer"],
      ["copies", GPUCommandEncoder, "copyBufferToBuffer"],
      ["submits", GPUQueue, "submit"],
      ["writes", GPUQueue, "writeBuffer"],
    ]
    : [];

/** Counts these calls until it is disposed. */
class Counter implements Disposable {
  readonly counts: Record<string, number> = {};
  readonly #restore: (() => void)[] = [];

  constructor() {
    for (const [name, { prototype }, method] of CALLS) {
      const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
      const original = methods[method]!;
      const { counts } = this;
      counts[name] = 0;
      methods[method] = function (...args): unknown {
        counts[name]!++;
        return original.apply(this, args);
      };
      this.#restore.push(() => {
        methods[method] = original;
      });
    }
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
  }
}

/** The calls of a training of one epoch of so many steps; sizes are small. */
async function callsOf(name: string, steps: number, options: WebgpuOptions): Promise<Record<string, number>> {
  const workload = { ...TRAINING[name]!, hiddenSize: 12, vocabularySize: 13, batchSize: 3, numSteps: 5 };
  using device = await openWebgpu(options);
  using model = modelOf(device, workload);
  const { batchSize, numSteps } = workload;
  using counter = new Counter();
  const training = { epochs: 1, batchSize, numSteps, clipGradNorm: 1e-2, carryState: true };
  for await (const _ of train(model, corpusOf(workload, steps), training));
  return counter.counts;
}

/** Of the workloads' kernels; where a recurrence has a dispatch a time step, T and T + 1 in place of two. */
const DISPATCHES: readonly (readonly [name: string, dispatches: number, options: WebgpuOptions])[] = [
  ["H1", 13, {}],
  ["H1-gru", 14, {}],
  ["H1-lstm", 13, {}],
  ["H2", 19, {}],
  ["H1-lstm", 13 - 2 + 5 + 6, { lanes: 0, deep: true, largestLoop: 0 }],
];

for (const [name, dispatches, options] of DISPATCHES) {
  Deno.test({
    name: `a step of ${name} takes ${dispatches} dispatches, one pass, one submit and no bind group [webgpu]`,
    ignore: !DEVICE_NAMES.includes("webgpu"),
    fn: async () => {
      const few = await callsOf(name, 3, options);
      const many = await callsOf(name, 7, options);
      const step = Object.fromEntries(Object.keys(few).map((key) => [key, (many[key]! - few[key]!) / 4]));
      const { copies, submits, ...others } = step;
      // A wait between steps, of which a slow device has some, copies once and submits that for each block it reads.
      assertEquals({ ...others, submits: submits! - copies! }, {
        dispatches,
        "bind groups set": dispatches,
        "bind groups made": 0,
        // the gradients, and what the backward pass of each layer begins with
        passes: 1,
        clears: name === "H2" ? 3 : 2,
        submits: 1,
        // ids, targets, the two tables of the counting sort, the optimizer's rates
        writes: 5,
      });
    },
  });
}
