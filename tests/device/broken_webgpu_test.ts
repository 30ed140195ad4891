/** A GPU that is destroyed or lost is an error within a second that says so. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Device, DeviceError } from "../../src/device/device.ts";
import { findAdapter, openWebgpu, type WebgpuOptions } from "../../src/device/webgpu.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("webgpu");
const MESSAGE = 'Cannot use device "webgpu": its GPU device was destroyed: open a new device';

/** A device, and the GPU's device below it. */
async function open(options: WebgpuOptions = {}): Promise<[device: Device, gpu: GPUDevice]> {
  const adapter = (await findAdapter())!;
  let gpu!: GPUDevice;
  const wrapped = new Proxy(adapter, {
    get(target, name) {
      if (name === "requestDevice") {
        return async (descriptor: GPUDeviceDescriptor) => {
          gpu = await target.requestDevice(descriptor);
          return gpu;
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const device = await openWebgpu({ ...options, adapter: wrapped });
  return [device, gpu];
}

for (const synchronousRead of [true, false]) {
  Deno.test({
    name:
      `a destroyed GPU is told by the next read, and by every later call: synchronousRead ${synchronousRead} [webgpu]`,
    ignore,
    fn: async () => {
      const [device, gpu] = await open({ synchronousRead });
      const block = device.alloc(64);
      const program = device.record(() => device.clear(block));
      await device.read(block);
      const since = performance.now();
      gpu.destroy();
      device.write(block, new Float32Array(64));
      program.run();
      const error = await assertRejects(() => device.read(block), DeviceError);
      assertEquals(error.message, MESSAGE);
      for (
        const call of [
          () => device.alloc(1),
          () => device.write(block, new Float32Array(1)),
          () => device.clear(block),
          () => device.record(() => {}),
          () => program.run(),
        ]
      ) assertEquals(assertThrows(call, DeviceError).message, MESSAGE);
      await assertRejects(() => device.read(block), DeviceError, MESSAGE);
      assert(performance.now() - since < 1000);
      assert(Deno.inspect(device).endsWith(", its GPU device was destroyed"), Deno.inspect(device));
      program[Symbol.dispose]();
      block[Symbol.dispose]();
      device[Symbol.dispose]();
      assertThrows(() => device.alloc(1), DeviceError, 'Cannot use device "webgpu": it was disposed');
    },
  });
}

Deno.test({
  name: "a read that waits when the GPU is destroyed rejects [webgpu]",
  ignore,
  fn: async () => {
    const [device, gpu] = await open({ synchronousRead: false });
    const block = device.alloc(64);
    const since = performance.now();
    const read = device.read(block);
    gpu.destroy();
    await assertRejects(() => read, DeviceError, MESSAGE);
    assert(performance.now() - since < 1000);
    device[Symbol.dispose]();
  },
});
