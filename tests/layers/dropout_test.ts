/** Dropout, between layers and as a layer: the masks, their way back, and its two ends. @module */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Device, Dropout, type Recurrent, type RecurrentOptions, RNN, Tape, Tensor } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { threefry2x32, uniform } from "../../src/random.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE, TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { assertSlopes, naiveLoss, slopesOf } from "./slopes.ts";

const B = 3;
const T = 5;
const I = 7;
const H = 11;

function make(
  device: Device,
  kind: Kind,
  options: Partial<RecurrentOptions> = {},
): Recurrent {
  return makeLayer(device, kind, { inputSize: I, hiddenSize: H, seed: 9, ...options });
}

const input = (device: Device): Tensor => Tensor.from(device, uniformArray(T * B * I, 3), [T, B, I]);

/** What the generator says of element `i` under a layer's seed, the count of the pass, and the layer's place. */
function kept(i: number, { seed, count, layer, probability }: Record<string, number>): boolean {
  return uniform(threefry2x32(seed!, count!, i, 2 ** 19 + layer!)[0]) >= probability!;
}

for (const kind of KINDS) {
  testEach(`dropout masks are the generator's, each layer and pass with its own: ${kind}`, async (device) => {
    const probability = 0.4;
    const seed = 9;
    using layer = make(device, kind, { numLayers: 3, dropout: probability });
    const x = input(device);
    const outputs: Float32Array[] = [];
    for (let count = 0; count < 2; count++) {
      using tape = new Tape(device);
      const [y] = layer.forward(x, undefined, tape);
      const expected = naiveRecurrence(kind, layer.options, {
        dict: await layer.stateDict(),
        x: await x.data(),
        steps: T,
        batch: B,
        between: (values, l) =>
          values.map((value, i) =>
            kept(i, { seed, count, layer: l, probability }) ? value / (1 - probability) : 0
          ),
      });
      outputs.push(await y.data());
      assertClose(outputs[count]!, expected.output, {
        shape: [T, B, H],
        tolerance: NAIVE,
        what: `pass ${count}`,
      });
    }
    assertNotEquals(outputs[1], outputs[0]);
  });

  testEach(`dropout 0, and any dropout without a tape, is none: ${kind}`, async (device) => {
    using none = make(device, kind, { numLayers: 2 });
    using zero = make(device, kind, { numLayers: 2, dropout: 0 });
    using half = make(device, kind, { numLayers: 2, dropout: 0.5 });
    using tape = new Tape(device);
    const expected = await none.forward(input(device), undefined, tape)[0].data();
    assertEquals(await zero.forward(input(device), undefined, tape)[0].data(), expected);
    assertEquals(await half.forward(input(device))[0].data(), expected);
    assertNotEquals(await half.forward(input(device), undefined, tape)[0].data(), expected);
  });

  testEach(`dropout 1 gives zeros to the next layer, and no NaN either way: ${kind}`, async (device) => {
    using layer = make(device, kind, { numLayers: 2, dropout: 1, bidirectional: true });
    const dict = await layer.stateDict();
    using above = make(device, kind, { inputSize: 2 * H, bidirectional: true });
    above.loadStateDict(Object.fromEntries(
      Object.entries(dict).filter(([name]) => name.includes("l1")).map((
        [name, tensor],
      ) => [name.replace("l1", "l0"), tensor]),
    ));
    using tape = new Tape(device);
    const x = input(device);
    const [y] = layer.forward(x, undefined, tape);
    const zeros = Tensor.from(device, new Float32Array(T * B * 2 * H), [T, B, 2 * H]);
    assertEquals(await y.data(), await above.forward(zeros)[0].data());
    tape.backward(y, Tensor.from(device, uniformArray(y.size, 4), y.shape));
    assertEquals(await tape.gradient(x), new Float32Array(x.size));
    for (const [name, { data }] of Object.entries(await layer.gradients())) {
      const zero = name.includes("l0") || name.startsWith("weight_ih");
      assertEquals(data.every(Number.isFinite), true, name);
      assertEquals(data.every((value) => value === 0), zero, name);
    }
  });
}

/** Two layers that hand on what is positive: outputs are the input times the mask. */
function transparent(device: Device): RNN {
  const identity = Float32Array.from({ length: H * H }, (_, i) => i % (H + 1) === 0 ? 1 : 0);
  const layer = new RNN(device, {
    inputSize: H,
    hiddenSize: H,
    numLayers: 2,
    nonlinearity: "relu",
    bias: false,
    dropout: 0.5,
    seed: 5,
  });
  const zeros = new Float32Array(H * H);
  const shape = [H, H];
  layer.loadStateDict({
    weight_ih_l0: { shape, data: identity },
    weight_hh_l0: { shape, data: zeros },
    weight_ih_l1: { shape, data: identity },
    weight_hh_l1: { shape, data: zeros },
  });
  return layer;
}

testEach("gradients through masks are the slopes of the masked loss", async (device) => {
  for (const kind of KINDS) {
    const probability = 0.3;
    const seed = 9;
    using layer = make(device, kind, { numLayers: 3, dropout: probability });
    const x = input(device);
    const upstream = uniformArray(T * B * H, 8);
    const dict = await layer.stateDict();
    const shapes = Object.fromEntries(Object.entries(dict).map(([name, { shape }]) => [name, shape]));
    const given = { shapes, steps: T, batch: B };
    for (let count = 0; count < 2; count++) {
      const between = (values: number[], l: number): number[] =>
        values.map((value, i) =>
          kept(i, { seed, count, layer: l, probability }) ? value / (1 - probability) : 0
        );
      const pass = { kind, options: layer.options, given: { ...given, between } };
      const weights = Object.entries(dict).map(([name, { data }]) => [name, data] as const);
      const arrays = { ...Object.fromEntries(weights), x: await x.data() };
      const slopes = slopesOf((moved) => naiveLoss(moved, pass, [upstream]), arrays);
      using tape = new Tape(device);
      const [y] = layer.forward(x, undefined, tape);
      for (const parameter of layer.parameters()) device.clear(parameter.gradient);
      tape.backward(y, Tensor.from(device, upstream, y.shape));
      const gradients = Object.entries(await layer.gradients()).map(([name, { data }]) => [name, data]);
      assertSlopes({ ...Object.fromEntries(gradients), x: await tape.gradient(x) }, slopes);
    }
  }
});

testEach(
  "a Dropout keeps as many as its probability says, and the generator's on every device",
  async (device) => {
    for (const [length, probability] of [[1, 0.5], [13, 0.9], [4099, 0.1], [40000, 0.3]] as const) {
      const dropout = new Dropout({ probability, seed: 7 });
      const values = uniformArray(length, 1, 0.5, 1);
      const x = Tensor.from(device, values, [length]);
      const dy = uniformArray(length, 2, 0.5, 1);
      for (let count = 0; count < 2; count++) {
        using tape = new Tape(device);
        const y = dropout.forward(x, tape);
        const mask = values.map((_, i) => {
          const number = uniform(threefry2x32(7, count, i, 2 ** 18)[0]);
          return number >= probability ? 1 / (1 - probability) : 0;
        });
        const close = { shape: [length], tolerance: 2 * TOLERANCES.elementwise }; // a quotient and a product
        assertClose(await y.data(), values.map((value, i) => value * mask[i]!), { ...close, what: "y" });
        tape.backward(y, Tensor.from(device, dy, [length]));
        const dx = dy.map((value, i) => value * mask[i]!);
        assertClose(await tape.gradient(x), dx, { ...close, what: "dx" });
        const share = mask.filter((value) => value > 0).length / length;
        const error = Math.sqrt(probability * (1 - probability) / length);
        if (length > 1000) {
          assert(
            Math.abs(share - (1 - probability)) < 4 * error,
            `${share} of ${length} kept`,
          );
        }
      }
    }
  },
);

testEach("a Dropout of 1 gives zeros, of 0 and without a tape its input", async (device) => {
  const x = Tensor.from(device, [1, -2, Infinity, NaN, 3], [5]);
  const ones = Tensor.from(device, [1, 1, 1, 1, 1], [5]);
  using tape = new Tape(device);
  const y = new Dropout({ probability: 1 }).forward(x, tape);
  tape.backward(y, ones);
  for (const data of [await y.data(), await tape.gradient(x)]) {
    assertEquals([...data].map((value) => value === 0), [true, true, true, true, true]);
  }
  assertEquals(new Dropout({ probability: 0 }).forward(x, tape), x);
  assertEquals(new Dropout().forward(x), x);
  assertEquals(new Dropout({}).options.probability, 0.5); // PyTorch's default
});

testEach("each pass' own mask is applied again backwards, whatever ran in between", async (device) => {
  using layer = transparent(device);
  const values = uniformArray(T * B * H, 6, 0.5, 1);
  const shape = [T, B, H];
  const inputs = [values, values, values].map((data) => Tensor.from(device, data, shape));
  using tape = new Tape(device);
  using other = new Tape(device);
  const first = layer.forward(inputs[0]!, undefined, tape)[0];
  const second = layer.forward(inputs[1]!, undefined, tape)[0];
  layer.forward(inputs[2]!, undefined, other);
  const ones = Tensor.from(device, new Float32Array(values.length).fill(1), shape);
  tape.backward([first, second], [ones, ones]);
  for (const [i, y] of [first, second].entries()) {
    const outputs = await y.data();
    const mask = outputs.map((value, at) => value / values[at]!);
    assertEquals(new Set(mask), new Set([0, 2]));
    assertEquals(await tape.gradient(inputs[i]!), mask);
  }
});

testEach("a recorded pass draws the masks of the count that it is told", async (device) => {
  using layer = transparent(device);
  const x = Tensor.from(device, new Float32Array(T * B * H).fill(1), [T, B, H]);
  const tape = new Tape(device);
  let y!: Tensor;
  using program = device.record(() => {
    [y] = layer.forward(x, undefined, tape);
    tape.backward(y, Tensor.from(device, new Float32Array(x.size).fill(1), x.shape));
  });
  for (const count of [7, 8, 7]) {
    tape.reseed(count);
    program.run();
    const mask = Float32Array.from(
      { length: x.size },
      (_, i) => kept(i, { seed: 5, count, layer: 0, probability: 0.5 }) ? 2 : 0,
    );
    assertEquals(await y.data(), mask);
    assertEquals(await tape.gradient(x), mask);
  }
});
