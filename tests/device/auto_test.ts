/** What "auto" takes where a GPU is there and does not open. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError, openDevice } from "../../mod.ts";

/** Runs `body` on a machine whose only GPU gives no device. Returns the lines that were written as warnings. */
async function withBrokenGpu(body: () => Promise<void>): Promise<unknown[]> {
  const adapter = {
    info: { vendor: "acme", architecture: "", device: "", description: "Acme 9000" },
    features: new Set(),
    limits: {},
    requestDevice: () => Promise.reject(new Error("the driver is too old")),
  };
  const lines: unknown[] = [];
  const { warn } = console;
  const value = { requestAdapter: () => Promise.resolve(adapter) };
  Object.defineProperty(navigator, "gpu", { configurable: true, value });
  console.warn = (...words) => lines.push(...words);
  try {
    await body();
  } finally {
    console.warn = warn;
    delete (navigator as { gpu?: unknown }).gpu;
  }
  return lines;
}

const MESSAGE = 'Cannot open device "webgpu": the driver is too old';

Deno.test('"auto" takes WebAssembly where WebGPU does not open, and says so in a line', async () => {
  const lines = await withBrokenGpu(async () => {
    using device = await openDevice("auto", { threads: 1 });
    assertEquals(device.name, "wasm");
  });
  assertEquals(lines, [`warning: device "wasm" is taken: ${MESSAGE}`]);
});

Deno.test("a device that is asked for by name is never another", async () => {
  const lines = await withBrokenGpu(async () => {
    await assertRejects(() => openDevice("webgpu"), DeviceError, MESSAGE);
  });
  assertEquals(lines, []);
});
