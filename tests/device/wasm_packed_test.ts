/** Packed weights that are kept from run to run are those of the model as it is: through every door by which they change. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import { type Block, Corpus, type Device, GRU, openDevice, RNNModel, train } from "../../mod.ts";
import { Random } from "../../src/random.ts";
import { Packed, type Range } from "../../src/device/wasm/packed.ts";
import { StreamsAtOnce } from "../../src/generate/at_once.ts";
import { readPrefixes } from "../../src/generate/streams.ts";
import type { Buffers } from "../../src/kernels.ts";
import { copy } from "../../src/tensors/copy.ts";
import { matmul } from "../../src/tensors/matmul.ts";
import { encode } from "../../src/verify/cases/check_kernel.ts";
import { generateCase } from "../../src/verify/cases/generate.ts";
import { chooseThreads } from "../support/chosen_threads.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("wasm");
const VOCABULARY = 19;

interface ModelOptions {
  seed?: number;
  hiddenSize?: number;
}

function modelOn(device: Device, { seed = 1, hiddenSize = 37 }: ModelOptions = {}): RNNModel {
  return new RNNModel(new GRU(device, { inputSize: VOCABULARY, hiddenSize, seed }), VOCABULARY, {
    seed,
  });
}

/** The logits behind a prefix and a few draws. */
async function logitsOf(model: RNNModel, batch: number = 1): Promise<Float32Array> {
  const streams = new StreamsAtOnce(model, { batch, most: 4 });
  try {
    await readPrefixes(streams, Array.from({ length: batch }, (_, row) => Uint32Array.of(3, 5, row, 7)));
    for (const position of [0, 3]) {
      await streams.draw(Array.from({ length: batch }, (_, stream) => ({ stream, position })), 3);
    }
    return await streams.logits();
  } finally {
    streams[Symbol.dispose]();
  }
}

/** The same on a device that has packed nothing before. */
async function expectedOf(model: RNNModel, options: ModelOptions, batch: number = 1): Promise<Float32Array> {
  using device = await openDevice("wasm", { threads: 2 });
  const other = modelOn(device, options);
  other.loadStateDict(await model.stateDict());
  return await logitsOf(other, batch);
}

/** What changes a model's weights; gives another model where it puts that in its place. */
type Door = (model: RNNModel, device: Device) => void | RNNModel | Promise<void | RNNModel>;

async function trainOn(model: RNNModel): Promise<void> {
  const text = "abcdefghijklmnopqrs".repeat(20);
  const options = { epochs: 1, batchSize: 4, numSteps: 5, learningRate: 0.1 };
  for await (const _ of train(model, Corpus.fromText(text), options));
}

const DOORS: Record<string, Door> = {
  "weights are loaded": async (model, device) => {
    using other = modelOn(device, { seed: 2 });
    model.loadStateDict(await other.stateDict());
  },
  "a word of the last weights is written": (model, device) => {
    device.write(model.parameters().at(-1)!.value, Float32Array.of(7));
  },
  "a parameter is cleared": (model, device) => {
    device.clear(model.parameters()[1]!.value);
  },
  "a kernel writes a parameter": (model, device) => {
    const [source, target] = model.parameters();
    copy(device, { block: source!.gradient }, { block: target!.value }, { columns: 64 });
  },
  "a program writes a parameter": (model, device) => {
    const { value } = model.parameters()[1]!;
    const program = device.record(() => device.clear(value));
    program.run();
    program[Symbol.dispose]();
  },
  "an optimizer takes steps": (model) => trainOn(model),
  "another model lies where it lay": (model, device) => {
    model[Symbol.dispose]();
    return modelOn(device, { seed: 2 });
  },
};

for (const [door, change] of Object.entries(DOORS)) {
  Deno.test(`generation takes the weights as they are when ${door}`, { ignore }, async () => {
    using device = await openDevice("wasm", { threads: 2 });
    const model = modelOn(device);
    const before = await logitsOf(model);
    assertEquals(await logitsOf(model), before);
    const changed = await change(model, device) ?? model;
    const after = await logitsOf(changed);
    assertNotEquals(after, before);
    assertEquals(after, await expectedOf(changed, {}));
  });
}

function multiplyOn(device: Device): void {
  const size = 256;
  const [a, b, c] = [device.alloc(size ** 2), device.alloc(size ** 2), device.alloc(size ** 2)];
  device.write(a, new Float32Array(size ** 2).fill(3));
  device.write(b, new Float32Array(size ** 2).fill(3));
  matmul(device, { a, b, c }, { M: size, N: size, K: size });
}

/** What works in the scratch where the weights lie packed. */
const WORKS: Record<string, Door> = {
  "a product": (_, device) => multiplyOn(device),
  "a model of the same sizes": async (_, device) => {
    using other = modelOn(device, { seed: 2 });
    await logitsOf(other);
  },
  "more rows of it": async (model) => {
    assertEquals(await logitsOf(model, 11), await expectedOf(model, {}, 11));
  },
  "a larger model, whose scratch is another": async (_, device) => {
    using other = modelOn(device, { seed: 2, hiddenSize: 131 });
    await logitsOf(other);
  },
};

for (const [name, work] of Object.entries(WORKS)) {
  Deno.test(`generation packs its weights again behind ${name}`, { ignore }, async () => {
    using device = await openDevice("wasm", { threads: 2 });
    const model = modelOn(device);
    await work(model, device); // the scratch is large enough from here on
    const before = await logitsOf(model);
    await work(model, device);
    assertEquals(await logitsOf(model), before);
  });
}

Deno.test(
  "generation packs its weights again when a program is recorded that needs more scratch",
  { ignore },
  async () => {
    using device = await openDevice("wasm", { threads: 2 });
    const model = modelOn(device);
    const before = await logitsOf(model);
    const program = device.record(() => multiplyOn(device));
    assertEquals(await logitsOf(model), before);
    program[Symbol.dispose]();
  },
);

Deno.test("generation's bits stay the same while all threads and one take turns", { ignore }, async () => {
  using device = await openDevice("wasm", { threads: 3 });
  const model = modelOn(device, { hiddenSize: 160 });
  const expected = await expectedOf(model, { hiddenSize: 160 }, 5);
  const random = new Random(1);
  using _ = chooseThreads(() => random.uniform() < 0.5 ? 1 : 3);
  for (let time = 0; time < 20; time++) assertEquals(await logitsOf(model, 5), expected);
});

Deno.test("generation packs its weights again when its own program writes the plan", { ignore }, async () => {
  using device = await openDevice("wasm", { threads: 2 });
  const { buffers, params } = generateCase({ batch: 2 });
  const allocated = Object.entries(buffers).map(([name, { length }]) => [name, device.alloc(length)]);
  const blocks = Object.fromEntries(allocated) as Buffers<"generate_steps", Block>;
  const logits = async (run: () => void, plan: Float64Array): Promise<ArrayBuffer> => {
    for (const [name, numbers] of Object.entries({ ...buffers, plan })) {
      if (name !== "weights") device.write(blocks[name as keyof typeof blocks], encode(name, numbers));
    }
    run();
    return await device.read(blocks.logits);
  };
  device.write(blocks.weights, encode("weights", buffers.weights));
  const other = buffers.plan.slice();
  other[5] = other[9]!; // both layers have the second one's weight_hh
  const source = device.alloc(other.length);
  device.write(source, encode("plan", other));
  const generate = (): void => device.run("generate_steps", blocks, params);
  using program = device.record(() => {
    copy(device, { block: source }, { block: blocks.plan }, { columns: other.length });
    generate();
  });
  const expected = await logits(generate, other);
  assertNotEquals(await logits(generate, buffers.plan), expected);
  assertEquals(await logits(() => program.run(), buffers.plan), expected);
});

const WEIGHTS: Range = [256, 1024];
const PLAN: Range = [4096, 16];
const RUN = {
  scratch: true,
  writes: [[8192, 64]] as Range[],
  packing: { key: "a", weights: WEIGHTS, plan: PLAN },
};

Deno.test("Packed gives a run the number of the one before while all stays as it was", () => {
  const words = new Uint32Array(4096);
  const packed = new Packed(words);
  const first = packed.run(RUN, 2);
  const same = (): boolean => packed.run(RUN, 2) === first;
  assertEquals([first > 0, same()], [true, true]);
  packed.write([1280, 4]); // the word behind the weights
  packed.write([252, 4]); // the word before
  packed.run({ scratch: false, writes: [[4096, 64]], packing: undefined }, 2);
  assertEquals(same(), true);
  packed.write([1276, 4]);
  assertEquals(same(), false);
});

Deno.test("Packed gives another number for another plan, key, scratch or number of threads, and none where weights are written", () => {
  const words = new Uint32Array(4096);
  const packed = new Packed(words);
  const numbers = [packed.run(RUN, 2)];
  words[PLAN[0] / 4] = 1;
  numbers.push(packed.run(RUN, 2));
  numbers.push(packed.run({ ...RUN, packing: { ...RUN.packing, key: "b" } }, 2));
  packed.forget();
  numbers.push(packed.run(RUN, 2));
  numbers.push(packed.run(RUN, 1));
  packed.run({ ...RUN, packing: undefined }, 2);
  numbers.push(packed.run(RUN, 2));
  assertEquals(new Set(numbers).size, 6);
  assertEquals(packed.run({ ...RUN, writes: [[1024, 4]] }, 2), 0);
  assertEquals(packed.run({ ...RUN, packing: undefined }, 2), 0);
});
