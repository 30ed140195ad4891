/** That the stream whose speed is a GPU's limit reads each word of a set once a pass. @module */
import { assertEquals } from "@std/assert";
import { LARGEST_SET } from "../../bench/limits.ts";
import { LOADS, ROW, SHADER, WIDTH, WORKGROUPS } from "../../bench/limits_webgpu.ts";
import { findAdapter } from "../../src/device/webgpu.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** The probe, but that it counts how often it loads each 16 bytes. */
const COUNTING = SHADER.slice(0, SHADER.indexOf("@compute")).replace("array<f32>", "array<atomic<u32>>") +
  SHADER.slice(SHADER.lastIndexOf("@compute"))
    .replaceAll(/sum \+= words\[(.+)\];/g, "atomicAdd(&results[$1], 1u); sum += words[$1];")
    .replace(/results\[lane\] = .*;/, "");

/** The least and the greatest count, after so many workgroups have gone through a set of so many rows. */
async function countsOf(gpu: GPUDevice, rows: number, grid: [number, number]): Promise<[number, number]> {
  const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const size = rows * WIDTH * 4;
  const buffer = (size: number, usage: number): GPUBuffer => gpu.createBuffer({ size, usage });
  const buffers = [
    buffer(rows * ROW, STORAGE),
    buffer(size, STORAGE | COPY_SRC),
    buffer(16, UNIFORM | COPY_DST),
  ];
  gpu.queue.writeBuffer(buffers[2]!, 0, new Uint32Array([1, rows, 0, 0]));
  const module = gpu.createShaderModule({ code: COUNTING });
  const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "stream" } });
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...grid);
  pass.end();
  const counts = buffer(size, MAP_READ | COPY_DST);
  encoder.copyBufferToBuffer(buffers[1]!, 0, counts, 0, size);
  gpu.queue.submit([encoder.finish()]);
  await counts.mapAsync(GPUMapMode.READ);
  const words = new Uint32Array(counts.getMappedRange());
  return [words.reduce((a, b) => Math.min(a, b)), words.reduce((a, b) => Math.max(a, b))];
}

Deno.test({
  name: "the stream of a GPU's limits reads each word of a set once a pass",
  ignore: !DEVICE_NAMES.includes("webgpu"),
  async fn() {
    const gpu = await (await findAdapter())!.requestDevice();
    try {
      // One pass: through the smallest set, one that workgroups do not divide, and the largest. And many.
      assertEquals(await countsOf(gpu, LOADS, [1, 1]), [1, 1]);
      assertEquals(await countsOf(gpu, LOADS + 1, [2, 1]), [1, 2]);
      const rows = LARGEST_SET / ROW;
      assertEquals(await countsOf(gpu, rows, [rows / LOADS, 1]), [1, 1]);
      const passes = 3 * WORKGROUPS * LOADS / (rows - 1);
      assertEquals(await countsOf(gpu, rows - 1, [WORKGROUPS, 3]), [Math.floor(passes), Math.ceil(passes)]);
    } finally {
      gpu.destroy();
    }
  },
});
