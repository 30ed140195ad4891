/** Parameters: dicts there and back, and what happens to a layer's when a model takes them over. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Dense,
  type Device,
  GRU,
  LSTM,
  type Module,
  type Recurrent,
  RNN,
  RNNModel,
  type StateDict,
  Tape,
  Tensor,
} from "../../mod.ts";
import { parameterRanges } from "../../src/tensors/parameters.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";

const V = 13;
const H = 11;
const OPTIONS = { inputSize: V, hiddenSize: H, seed: 1 };

/** Another dict of the same names and shapes. */
function otherDict(dict: StateDict): StateDict {
  return Object.fromEntries(
    Object.entries(dict).map(([name, { shape, data }], i) => [
      name,
      { shape, data: uniformArray(data.length, 50 + i) },
    ]),
  );
}

const MODULES: Record<string, (device: Device) => Module> = {
  RNN: (device) => new RNN(device, { ...OPTIONS, numLayers: 2, bidirectional: true }),
  GRU: (device) => new GRU(device, { ...OPTIONS, bias: false }),
  LSTM: (device) => new LSTM(device, { ...OPTIONS, numLayers: 2, projSize: 3 }),
  Dense: (device) => new Dense(device, { inputSize: V, outputSize: H, seed: 1 }),
  RNNModel: (device) => new RNNModel(new GRU(device, OPTIONS) as Recurrent, V),
};

for (const [name, make] of Object.entries(MODULES)) {
  testEach(`stateDict() gives what loadStateDict() took: ${name}`, async (device) => {
    using module = make(device);
    const before = await module.stateDict();
    const other = otherDict(before);
    assertEquals(Object.keys(before), module.parameterNames());
    module.loadStateDict(other);
    assertEquals({ ...await module.stateDict() }, other);
    module.loadStateDict(before);
    assertEquals(await module.stateDict(), before);
    const gradients = await module.gradients();
    assertEquals(Object.keys(gradients), module.parameterNames());
    for (const { data } of Object.values(gradients)) assertEquals(data, new Float32Array(data.length));
  });

  testEach(
    `parameters start at multiples of 64 words with zeros between, and are one range: ${name}`,
    async (device) => {
      using module = make(device);
      module.loadStateDict(otherDict(await module.stateDict()));
      const parameters = module.parameters();
      const { storage } = parameters[0]!;
      const words = new Float32Array(await device.read(storage.values));
      for (const { offset, size } of parameters) {
        assertEquals(offset % 64, 0);
        words.fill(0, offset, offset + size);
      }
      assertEquals(words, new Float32Array(storage.length));
      assertEquals(parameterRanges(parameters).map(({ length }) => length), [storage.length]);
      assertEquals(parameterRanges(parameters.toReversed()).length, 1);
    },
  );
}

testEach("the dict is a copy, and so is what was loaded", async (device) => {
  using dense = new Dense(device, { inputSize: 2, outputSize: 3, seed: 1 });
  const before = await dense.stateDict();
  const dict = await dense.stateDict();
  dict["weight"]!.data.fill(7);
  dict["weight"]!.shape[0] = 8;
  assertEquals(await dense.stateDict(), before);
  const given = otherDict(before);
  dense.loadStateDict(given);
  const copy = structuredClone(given);
  given["weight"]!.data.fill(7);
  assertEquals({ ...await dense.stateDict() }, copy);
});

testEach("a model takes over its layers' weights, names prefixed, and they still compute", async (device) => {
  for (const layerClass of [RNN, GRU, LSTM]) {
    const layer = new layerClass(device, { ...OPTIONS, numLayers: 2 }) as Recurrent;
    const before = await layer.stateDict();
    const ids = Tensor.from(device, new Uint32Array([1, 4, 12]), [1, 3]);
    const expected = await layer.forward(ids)[0].data();
    using model = new RNNModel(layer, V);
    const after = await model.stateDict();
    assertEquals(Object.keys(after), [
      ...Object.keys(before).map((name) => `rnn.${name}`),
      "dense.weight",
      "dense.bias",
    ]);
    for (const [name, tensor] of Object.entries(before)) assertEquals(after[`rnn.${name}`], tensor);
    assertEquals(await layer.stateDict(), before);
    assertEquals(await layer.forward(ids)[0].data(), expected);
    assertEquals(new Set(model.parameters().map(({ storage }) => storage)).size, 1);

    // One storage: what is written to the model is read from the layer, gradients too.
    const other = otherDict(after);
    model.loadStateDict(other);
    assertEquals((await layer.stateDict())["weight_hh_l1"], other["rnn.weight_hh_l1"]);
    using tape = new Tape(device);
    const [logits] = model.forward(ids, undefined, tape);
    tape.backward(logits, Tensor.from(device, uniformArray(logits.size, 3), logits.shape));
    const gradients = await model.gradients();
    assert(Object.values(gradients).every(({ data }) => data.some((value) => value !== 0)));
    assertEquals((await layer.gradients())["bias_ih_l0"], gradients["rnn.bias_ih_l0"]);
  }
});

testEach("loadStateDict() refuses what does not fit, and has then written nothing", async (device) => {
  using model = new RNNModel(new RNN(device, OPTIONS), V);
  const before = await model.stateDict();
  const good = otherDict(before);
  const { "dense.bias": bias, "rnn.weight_hh_l0": hidden, ...rest } = good;
  const refusals: [dict: StateDict, message: string][] = [
    [rest, 'Cannot load a state dict: missing keys "rnn.weight_hh_l0", "dense.bias"'],
    [{}, `Cannot load a state dict: missing keys ${Object.keys(good).map((name) => `"${name}"`).join(", ")}`],
    [
      { ...good, "rnn.weight_hh_l1": hidden!, "rnn.__proto__": bias! },
      'Cannot load a state dict: unexpected keys "rnn.weight_hh_l1", "rnn.__proto__"',
    ],
    [
      { ...good, "rnn.weight_hh_l0": { shape: [121], data: hidden!.data } },
      'Cannot load parameter "rnn.weight_hh_l0" as its shape must be (11, 11): current shape is (121,)',
    ],
    [
      { ...good, "dense.bias": { shape: [V + 1], data: new Float32Array(V + 1) } },
      'Cannot load parameter "dense.bias" as its shape must be (13,): current shape is (14,)',
    ],
    [
      { ...good, "dense.weight": { shape: [H, V], data: good["dense.weight"]!.data } },
      'Cannot load parameter "dense.weight" as its shape must be (13, 11): current shape is (11, 13)',
    ],
    [
      { ...good, "dense.bias": { shape: [V], data: new Float32Array(V - 1) } },
      'Cannot load parameter "dense.bias" as it must have 13 numbers: it has 12',
    ],
  ];
  for (const [dict, message] of refusals) {
    const error = assertThrows(() => model.loadStateDict(dict), TypeError);
    assertEquals(error.message, message);
  }
  assertEquals(await model.stateDict(), before);
});

testEach("parameters of several layers are a range each, side by side ones joined", (device) => {
  using first = new Dense(device, { inputSize: V, outputSize: H, seed: 1 });
  using second = new Dense(device, { inputSize: H, outputSize: 2, seed: 1 });
  const all = [...first.parameters(), ...second.parameters()];
  assertEquals(parameterRanges(all).map(({ length }) => length).sort(), [128, 192 + 64]);
  assertEquals(parameterRanges(all.slice(1)).map(({ length }) => length).sort(), [128, 64]);
  assertEquals(parameterRanges([]), []);
});
