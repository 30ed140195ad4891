/** What a GPU is handed to read from: Dawn, which is WebGPU in Node, refuses a DataView. @module */
import { assertEquals } from "@std/assert";
import { Dense, Tensor } from "../../mod.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

Deno.test("a GPU is written to from ArrayBuffers alone [webgpu]", {
  ignore: !DEVICE_NAMES.includes("webgpu"),
}, async () => {
  const queue = GPUQueue.prototype as { writeBuffer(...args: unknown[]): void };
  const { writeBuffer } = queue;
  const sources: unknown[] = [];
  queue.writeBuffer = function (...args): void {
    sources.push(args[2]);
    writeBuffer.apply(this, args);
  };
  try {
    using device = await openWebgpu();
    using dense = new Dense(device, { inputSize: 2, outputSize: 1, bias: false, seed: 0 });
    dense.loadStateDict({ weight: { shape: [1, 2], data: new Float32Array([2, 3]) } });
    const shared = new Float32Array(new SharedArrayBuffer(12), 4);
    shared.set([10, 100]);
    for (const [values, product] of [[shared, 320], [new Float32Array([9, 5, 7]).subarray(1), 31]] as const) {
      using x = Tensor.from(device, new Float32Array(2), [1, 2]);
      device.write(x.block, values);
      assertEquals([...await dense.forward(x).data()], [product]);
    }
  } finally {
    queue.writeBuffer = writeBuffer;
  }
  assertEquals(sources.filter((source) => !(source instanceof ArrayBuffer)), []);
  assertEquals(sources.length > 3, true);
});
