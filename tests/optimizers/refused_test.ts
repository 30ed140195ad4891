/** What becomes no optimizer: it leaves no memory behind; and options of AdamW are looked at as all others are. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { Adam, AdamW, Dense, type Device, DeviceError, RMSprop, SGD } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const OPTIMIZERS = [
  [Adam, {}],
  [AdamW, {}],
  [RMSprop, { momentum: 0.9 }],
  [SGD, { momentum: 0.9 }],
] as const;

/** Runs `body` on a device whose memory is used up after `granted` blocks. */
function withLittleMemory(device: Device, granted: number, body: () => void): void {
  const alloc = device.alloc.bind(device);
  const value = (length: number): ReturnType<Device["alloc"]> => {
    if (granted-- === 0) throw new DeviceError("there is no more");
    return alloc(length);
  };
  Object.defineProperty(device, "alloc", { configurable: true, value });
  try {
    body();
  } finally {
    Reflect.deleteProperty(device, "alloc");
  }
}

testEach("an optimizer that is refused, or has no room, leaves no memory behind", (device) => {
  using dense = new Dense(device, { inputSize: 20, outputSize: 30, seed: 0 });
  const parameters = dense.parameters();
  for (const [Optimizer, options] of OPTIMIZERS) {
    const before = usedBytes(device);
    assertThrows(() => new Optimizer(parameters, { ...options, learningRate: -1 }), RangeError);
    assertEquals(usedBytes(device), before, `${Optimizer.name} of a wrong rate`);
    const moments = Optimizer === SGD ? 1 : 2;
    for (let granted = 0; granted <= moments; granted++) {
      withLittleMemory(device, granted, () => {
        assertThrows(() => new Optimizer(parameters, options), DeviceError, "there is no more");
      });
      assertEquals(usedBytes(device), before, `${Optimizer.name} with room for ${granted} blocks`);
    }
  }
});

testEach("AdamW is given its options as the others are: inherited ones, and objects only", (device) => {
  using dense = new Dense(device, { inputSize: 2, outputSize: 1, seed: 0 });
  const parameters = dense.parameters();
  const inherited = Object.create({ learningRate: 0.5 });
  assertEquals(new AdamW(parameters, inherited).learningRate, 0.5);
  for (const [wrong, shown] of [[5, "5"], ["abc", `"abc"`], [true, "true"]] as const) {
    const message = `Cannot make AdamW with options that are not an object: current value is ${shown}`;
    assertThrows(() => new AdamW(parameters, wrong as never), TypeError, message);
  }
});
