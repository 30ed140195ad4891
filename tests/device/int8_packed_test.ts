/** Matrices of int8 are laid out and packed once a model, and never stale: through every door by which weights change. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import { type Device, GRU, openDevice, RNNModel } from "../../mod.ts";
import { Packed } from "../../src/device/wasm/packed.ts";
import { StreamsAtOnce } from "../../src/generate/at_once.ts";
import { readPrefixes } from "../../src/generate/streams.ts";
import { toInt8 } from "../../src/tensors/int8.ts";
import { chooseThreads } from "../support/chosen_threads.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const VOCABULARY = 19;
const ignore = !DEVICE_NAMES.includes("wasm");

/** A model whose matrices are of int8. */
async function modelOn(device: Device, seed: number = 1): Promise<RNNModel> {
  const gru = new GRU(device, { inputSize: VOCABULARY, hiddenSize: 37, numLayers: 2, seed });
  const model = new RNNModel(gru, VOCABULARY, { seed });
  const weights = Object.entries(await model.stateDict()).filter(([name]) => /weight/.test(name));
  model.keepInt8(Object.fromEntries(weights.map(([name, matrix]) => [name, toInt8(matrix)])));
  return model;
}

/** The logits behind a prefix and a few draws. */
async function logitsOf(model: RNNModel, batch: number = 1): Promise<Float32Array> {
  using streams = new StreamsAtOnce(model, { batch, most: 3 });
  await readPrefixes(streams, Array.from({ length: batch }, (_, row) => Uint32Array.of(3, 5, row, 7)));
  await streams.draw(Array.from({ length: batch }, (_, stream) => ({ stream, position: 0 })), 3);
  return await streams.logits();
}

/** The same of a model that nothing is kept of. */
async function expectedOf(model: RNNModel, device: Device): Promise<Float32Array> {
  using other = await modelOn(device);
  other.loadStateDict(await model.stateDict());
  other.keepInt8(model.int8Weights());
  return await logitsOf(other);
}

/** What changes a model's weights; gives another model where it puts that in its place. */
type Door = (model: RNNModel, device: Device) => void | RNNModel | Promise<void | RNNModel>;

const DOORS: Record<string, Door> = {
  "weights of int8 are loaded": async (model, device) => {
    using other = await modelOn(device, 2);
    model.loadStateDict(await other.stateDict());
    model.keepInt8(other.int8Weights());
  },
  "weights are loaded that are not of int8": async (model, device) => {
    using other = await modelOn(device, 2);
    model.loadStateDict(await other.stateDict());
  },
  "one matrix is another": async (model, device) => {
    using other = await modelOn(device, 2);
    model.keepInt8({ "rnn.weight_hh_l1": other.int8Weights()["rnn.weight_hh_l1"]! });
  },
  "the last bias is written": (model, device) => {
    device.write(model.parameters().at(-1)!.value, new Float32Array(VOCABULARY).map((_, i) => i / 9));
  },
  "a layer's bias is cleared": (model, device) => {
    const at = model.parameterNames().indexOf("rnn.bias_hh_l0");
    device.clear(model.parameters()[at]!.value);
  },
  "another model lies where it lay": async (model, device) => {
    model[Symbol.dispose]();
    return await modelOn(device, 2);
  },
};

for (const [door, change] of Object.entries(DOORS)) {
  testEach(`generation of int8 takes the weights as they are when ${door}`, async (device) => {
    const model = await modelOn(device);
    const before = await logitsOf(model);
    assertEquals(await logitsOf(model), before);
    const changed = await change(model, device) ?? model;
    const after = await logitsOf(changed);
    assertNotEquals(after, before);
    assertEquals(after, await expectedOf(changed, device));
    changed[Symbol.dispose]();
  });
}

Deno.test("matrices of int8 stay packed from text to text", { ignore }, async () => {
  using device = await openDevice("wasm", { threads: 2 });
  using _ = chooseThreads(() => 2);
  const model = await modelOn(device);
  const numbers: number[] = [];
  const plans: (number | undefined)[] = [];
  const { run } = Packed.prototype;
  Packed.prototype.run = function (...given: Parameters<typeof run>): number {
    const number = run.apply(this, given);
    if (given[0].scratch) {
      numbers.push(number);
      plans.push(given[0].packing?.plan[1]);
    }
    return number;
  };
  try {
    const before = await logitsOf(model);
    for (let text = 0; text < 2; text++) assertEquals(await logitsOf(model), before);
  } finally {
    Packed.prototype.run = run;
  }
  assertEquals(new Set(numbers).size, 1, numbers.join(" "));
  assertNotEquals(numbers[0], 0);
  assertEquals(new Set(plans), new Set([4 * (6 + 6 * 2)]), "bytes by which packings are told apart");
});

testEach(
  "what generation keeps of int8 is made once, outlives a scope, and goes with the model",
  async (device) => {
    const before = usedBytes(device);
    const model = await modelOn(device);
    const logits = await logitsOf(model);
    const kept = usedBytes(device);
    assertEquals([await logitsOf(model), await logitsOf(model, 3)].map((one) => one.length), [19, 57]);
    assertEquals(usedBytes(device), kept);
    model[Symbol.dispose]();
    assertEquals(usedBytes(device), before);
    const other = await modelOn(device);
    device.scope(() => new StreamsAtOnce(other, { batch: 1, most: 1 })[Symbol.dispose]());
    assertEquals(await logitsOf(other), logits);
    other[Symbol.dispose]();
  },
);
