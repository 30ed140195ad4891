/**
 * One suite, every device: a test is registered once a device. REFRAIN_DEVICES names them ("wasm,webgpu"); without it
 * they are wasm, and webgpu where an adapter exists. A device that was named and is absent fails its tests.
 *
 * @module
 */
import type { Device } from "../../src/device/device.ts";
import { type DeviceName, openDevice } from "../../src/device/open_device.ts";
import { openWasm } from "../../src/device/wasm.ts";
import { findAdapter, openWebgpu } from "../../src/device/webgpu.ts";

/** The devices that tests run on. */
export const DEVICE_NAMES: readonly DeviceName[] = await deviceNames();

/** Devices of this file's tests by name; opened by the first test that needs one. */
const devices = new Map<string, Promise<Device>>();
/** How to open a device, and its other builds: the same kernels compiled, or written, in another way. */
const OPEN: Record<string, () => Promise<Device>> = {
  "wasm": () => openDevice("wasm"),
  "wasm, tall tiles": () => openWasm({ tile: "6x8" }),
  "wasm, wide tiles": () => openDevice("wasm", { wideTiles: true }),
  "wasm, plain build": () => openDevice("wasm", { deterministic: true }),
  "webgpu": () => openDevice("webgpu"),
  "webgpu, hardware kernels": () => openWebgpu({ lanes: 0, deep: true, largestLoop: Infinity }),
  "webgpu, subgroups of 4": () => openWebgpu({ lanes: 4 }),
  "webgpu, dispatches of a step": () => openWebgpu({ lanes: 0, deep: true, largestLoop: 0 }),
};

async function deviceNames(): Promise<DeviceName[]> {
  const named = (Deno.env.get("REFRAIN_DEVICES") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  if (named.length > 0) return named as DeviceName[];
  if (await findAdapter()) return ["wasm", "webgpu"];
  console.log("No WebGPU adapter on this machine: tests run on wasm only");
  return ["wasm"];
}

/**
 * Registers a test for each device, its name followed by the device's in brackets.
 *
 * @param name What holds.
 * @param body The test; the device is shared with the other tests of the file.
 * @param options `builds`: whether the test also runs on the devices' other builds.
 */
export function testEach(
  name: string,
  body: (device: Device) => void | Promise<void>,
  { builds = false }: { builds?: boolean } = {},
): void {
  const known = Object.keys(OPEN);
  for (const named of DEVICE_NAMES) {
    for (const build of builds ? known.filter((other) => other.split(",")[0] === named) : [named]) {
      Deno.test(`${name} [${build}]`, async () => {
        if (!devices.has(build)) devices.set(build, OPEN[build]!());
        await body(await devices.get(build)!);
      });
    }
  }
}

// A device's threads would keep the process alive.
Deno.test.afterAll(async () => {
  for (const opened of await Promise.allSettled(devices.values())) {
    if (opened.status === "fulfilled") opened.value[Symbol.dispose]();
  }
  // A read leaves a mapping that Deno settles 10 ms later: the file must not end before.
  if (DEVICE_NAMES.includes("webgpu")) await new Promise((resolve) => setTimeout(resolve, 50));
});
