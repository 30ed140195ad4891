/** Sequential: names, passes, what a layer that stands twice gets, and what it refuses. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  add,
  crossEntropy,
  Dense,
  type Device,
  Dropout,
  Embedding,
  GRU,
  lastState,
  LayerNorm,
  meanSquaredError,
  relu,
  Sequential,
  SGD,
  tanh,
  Tape,
  Tensor,
} from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertDescends } from "../support/descend.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

const dense = (device: Device, inputSize: number, outputSize: number, seed: number): Dense =>
  new Dense(device, { inputSize, outputSize, seed });

testEach("Sequential applies its parts in order, functions of one's own among them", async (device) => {
  const [first, second] = [dense(device, 3, 3, 1), dense(device, 3, 2, 2)];
  const x = Tensor.from(device, uniformArray(12, 3), [4, 3]);
  const expected = await second.forward(add(x, tanh(first.forward(x)))).data();
  using model = new Sequential(device, [
    (y, tape) => add(y, tanh(first.forward(y, tape), tape), tape),
    new Dropout({ probability: 0.5, seed: 0 }),
    second,
  ]);
  assertEquals(await model.forward(x).data(), expected);
  assertEquals(model.parameterNames(), ["2.weight", "2.bias"]); // of layers, not of what a function calls
  const only = new Sequential(device, [relu]);
  assertEquals([only.parameters(), (await only.forward(x).data()).every((value) => value >= 0)], [[], true]);
});

testEach("Sequential's state dict is PyTorch's, of Sequentials within it too", async (device) => {
  const make = (seed: number): Sequential =>
    new Sequential(device, [
      dense(device, 3, 4, seed),
      relu,
      new Sequential(device, [new LayerNorm(device, { normalizedShape: 4 }), dense(device, 4, 2, seed + 1)]),
    ]);
  using model = make(1);
  using other = make(5);
  const names = ["0.weight", "0.bias", "2.0.weight", "2.0.bias", "2.1.weight", "2.1.bias"];
  assertEquals(model.parameterNames(), names);
  const x = Tensor.from(device, uniformArray(6, 3), [2, 3]);
  other.loadStateDict(await model.stateDict());
  assertEquals(await other.forward(x).data(), await model.forward(x).data());
  assertEquals(
    `${model}`,
    `Sequential(Dense(3, 4), relu, Sequential(LayerNorm(4), Dense(4, 2))), 34 parameters on ${device.name}`,
  );
});

testEach(
  "a layer that stands twice in a Sequential is one, and has the gradients of both",
  async (device) => {
    const layer = dense(device, 3, 3, 1);
    const x = Tensor.from(device, uniformArray(6, 3), [2, 3]);
    const tape = new Tape(device);
    const y = layer.forward(layer.forward(x, tape), tape);
    tape.backward(y, y);
    const { weight } = await layer.gradients();
    const same = dense(device, 3, 3, 1);
    using model = new Sequential(device, [same, same]);
    assertEquals([model.parameterNames(), model.parameterCount()], [
      ["0.weight", "0.bias", "1.weight", "1.bias"],
      12,
    ]);
    const other = new Tape(device);
    const z = model.forward(x, other);
    other.backward(z, z);
    const gradients = await model.gradients();
    assertEquals([gradients["0.weight"], gradients["1.weight"]], [weight, weight]);
  },
);

testEach("Sequential frees what it takes", (device) => {
  const before = usedBytes(device);
  device.scope(() => {
    const model = new Sequential(device, [dense(device, 3, 4, 0), relu, dense(device, 4, 2, 1)]);
    const x = Tensor.from(device, uniformArray(6, 3), [2, 3]);
    const tape = new Tape(device);
    tape.backward(model.forward(x, tape), model.forward(x));
  });
  assertEquals(usedBytes(device), before);
});

testEach("Sequential refuses what is no part, and what a part may not give", (device) => {
  const make = (parts: unknown) => () => new Sequential(device, parts as []);
  const must = "must be a layer or a function of (x, tape): current value is";
  const none = "Cannot make a Sequential of what is not an array of at least one layer: current value is";
  assertComplains(make([]), TypeError, `${none} []`);
  assertComplains(make(undefined), TypeError, `${none} undefined`);
  assertComplains(make([relu, "relu"]), TypeError, `Cannot make a Sequential as part 1 ${must} "relu"`);
  assertComplains(
    make([relu, Dense]),
    TypeError,
    "Cannot make a Sequential with the class Dense as part 1: a layer is made with new Dense(device, …)",
  );
  assertComplains(make([null]), TypeError, `Cannot make a Sequential as part 0 ${must} null`);
  assertComplains(
    make([new GRU(device, { inputSize: 2, hiddenSize: 3, seed: 0 })]),
    TypeError,
    "Cannot make a Sequential with GRU(2, 3) as part 0: its forward() gives outputs and a state, of which a function " +
      "(x, tape) => layer.forward(x, undefined, tape)[0] takes one",
  );
  const lost = (part: object) => make([relu, { forward: (x: Tensor) => x, ...part }]);
  const sentence =
    "Cannot make a Sequential with Object as part 1: it has parameters, which would not be trained " +
    "as it is no Module: a class of layers extends Module, and joins them";
  assertComplains(lost({ head: dense(device, 2, 2, 1) }), TypeError, sentence);
  assertComplains(lost({ parameters: () => [] }), TypeError, sentence);
  const x = Tensor.from(device, [1, 2], [2]);
  const broken = make([relu, () => 3])();
  const message = "Cannot use part 1 of a Sequential as it must give a Tensor: it gave 3";
  assertComplains(() => broken.forward(x), TypeError, message);
});

testEach(
  "a bidirectional GRU and a Sequential behind it learn from rows of several lengths",
  async (device) => {
    const [T, B, I] = [6, 12, 2];
    using gru = new GRU(device, { inputSize: I, hiddenSize: 6, bidirectional: true, seed: 1 });
    using head = new Sequential(device, [
      new LayerNorm(device, { normalizedShape: 12 }),
      dense(device, 12, 8, 2),
      relu,
      dense(device, 8, 2, 3),
    ]);
    const lengths = Array.from({ length: B }, (_, b) => 2 + b % 5);
    using x = Tensor.from(device, uniformArray(T * B * I, 4), [T, B, I]);
    using targets = Tensor.from(device, Uint32Array.from(lengths, (length) => length % 2), [B, 1]);
    const lossOf = (tape: Tape): Tensor => {
      const [, state] = gru.forward(x, undefined, tape, { lengths });
      return crossEntropy(head.forward(lastState(gru, state, tape), tape), targets, tape);
    };
    const parameters = [...gru.parameters(), ...head.parameters()];
    await assertDescends(device, parameters, { learningRate: 0.03, lossOf });
  },
);

testEach("a layer in two Sequentials is one, and each may be freed", async (device) => {
  const shared = new Dense(device, { inputSize: 3, outputSize: 4, seed: 1 });
  const head = (outputSize: number): Dense =>
    new Dense(device, { inputSize: 4, outputSize, seed: outputSize });
  using policy = new Sequential(device, [shared, relu, head(2)]);
  const x = Tensor.from(device, [1, 2, 3], [1, 3]);
  const before = await policy.forward(x).data();
  {
    using value = new Sequential(device, [shared, relu, head(1)]);
    assertEquals(await policy.forward(x).data(), before);
    assertEquals(value.parameters().filter((one) => policy.parameters().includes(one)).length, 2);
    using optimizer = new SGD([...new Set([...policy.parameters(), ...value.parameters()])], {
      learningRate: 0.1,
    });
    using tape = new Tape(device);
    tape.backward(meanSquaredError(value.forward(x, tape), Tensor.from(device, [9], [1, 1]), tape));
    optimizer.step();
    assertNotEquals(await policy.forward(x).data(), before);
  }
  await policy.forward(x).data();
});

testEach(
  "a Sequential that begins with an Embedding takes ids, another one says what it lacks",
  async (device) => {
    const table = new Embedding(device, { vocabularySize: 4, embeddingSize: 2, seed: 1 });
    const ids = Tensor.from(device, Uint8Array.of(1, 3, 0), [1, 3]);
    const expected = await dense(device, 2, 3, 2).forward(table.forward(ids)).data();
    using model = new Sequential(device, [new Sequential(device, [table]), dense(device, 2, 3, 2)]);
    assertEquals(await model.forward(ids).data(), expected);
    assertEquals(model.parameterNames(), ["0.0.weight", "1.weight", "1.bias"]);
    const tape = new Tape(device);
    const y = model.forward(ids, tape);
    tape.backward(y, y);
    assertEquals((await table.gradients())["weight"]!.data.some((value) => value !== 0), true);
    using without = new Sequential(device, [dense(device, 3, 3, 2)]);
    assertComplains(
      () => without.forward(ids),
      TypeError,
      "Cannot use ids as an input of a Sequential that begins with Dense(3, 3): an Embedding before it makes vectors of them",
    );
  },
);
