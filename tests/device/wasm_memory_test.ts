/** One WebAssembly memory: what the threads' own part of it does to the rest. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { Dense, type Device, DeviceError, LSTM, openDevice, Tensor } from "../../mod.ts";
import { WasmMemory } from "../../src/device/wasm/memory.ts";

Deno.test("memory is taken from either side, and its holes join", () => {
  const memory = new WasmMemory(0, 1000);
  assertEquals([memory.take(100), memory.take(200, "end"), memory.take(300)], [0, 800, 100]);
  assertThrows(() => memory.take(500, "end"), DeviceError);
  memory.give(800, 200);
  assertEquals(memory.take(600, "end"), 400);
  memory.give(0, 100);
  assertEquals([memory.take(100, "end"), memory.state.used], [0, 1000]);
});

/** Records an LSTM of this size on eight rows, whose weights threads pack together. */
function takeRows(device: Device, hiddenSize: number): void {
  using layer = new LSTM(device, { inputSize: 8, hiddenSize, seed: 0 });
  using x = Tensor.from(device, new Float32Array(64), [1, 8, 8]);
  device.record(() => void layer.forward(x))[Symbol.dispose]();
}

function left({ memory: { size, used } }: Device): number {
  return (size - used) / 4;
}

Deno.test("memory of threads that grows does not part what is left [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  takeRows(device, 16);
  takeRows(device, 256);
  assertEquals(device.memory.scratch > 2 ** 17, true);
  device.scope(() => device.alloc(left(device) - 2 ** 12));
});

Deno.test("a recorded program keeps the memory of its threads where more is refused [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const x = Tensor.from(device, new Float32Array(64 * 40).fill(1), [64, 40]);
  using dense = new Dense(device, { inputSize: 40, outputSize: 40, seed: 0 });
  using program = device.record(() => void dense.forward(x));
  const { scratch } = device.memory;
  device.scope(() => {
    device.alloc(left(device) - 1_400_000);
    assertThrows(() => takeRows(device, 400), DeviceError);
  });
  assertEquals(device.memory.scratch, scratch);
  const rest = device.alloc(left(device) - 2 ** 12);
  program.run();
  assertEquals(new Float32Array(await device.read(rest)).every((word) => word === 0), true);
});
