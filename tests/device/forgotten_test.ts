/** Memory that nobody frees comes back: loops of one's own keep more than a device has. @module */
import { assertEquals, assertMatch, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { crossEntropy, Dense, type Device, DeviceError, LSTM, openDevice, Tape, Tensor } from "../../mod.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** Bytes of the device, little, so that they are soon exceeded; the faster one fills more until V8 has collected. */
const MEMORY: Record<string, number> = { wasm: 2 ** 29, webgpu: 2 ** 27 };
/** Rows of the tensors that a round keeps. */
const ROWS = 2 ** 12;
/** Their columns. */
const COLUMNS = 64;

function testSmall(name: string, body: (device: Device) => void | Promise<void>): void {
  for (const deviceName of DEVICE_NAMES) {
    Deno.test(`${name} [${deviceName}]`, async () => {
      using device = await openDevice(deviceName, { threads: 1, memoryBytes: MEMORY[deviceName]! });
      await body(device);
    });
  }
}

/** Runs rounds that keep `words` each until they have kept twice the device's memory, and reads a word after each. */
async function exceed(device: Device, words: number, round: () => void): Promise<void> {
  const word = device.alloc(1);
  for (let kept = 0; kept < 2 * MEMORY[device.name]!; kept += 4 * words) {
    round();
    await device.read(word);
  }
}

testSmall("a loop may step a layer beyond the device's memory", async (device) => {
  const lstm = new LSTM(device, { inputSize: 1, hiddenSize: COLUMNS, seed: 0 });
  const x = Tensor.from(device, new Float32Array(ROWS).fill(1), [ROWS, 1]);
  const [first, start] = lstm.step(x);
  const before = await first.data();
  let state = start;
  await exceed(device, 6 * COLUMNS * ROWS, () => {
    [, state] = lstm.step(x, state);
  });
  assertEquals(await first.data(), before, "what is held is left alone");
  assertNotEquals(await state[0].data(), before);
});

testSmall("a loop may forget tapes, layers and programs beyond the device's memory", async (device) => {
  const dense = new Dense(device, { inputSize: 1, outputSize: COLUMNS, seed: 0 });
  const x = Tensor.from(device, new Float32Array(ROWS).fill(1), [ROWS, 1]);
  const targets = Tensor.from(device, new Uint32Array(ROWS), [1, ROWS]);
  // Of the program only this is held.
  let y!: Tensor;
  const { run } = device.record(() => {
    y = dense.forward(x);
  });
  await exceed(device, 4 * COLUMNS * ROWS, () => {
    const tape = new Tape(device);
    tape.backward(crossEntropy(dense.forward(x, tape), targets, tape));
  });
  await exceed(device, 3 * 512 * 513, () => void new Dense(device, { inputSize: 512, outputSize: 512 }));
  await exceed(device, COLUMNS * ROWS, () => {
    const { parts } = device.record(() => void dense.forward(x));
    for (const part of parts()) part.run();
  });
  run();
  assertEquals(await y.data(), await dense.forward(x).data());
});

testSmall("a loop that never awaits is told of device.scope", (device) => {
  const round = (): void => void device.alloc(2 ** 20);
  for (let i = 0; i < 200; i++) device.scope(round);
  const error = assertThrows(() => {
    for (let i = 0; i < 200; i++) round();
  }, DeviceError);
  assertMatch(
    error.message,
    /^Cannot allocate 4194304 bytes of \w+ memory: \d+ of (13|53)\d{7} bytes are in use; .* device\.scope .*[^.]$/,
  );
});

Deno.test("a device is not opened with less memory than a program needs", async () => {
  for (const name of DEVICE_NAMES) {
    for (const memoryBytes of [0, 2 ** 24 - 1, 2.5e8 + 0.5, NaN]) {
      await assertRejects(
        () => openDevice(name, { memoryBytes }),
        RangeError,
        `current value is ${memoryBytes}`,
      );
    }
  }
});
