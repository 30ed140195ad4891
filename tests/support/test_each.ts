/**
 * One suite, every device: a test is registered once a device. REFRAIN_DEVICES names them ("wasm,webgpu"); without it
 * they are wasm, and webgpu where an adapter exists. A device that was named and is absent fails its tests.
 *
 * @module
 */
import type { Device } from "../../src/device/device.ts";
import { type DeviceName, openDevice } from "../../src/device/open_device.ts";

// Mesa complains on standard error without it.
if (!Deno.env.has("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");

/** The devices that tests run on. */
export const DEVICE_NAMES: readonly DeviceName[] = await deviceNames();

/** Devices of this file's tests by name; opened by the first test that needs one. */
const devices = new Map<DeviceName, Promise<Device>>();

async function deviceNames(): Promise<DeviceName[]> {
  const named = (Deno.env.get("REFRAIN_DEVICES") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  if (named.length > 0) return named as DeviceName[];
  if (await navigator.gpu?.requestAdapter()) return ["wasm", "webgpu"];
  console.log("No WebGPU adapter on this machine: tests run on wasm only");
  return ["wasm"];
}

/**
 * Registers a test for each device, its name followed by the device's in brackets.
 *
 * @param name what holds
 * @param body the test; the device is shared with the other tests of the file
 */
export function testEach(name: string, body: (device: Device) => void | Promise<void>): void {
  for (const deviceName of DEVICE_NAMES) {
    Deno.test(`${name} [${deviceName}]`, async () => {
      if (!devices.has(deviceName)) devices.set(deviceName, openDevice(deviceName));
      await body(await devices.get(deviceName)!);
    });
  }
}

// A device's threads would keep the process alive.
Deno.test.afterAll(async () => {
  for (const opened of await Promise.allSettled(devices.values())) {
    if (opened.status === "fulfilled") opened.value[Symbol.dispose]();
  }
});
