/** The process ends once a device is disposed, however it came to that. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Device, DeviceError, type DeviceName, openDevice, Tensor } from "../../mod.ts";
import { runScript } from "../support/run_script.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Milliseconds after which a process counts as one that does not end. */
const PATIENCE = 60_000;

const COMPUTE = `
  const layer = new GRU(device, { inputSize: 3, hiddenSize: 5, seed: 0 });
  const [y] = layer.forward(Tensor.from(device, new Float32Array(12), [2, 2, 3]));
  console.log((await y.data()).length);`;

/** Each device, WebAssembly with one and with three threads. */
const OPENED = DEVICE_NAMES.flatMap((name) =>
  name === "wasm" ? [`"wasm", { threads: 1 }`, `"wasm", { threads: 3 }`] : [`"${name}"`]
);

for (const opened of OPENED) {
  Deno.test(`a process ends after its device is disposed: openDevice(${opened})`, async () => {
    const { code, output } = await runScript(
      `{ using device = await openDevice(${opened}); ${COMPUTE} }`,
      PATIENCE,
    );
    assertEquals([code, output], [0, "20\n"]);
  });

  Deno.test(`a process ends when nothing was computed: openDevice(${opened})`, async () => {
    const { code } = await runScript(`{ using device = await openDevice(${opened}); }`, PATIENCE);
    assertEquals(code, 0);
  });

  Deno.test(`a process ends when an error leaves the scope of its device: openDevice(${opened})`, async () => {
    const { code, output, error } = await runScript(
      `{ using device = await openDevice(${opened}); ${COMPUTE}; throw new RangeError("on purpose"); }`,
      PATIENCE,
    );
    assertEquals([code, output, error.includes("RangeError: on purpose")], [1, "20\n", true]);
  });
}

async function eachDevice(body: (device: Device, name: DeviceName) => Promise<void>): Promise<void> {
  for (const name of DEVICE_NAMES) {
    using device = await openDevice(name, { threads: 2 });
    await body(device, name);
  }
}

Deno.test("a device that was disposed refuses everything, and may be disposed again", async () => {
  await eachDevice(async (device, name) => {
    const block = device.alloc(2);
    const program = device.record(() => device.clear(block));
    using tensor = Tensor.from(device, [1, 2], [2]);
    device[Symbol.dispose]();
    device[Symbol.dispose]();
    const message = `Cannot use device "${name}": it was disposed`;
    for (
      const body of [
        () => device.alloc(1),
        () => device.write(block, new Float32Array(1)),
        () => device.clear(block),
        () => device.record(() => {}),
        () => program.run(),
      ]
    ) assertEquals(assertThrows(body, DeviceError).message, message);
    await assertRejects(() => device.read(block), DeviceError, message);
    await assertRejects(() => tensor.data(), DeviceError, message);
    program[Symbol.dispose]();
    block[Symbol.dispose]();
  });
});

Deno.test("openDevice() refuses names and threads that are none", async () => {
  await assertRejects(
    () => openDevice("cuda" as DeviceName),
    TypeError,
    'Cannot open device "cuda": known devices are auto, webgpu, wasm',
  );
  for (const threads of [0, 1.5, 65, NaN]) {
    await assertRejects(
      () => openDevice("wasm", { threads }),
      RangeError,
      `Cannot open device "wasm" with ${threads} threads: threads must be an integer from 1 to 64`,
    );
  }
});

Deno.test("several devices work side by side", async () => {
  using one = await openDevice("wasm", { threads: 2 });
  using two = await openDevice("wasm", { threads: 2, deterministic: true });
  const x = Tensor.from(one, [1, 2], [2]);
  const y = Tensor.from(two, [3, 4], [2]);
  assertEquals([...await x.data(), ...await y.data()], [1, 2, 3, 4]);
  assertEquals([one.info.details["build"] === "plain", two.info.details["build"]], [false, "plain"]);
});
