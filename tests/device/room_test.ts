/** What is larger than a device holds, or gives at once, is refused before anything is allocated or drawn. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  Corpus,
  Dense,
  DeviceError,
  Embedding,
  generate,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  oneHot,
  openDevice,
  RNN,
  RNNCell,
  RNNModel,
  Tensor,
} from "../../mod.ts";
import { corpusOf, TRAINING } from "../../bench/workloads.ts";
import { inFlags } from "../../src/cli/wording.ts";
import type { Device } from "../../src/device/device.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { rowsWithRoom } from "../../src/generate/demand.ts";
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
      'Cannot make an LSTM of inputSize 4 and hiddenSize 32: its parameters take 19.0 KiB where device "webgpu" ' +
      "gives at most 16.0 KiB at once: try hiddenSize 24";
    const large = (): LSTM => new LSTM(forbidding(device), { inputSize: 4, hiddenSize: 32 });
    const error = assertThrows(large, DeviceError);
    assertEquals(error.message, message);
    assertEquals(inFlags(error, "train"), message.replaceAll("hiddenSize", "--hidden-size"));
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
      "Cannot take a batch of batchSize 40 and numSteps 8: its logits take 16.3 KiB where device " +
      '"webgpu" gives at most 16.0 KiB at once: try batchSize 32 or numSteps 6';
    const training = train(model, corpus, { epochs: 1, batchSize, numSteps });
    const error = await assertRejects(() => training.next(), DeviceError);
    assertEquals(error.message, message);
    const rows = await assertRejects(() => evaluate(model, corpus, { rows: 400 }), DeviceError);
    assertEquals(
      rows.message,
      'Cannot read a text with rows 400: its logits take 20.3 KiB where device "webgpu" gives at most ' +
        "16.0 KiB at once: try rows 256",
    );
    assertEquals(
      inFlags(error, "train"),
      message.replaceAll("batchSize", "--batch-size").replaceAll("numSteps", "--num-steps"),
    );
  },
});

Deno.test({
  name: "batches whose states a device has no room for are refused: fewer of them may fit [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu({ mostWords: 4096 });
    const corpus = corpusOf({ ...TRAINING["H1"]!, vocabularySize: 13, batchSize: 2000, numSteps: 2 }, 2);
    using model = new RNNModel(new RNN(device, { inputSize: 13, hiddenSize: 8 }), 13);
    const training = train(model, corpus, { epochs: 1, batchSize: 2, numSteps: 2, accumulateSteps: 500 });
    const { message } = await assertRejects(() => training.next(), DeviceError);
    assertEquals(
      message,
      "Cannot take a batch of batchSize 2 and numSteps 2, with accumulateSteps 500: its carried states take 31.3 KiB " +
        'where device "webgpu" gives at most 16.0 KiB at once: try accumulateSteps 256 or batchSize 1',
    );
  },
});

/** What nobody can make, by what is said of it. */
const ABSURD: Record<string, (device: Device) => unknown> = {
  "an LSTM of inputSize 4, hiddenSize 4 and numLayers 1000000000: it needs 1.9 TiB": (device) =>
    new LSTM(device, { inputSize: 4, hiddenSize: 4, numLayers: 1e9 }),
  "a GRU of inputSize 4294967295, hiddenSize 4294967295 and numLayers 4294967295: it needs 3,145,728 YiB": (
    device,
  ) => new GRU(device, { inputSize: 2 ** 32 - 1, hiddenSize: 2 ** 32 - 1, numLayers: 2 ** 32 - 1 }),
  "an RNN of inputSize 4 and hiddenSize 2147483648: it needs 32.0 EiB": (device) =>
    new RNN(device, { inputSize: 4, hiddenSize: 2 ** 31 }),
  "an RNN of inputSize 3000000000 and hiddenSize 4: it needs 89.4 GiB": (device) =>
    new RNN(device, { inputSize: 3e9, hiddenSize: 4 }),
  "an RNNCell of hiddenSize 1048576: it needs 16.0 TiB": (device) =>
    new RNNCell(device, { inputSize: 4, hiddenSize: 2 ** 20 }),
  "a GRUCell of hiddenSize 1048576: it needs 48.0 TiB": (device) =>
    new GRUCell(device, { inputSize: 4, hiddenSize: 2 ** 20 }),
  "an LSTMCell of hiddenSize 1048576: it needs 64.0 TiB": (device) =>
    new LSTMCell(device, { inputSize: 4, hiddenSize: 2 ** 20 }),
  "a Dense of inputSize 4 and outputSize 4294967295: it needs 160.0 GiB": (device) =>
    new Dense(device, { inputSize: 4, outputSize: 2 ** 32 - 1 }),
  "an Embedding of vocabularySize 4294967295 and embeddingSize 1048576: it needs 32.0 PiB": (device) =>
    new Embedding(device, { vocabularySize: 2 ** 32 - 1, embeddingSize: 2 ** 20 }),
};

for (const name of DEVICE_NAMES) {
  Deno.test(`layers of absurd sizes are refused at once, in one sentence [${name}]`, async () => {
    using device = await openDevice(name, { threads: 1, memoryBytes: 2 ** 28 });
    for (const [words, make] of Object.entries(ABSURD)) {
      const start = performance.now();
      const { message } = assertThrows(() => make(forbidding(device)), DeviceError);
      assertEquals(message.startsWith(`Cannot make ${words} where device "${name}" holds 25`), true, message);
      assertEquals(/ holds 25[56]\.\d MiB(: try \w+ \d+( or \w+ \d+)?)?$/.test(message), true, message);
      assertEquals(performance.now() - start < 500, true, words);
    }
  });
}

Deno.test("models, states and one-hot vectors of absurd sizes are refused at once [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const options = { inputSize: 4, hiddenSize: 4 };
  using layer = new LSTM(device, options);
  using ids = Tensor.from(device, new Uint32Array(8), [8]);
  const alone = forbidding(device);
  const work: Record<string, () => unknown> = {
    "make an RNNModel of hiddenSize 4 and a vocabulary of 2147483648: it needs 288.0 GiB": () =>
      new RNNModel(layer, 2 ** 31, { embeddingSize: 4 }),
    "make an RNNModel of hiddenSize 4 and a vocabulary of 4000000000: it needs 298.0 GiB": () =>
      new RNNModel(layer, 4e9, { embeddingSize: 4, tieWeights: true }),
    "make a state of 1152921504606847000 rows: it needs 32.0 EiB": () => layer.zeroState(2 ** 60),
    "make 8 one-hot vectors of 2147483648: it needs 64.0 GiB": () => oneHot(ids, 2 ** 31),
  };
  for (const [words, make] of Object.entries(work)) {
    const { message } = assertThrows(make, DeviceError);
    assertEquals(message.startsWith(`Cannot ${words} where device "wasm" holds 15.9 MiB`), true, message);
  }
  const many = (): LSTM => new LSTM(alone, { ...options, hiddenSize: 1, numLayers: 5000 });
  assertThrows(many, RangeError, "Cannot make an LSTM as numLayers must be at most 4096");
});

/** The values that an error suggests, by the names of their options. */
function suggested(message: string): [name: string, value: number][] {
  const [, words = ""] = message.split(": try ");
  return words.split(" or ").filter(Boolean).map((words) => {
    const [name, value] = words.split(" ");
    return [name!, Number(value)];
  });
}

Deno.test("what is suggested to a layer fits, and the next round value does not [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const options = { inputSize: 30, hiddenSize: 5000, numLayers: 5, projSize: 20 };
  const make = (changed: object): void => new LSTM(device, { ...options, ...changed })[Symbol.dispose]();
  const { message } = assertThrows(() => make({}), DeviceError);
  assertEquals(suggested(message), [["hiddenSize", 2048], ["numLayers", 2]]);
  for (const [name, value] of suggested(message)) make({ [name]: value });
  for (const changed of [{ hiddenSize: 3072 }, { numLayers: 3 }]) {
    assertThrows(() => make(changed), DeviceError, ": try ");
  }
});

Deno.test("what is suggested to a training fits, and the next round value does not [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const corpus = Corpus.fromText("abcd".repeat(9000));
  using model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 64, seed: 0 }), 4);
  using adam = new Adam(model.parameters());
  for (const optimizer of [undefined, adam]) {
    const run = async (sizes: { batchSize: number; numSteps: number }): Promise<void> => {
      for await (const _ of train(model, corpus, { epochs: 1, ...sizes, optimizer }));
    };
    const sizes = { batchSize: 500, numSteps: 60 };
    const { message } = await assertRejects(() => run(sizes), DeviceError);
    assertEquals(suggested(message), [["batchSize", 128], ["numSteps", 16]]);
    for (const [name, value] of suggested(message)) await run({ ...sizes, [name]: value });
    for (const [name, value] of [["batchSize", 192], ["numSteps", 24]] as const) {
      await assertRejects(() => run({ ...sizes, [name]: value }), DeviceError);
    }
  }
});

Deno.test("rows of a generation that a device has no room for are refused at once [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const { vocabulary } = Corpus.fromText("abcd");
  using model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 64, seed: 0 }), 4);
  const take = async (count: number): Promise<void> => {
    for await (const _ of generate(model, vocabulary, { prefix: "a", count, length: 2 })) break;
  };
  const start = performance.now();
  const { message } = await assertRejects(() => take(2 ** 32 - 1), DeviceError);
  assertEquals(performance.now() - start < 500, true);
  assertEquals(
    message.startsWith("Cannot go on from 1 prefix with count 4294967295: it needs"),
    true,
    message,
  );
  const [[name, value]] = suggested(message) as [[string, number]];
  assertEquals(name, "count");
  await take(value);
  await assertRejects(() => take(2 * value), DeviceError);
});

Deno.test("as many rows are taken side by side as there is room for [wasm]", async () => {
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  const { vocabulary } = Corpus.fromText("abcd");
  using model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 64, seed: 0 }), 4);
  const take = async (count: number): Promise<void> => {
    for await (const _ of generate(model, vocabulary, { prefix: "a", count, length: 2 })) break;
  };
  assertEquals(rowsWithRoom(model, { rows: 64, length: 2 }), 64);
  const rows = rowsWithRoom(model, { rows: 2 ** 20, length: 2 });
  await take(rows);
  await assertRejects(() => take(2 * rows), DeviceError);
  assertEquals(rowsWithRoom(model, { rows: 1, length: 2 }), 1);
});

Deno.test("threads whose memory is too much are told to be fewer [wasm]", async () => {
  const corpus = Corpus.fromText("abcd".repeat(30));
  const run = async (threads: number): Promise<void> => {
    using device = await openDevice("wasm", { threads, memoryBytes: 2 ** 24 });
    using model = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 8, seed: 0 }), 4);
    for await (const _ of train(model, corpus, { epochs: 1, batchSize: 2, numSteps: 5 }));
  };
  const { message } = await assertRejects(() => run(9), DeviceError);
  assertEquals(suggested(message), [["threads", 6]]);
  await run(6);
  await assertRejects(() => run(8), DeviceError, ": try threads 6");
});
