/** What is larger than a WebGPU device gives at once is refused before anything is allocated. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DeviceError, LSTM, RNN, RNNModel } from "../../mod.ts";
import { corpusOf, TRAINING } from "../../bench/workloads.ts";
import { inFlags } from "../../src/cli/wording.ts";
import type { Device } from "../../src/device/device.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { train } from "../../src/train.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("webgpu");

/** A device that throws where something is allocated on it after all. */
function forbidding(device: Device): Device {
  const refuse = (): never => {
    throw new Error("something was allocated");
  };
  return new Proxy(device, {
    get: (target, name) => name === "alloc" ? refuse : Reflect.get(target, name, target),
  });
}

Deno.test({
  name: "a layer or a model that a device has no room for is refused [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu({ mostWords: 4096 });
    const message =
      'Cannot make an LSTM of hiddenSize 32: its parameters take 19456 bytes, and device "webgpu" ' +
      "gives at most 16384 at once";
    const large = (): LSTM => new LSTM(forbidding(device), { inputSize: 4, hiddenSize: 32 });
    const error = assertThrows(large, DeviceError);
    assertEquals(error.message, message);
    assertEquals(inFlags(error, "train"), message.replace("hiddenSize", "--hidden-size"));
    using layer = new RNN(device, { inputSize: 70, hiddenSize: 32 });
    assertThrows(
      () => new RNNModel(layer, 70),
      DeviceError,
      "Cannot make an RNNModel of hiddenSize 32 and a vocabulary of 70: its parameters take",
    );
    assertThrows(() => device.alloc(4097), DeviceError, "the most that this device gives at once is 16384");
  },
});

Deno.test({
  name: "a batch that a device has no room for is refused [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu({ mostWords: 4096 });
    const workload = { ...TRAINING["H1"]!, hiddenSize: 8, vocabularySize: 13, batchSize: 40, numSteps: 8 };
    const corpus = corpusOf(workload, 2);
    const { batchSize, numSteps } = workload;
    using model = new RNNModel(new RNN(device, { inputSize: 13, hiddenSize: 8 }), 13);
    const message =
      "Cannot take a batch of batchSize 40 and numSteps 8: its logits take 16640 bytes, and device " +
      '"webgpu" gives at most 16384 at once';
    const training = train(model, corpus, { epochs: 1, batchSize, numSteps });
    const error = await assertRejects(() => training.next(), DeviceError);
    assertEquals(error.message, message);
    const rows = await assertRejects(() => evaluate(model, corpus, { rows: 400 }), DeviceError);
    assertEquals(
      rows.message,
      message.replace("take a batch of batchSize 40 and numSteps 8", "read a text with rows 400").replace(
        "16640",
        "20800",
      ),
    );
    assertEquals(
      inFlags(error, "train"),
      message.replace("batchSize", "--batch-size").replace("numSteps", "--num-steps"),
    );
  },
});
