/** Ids are checked where they enter, also those that are written for a recorded program. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  consecutiveBatches,
  Corpus,
  crossEntropy,
  Dense,
  type Device,
  Embedding,
  evaluate,
  generate,
  randomBatches,
  RNN,
  RNNModel,
  Tape,
  Tensor,
  train,
  type Vocabulary,
} from "../../mod.ts";
import { addLosses } from "../../src/losses/cross_entropy.ts";
import { downloadIds } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";

const B = 2;
const T = 3;
const V = 5;
const H = 7;
const ROWS = B * T;
const GOOD = [0, 1, 2, 3, 4, 0];
const HUGE = 4_000_000_000;

const ids = (device: Device, values: readonly number[] = GOOD): Tensor<"u32"> =>
  Tensor.from(device, Uint32Array.from(values), [B, T]);
const tooLarge = (index: number, limit: number, value: number): string =>
  `Cannot use ids as the id at index ${index} must be below ${limit}: current value is ${value}`;
const modelOf = (device: Device): RNNModel =>
  new RNNModel(new RNN(device, { inputSize: V, hiddenSize: H, seed: 0 }), V) as RNNModel;

/** Each takes ids below V while a program is recorded. */
const USES: readonly (readonly [name: string, use: (device: Device, ids: Tensor<"u32">) => void])[] = [
  ["a recurrent layer", (device, ids) => new RNN(device, { inputSize: V, hiddenSize: H }).forward(ids)],
  [
    "an embedding",
    (device, ids) => new Embedding(device, { vocabularySize: V, embeddingSize: 3 }).forward(ids),
  ],
  ["a model", (device, ids) => modelOf(device).logits(ids)],
  [
    "crossEntropy()",
    (device, ids) => crossEntropy(new Tensor(device, device.alloc(ROWS * V), [ROWS, V]), ids),
  ],
  [
    "addLosses()",
    (device, ids) =>
      addLosses(new Tensor(device, device.alloc(ROWS * V), [ROWS, V]), ids, device.alloc(ROWS)),
  ],
];

for (const [name, use] of USES) {
  testEach(`ids that are written for a recorded program are in its range: ${name}`, async (device) => {
    using given = ids(device);
    using program = device.record(() => use(device, given));
    for (const value of [V, HUGE, 0xffffffff]) {
      const bad = Uint32Array.from(GOOD).fill(value, 3, 4);
      for (const tensor of [given, given.reshape([ROWS, 1])]) {
        const error = assertThrows(() => tensor.write(bad), RangeError);
        assertEquals(error.message, tooLarge(3, V, value));
      }
      assertEquals([...given.values], GOOD);
      assertEquals([...await downloadIds(device, given.block)].slice(0, ROWS), GOOD);
    }
    given.write(Uint32Array.from(GOOD).fill(V - 1));
    program.run();
  });
}

testEach(
  "ids that no program took for granted may be written anew for a larger vocabulary",
  async (device) => {
    using given = ids(device);
    const small = new Embedding(device, { vocabularySize: V, embeddingSize: 3, seed: 0 });
    const large = new Embedding(device, { vocabularySize: 2 * V, embeddingSize: 3, seed: 0 });
    small.forward(given);
    given.write(Uint32Array.from(GOOD).fill(V));
    assertThrows(() => small.forward(given), RangeError, tooLarge(0, V, V));
    const row = (await large.stateDict())["weight"]!.data.slice(3 * V, 3 * V + 3);
    assertEquals((await large.forward(given).data()).slice(0, 3), row);
  },
);

testEach("ids that were written between a pass and its backward pass are asked for again", async (device) => {
  const embedding = new Embedding(device, { vocabularySize: V, embeddingSize: 3, seed: 0 });
  using tape = new Tape(device);
  const given = ids(device);
  const y = embedding.forward(given, tape);
  given.write(Uint32Array.from(GOOD).fill(V, 5));
  const gradient = Tensor.from(device, new Float32Array(ROWS * 3).fill(1), y.shape);
  assertThrows(() => tape.backward(y, gradient), RangeError, tooLarge(5, V, V));
  assertEquals((await embedding.gradients())["weight"]!.data, new Float32Array(V * 3));
});

testEach("batches of a corpus with other ids do not reach a recorded step", (device) => {
  const model = modelOf(device);
  const inputs = ids(device);
  const targets = ids(device);
  using _ = device.record(() => crossEntropy(model.logits(inputs), targets));
  const text = Uint32Array.from({ length: 16 }, (_, i) => i % V).fill(V, 9, 10);
  const sizes = { batchSize: B, numSteps: T };
  for (const batches of [consecutiveBatches(text, sizes), randomBatches(text, sizes)]) {
    assertThrows(
      () => {
        for (const batch of batches) {
          inputs.write(batch.inputs);
          targets.write(batch.targets);
        }
      },
      RangeError,
      `must be below ${V}: current value is ${V}`,
    );
  }
});

testEach(
  "train() and evaluate() refuse a corpus whose ids were changed, before they begin",
  async (device) => {
    const text = "abcde".repeat(20);
    const sizes = { batchSize: B, numSteps: T };
    const good = Corpus.fromText(text);
    const bad = Corpus.fromText(text);
    bad.ids[99] = 200;
    const model = modelOf(device);
    const before = await model.stateDict();
    const message = tooLarge(99, V, 200);
    const training = { ...sizes, epochs: 1 };
    for (
      const call of [
        () => train(model, bad, training).next(),
        () => train(model, good, { ...training, validation: bad }).next(),
        () => evaluate(model, bad),
      ]
    ) {
      assertEquals((await assertRejects(call, RangeError)).message, message);
    }
    assertEquals(await model.stateDict(), before);
  },
);

testEach(
  "ids that are changed while train() runs end it, the weights as before that step",
  async (device) => {
    const corpus = Corpus.fromText("abcde".repeat(20));
    const model = modelOf(device);
    const reports = train(model, corpus, { epochs: 9, batchSize: B, numSteps: T });
    await reports.next();
    const before = await model.stateDict();
    corpus.ids[0] = 200;
    await assertRejects(() => reports.next(), RangeError, tooLarge(0, V, 200));
    assertEquals(await model.stateDict(), before);
  },
);

testEach("generate() takes no ids that the model has no rows for", async (device) => {
  const vocabulary = { size: V, encode: () => Uint32Array.of(1, HUGE) } as unknown as Vocabulary;
  const texts = generate(modelOf(device), vocabulary, { prefix: "ab" });
  await assertRejects(() => texts.next(), RangeError, tooLarge(1, V, HUGE));
});

testEach("numbers of another type are not written as words", async (device) => {
  using given = ids(device);
  using x = Tensor.from(device, [1, 2], [2]);
  const other = (value: unknown): never => value as never;
  for (const data of [new Float32Array(ROWS), GOOD, new Int32Array(ROWS), undefined]) {
    const message =
      "Cannot write to a tensor of type u32 as ids must be a Uint8Array, Uint16Array or Uint32Array";
    assertThrows(() => given.write(other(data)), TypeError, message);
  }
  assertThrows(
    () => x.write(other(Uint32Array.of(1, 2))),
    TypeError,
    "Cannot write to a tensor of type f32 as numbers must be a Float32Array",
  );
  for (const words of [[1, 2], new Float64Array(2), new Int32Array(2), new Uint8Array(2)]) {
    const message = "Cannot write words that are neither a Float32Array nor a Uint32Array";
    assertThrows(() => device.write(x.block, other(words)), TypeError, message);
  }
  assertEquals(await x.data(), Float32Array.of(1, 2));
  const dense = new Dense(device, { inputSize: 2, outputSize: 1, seed: 0 });
  const before = await dense.stateDict();
  const data = other(new Float64Array(1));
  assertThrows(
    () =>
      dense.loadStateDict({
        weight: { shape: [1, 2], data: new Float32Array(2) },
        bias: { shape: [1], data },
      }),
    TypeError,
    'Cannot load parameter "bias" as its data must be a Float32Array',
  );
  assertEquals(await dense.stateDict(), before);
});
