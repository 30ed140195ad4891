/** The tape: what adds up, what is zero, and what is freed. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  Dense,
  type Device,
  DeviceError,
  LSTM,
  meanSquaredError,
  RNN,
  type StateDict,
  Tape,
  Tensor,
} from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { usedBytes } from "../support/used_bytes.ts";

const N = 5;
const I = 7;
const O = 3;

const make = (device: Device, seed: number): Dense =>
  new Dense(device, { inputSize: I, outputSize: O, seed });
const input = (device: Device): Tensor => Tensor.from(device, uniformArray(N * I, 1), [N, I]);
const upstream = (device: Device, seed: number): Tensor =>
  Tensor.from(device, uniformArray(N * O, seed), [N, O]);

/** The gradients of one pass alone, on a tape of its own. */
async function alone(
  device: Device,
  layer: Dense,
  x: Tensor,
  dy: Tensor,
): Promise<[Float32Array, StateDict]> {
  for (const { gradient } of layer.parameters()) device.clear(gradient);
  using tape = new Tape(device);
  tape.backward(layer.forward(x, tape), dy);
  const result: [Float32Array, StateDict] = [await tape.gradient(x), await layer.gradients()];
  for (const { gradient } of layer.parameters()) device.clear(gradient);
  return result;
}

const sumOf = (a: Float32Array, b: Float32Array): number[] => Array.from(a, (value, i) => value + b[i]!);
const close = (what: string, length: number) => ({
  shape: [length],
  tolerance: TOLERANCES.gemm(2 * O),
  what,
});

testEach("a tensor that is used twice gets the sum of both gradients", async (device) => {
  using first = make(device, 2);
  using second = make(device, 3);
  const x = input(device);
  const dy = [upstream(device, 4), upstream(device, 5)] as const;
  const [dx1] = await alone(device, first, x, dy[0]);
  const [dx2] = await alone(device, second, x, dy[1]);
  using tape = new Tape(device);
  tape.backward([first.forward(x, tape), second.forward(x, tape)], dy);
  assertClose(await tape.gradient(x), sumOf(dx1, dx2), close("dx", N * I));
});

testEach("a layer that is used twice gets the sum of both gradients", async (device) => {
  using layer = make(device, 2);
  const x = [input(device), Tensor.from(device, uniformArray(N * I, 9), [N, I])] as const;
  const dy = [upstream(device, 4), upstream(device, 5)] as const;
  const [, first] = await alone(device, layer, x[0], dy[0]);
  const [, second] = await alone(device, layer, x[1], dy[1]);
  using tape = new Tape(device);
  tape.backward([layer.forward(x[0], tape), layer.forward(x[1], tape)], dy);
  for (const [name, { data }] of Object.entries(await layer.gradients())) {
    assertClose(data, sumOf(first[name]!.data, second[name]!.data), close(name, data.length));
  }
});

testEach("an output that is used and given a gradient gets the sum of both", async (device) => {
  using rnn = new RNN(device, { inputSize: I, hiddenSize: I, seed: 2 });
  using dense = make(device, 3);
  const x = Tensor.from(device, uniformArray(N * I, 1), [N, 1, I]);
  const dh = uniformArray(N * I, 6);
  const dy = Tensor.from(device, uniformArray(N * O, 4), [N, 1, O]);
  using tape = new Tape(device);
  const [h] = rnn.forward(x, undefined, tape);
  tape.backward([dense.forward(h, tape), h], [dy, Tensor.from(device, dh, [N, 1, I])]);
  const weight = (await dense.stateDict())["weight"]!.data;
  const upstreams = await dy.data();
  const expected = Array.from(dh, (value, at) => {
    for (let o = 0; o < O; o++) value += upstreams[Math.floor(at / I) * O + o]! * weight[o * I + at % I]!;
    return value;
  });
  assertClose(await tape.gradient(h), expected, close("dh", N * I));
});

testEach("gradients of two backward() add up in the parameters until zeroGrad()", async (device) => {
  using layer = make(device, 2);
  using adam = new Adam(layer.parameters());
  const x = input(device);
  const dy = [upstream(device, 4), upstream(device, 5)] as const;
  const [, first] = await alone(device, layer, x, dy[0]);
  const [, second] = await alone(device, layer, x, dy[1]);
  for (const upstreamGradient of dy) {
    using tape = new Tape(device);
    tape.backward(layer.forward(x, tape), upstreamGradient);
  }
  for (const [name, { data }] of Object.entries(await layer.gradients())) {
    assertClose(data, sumOf(first[name]!.data, second[name]!.data), close(name, data.length));
  }
  adam.zeroGrad();
  for (const { data } of Object.values(await layer.gradients())) {
    assertEquals(data, new Float32Array(data.length));
  }
});

testEach("a recurrent layer's gradients add up over passes, whatever their input", async (device) => {
  for (const bidirectional of [false, true]) {
    const options = { inputSize: I, hiddenSize: I, numLayers: 2, bidirectional, projSize: 2, seed: 4 };
    using lstm = new LSTM(device, options);
    const x = Tensor.from(device, uniformArray(N * I, 1), [N, 1, I]);
    const ids = Tensor.from(device, new Uint32Array([1, 4, 1, 6, 0]), [1, N]);
    const pass = async (input: Tensor | Tensor<"u32">): Promise<StateDict> => {
      using tape = new Tape(device);
      const [y] = lstm.forward(input, undefined, tape);
      tape.backward(y, Tensor.from(device, uniformArray(y.size, 8), y.shape));
      return await lstm.gradients();
    };
    const first = await pass(x);
    const both = await pass(ids);
    const three = await pass(x);
    for (const [name, { data }] of Object.entries(three)) {
      const expected = Array.from(both[name]!.data, (value, i) => value + first[name]!.data[i]!);
      assertClose(data, expected, close(name, data.length));
      assertEquals(both[name]!.data.some((value, i) => value !== first[name]!.data[i]), true, name);
    }
  }
});

testEach("one tape may go forwards and backwards again, not backwards alone", async (device) => {
  using layer = make(device, 2);
  const x = input(device);
  const dy = [upstream(device, 4), upstream(device, 5)] as const;
  const [dx1] = await alone(device, layer, x, dy[0]);
  const [dx2] = await alone(device, layer, x, dy[1]);
  using tape = new Tape(device);
  const message = "Cannot go backwards: no pass was recorded on this tape since it last went backwards";
  assertThrows(() => tape.backward(x, x), TypeError, message);
  for (const upstreamGradient of dy) {
    const y = layer.forward(x, tape);
    tape.backward(y, upstreamGradient);
    assertThrows(() => tape.backward(y, upstreamGradient), TypeError, message);
  }
  assertClose(await tape.gradient(x), sumOf(dx1, dx2), close("dx", N * I));
});

testEach("where no gradient came, it is zero", async (device) => {
  using used = make(device, 2);
  using unused = make(device, 3);
  using lstm = new LSTM(device, { inputSize: I, hiddenSize: O, numLayers: 2, seed: 4 });
  const x = input(device);
  const other = input(device);
  const state = lstm.zeroState(1);
  using tape = new Tape(device);
  unused.forward(other, tape);
  lstm.forward(Tensor.from(device, uniformArray(N * I, 1), [N, 1, I]), state, tape);
  const y = used.forward(x, tape);
  tape.backward(y, upstream(device, 4));
  assertEquals(await tape.gradient(other), new Float32Array(N * I));
  assertEquals(await tape.gradient(Tensor.from(device, [1, 2], [2])), new Float32Array(2));
  for (const tensor of state) assertEquals(await tape.gradient(tensor), new Float32Array(2 * O));
  for (const layer of [unused, lstm]) {
    for (const { data } of Object.values(await layer.gradients())) {
      assertEquals(data, new Float32Array(data.length));
    }
  }
  assertEquals(
    Object.values(await used.gradients()).every(({ data }) => data.some((value) => value !== 0)),
    true,
  );
});

testEach("a loss that its tape knows nothing of is refused", (device) => {
  const [layer, x] = [make(device, 1), input(device)];
  using tape = new Tape(device);
  const y = layer.forward(x, tape);
  assertThrows(
    () => tape.backward(meanSquaredError(y, upstream(device, 3))),
    TypeError,
    "Cannot go backwards from what no pass on this tape gave: the tape goes to each layer and to the loss",
  );
  tape.backward(meanSquaredError(layer.forward(x, tape), upstream(device, 3), tape));
});

testEach("a final state alone may have a gradient", async (device) => {
  using lstm = new LSTM(device, { inputSize: I, hiddenSize: O, numLayers: 2, bidirectional: true, seed: 4 });
  const x = Tensor.from(device, uniformArray(N * I, 1), [N, 1, I]);
  const gradients: Float32Array[] = [];
  for (const zeros of [false, true]) {
    using tape = new Tape(device);
    const [y, [h, c]] = lstm.forward(x, undefined, tape);
    const dc = Tensor.from(device, uniformArray(c.size, 8), c.shape);
    const nothing = [y, h].map(({ size, shape }) => Tensor.from(device, new Float32Array(size), shape));
    if (zeros) tape.backward([c, y, h], [dc, ...nothing]);
    else tape.backward(c, dc);
    gradients.push(await tape.gradient(x));
  }
  assertEquals(gradients[1], gradients[0]);
  assertEquals(gradients[0]!.some((value) => value !== 0), true);
});

testEach("a state that was returned carries no history to the next tape", async (device) => {
  using rnn = new RNN(device, { inputSize: I, hiddenSize: O, seed: 4 });
  const x = Tensor.from(device, uniformArray(N * I, 1), [N, 1, I]);
  using first = new Tape(device);
  const [, state] = rnn.forward(x, undefined, first);
  using second = new Tape(device);
  const [y] = rnn.forward(x, state, second);
  second.backward(y, Tensor.from(device, uniformArray(y.size, 8), y.shape));
  assertEquals((await second.gradient(state)).some((value) => value !== 0), true);
  assertEquals(await first.gradient(state), new Float32Array(O));
});

testEach("on one tape a state that was returned has history: two halves are the whole", async (device) => {
  using rnn = new RNN(device, { inputSize: I, hiddenSize: O, seed: 4 });
  const values = uniformArray(N * I, 1);
  const upstream = uniformArray(N * O, 8);
  const part = (array: Float32Array, from: number, to: number, size: number): Tensor =>
    Tensor.from(device, array.slice(from * size, to * size), [to - from, 1, size]);
  using whole = new Tape(device);
  const all = part(values, 0, N, I);
  whole.backward(rnn.forward(all, undefined, whole)[0], part(upstream, 0, N, O));
  const expected = await whole.gradient(all);
  using tape = new Tape(device);
  const [first, second] = [part(values, 0, 2, I), part(values, 2, N, I)];
  const [y, state] = rnn.forward(first, undefined, tape);
  const [z] = rnn.forward(second, state, tape);
  tape.backward([y, z], [part(upstream, 0, 2, O), part(upstream, 2, N, O)]);
  const found = [...await tape.gradient(first), ...await tape.gradient(second)];
  assertClose(Float32Array.from(found), expected, close("dx", N * I));
});

testEach("a tape that is disposed has freed its gradients", async (device) => {
  using layer = make(device, 2);
  const x = input(device);
  const tape = new Tape(device);
  const dy = upstream(device, 4);
  const [h] = new RNN(device, { inputSize: I, hiddenSize: I, seed: 2 }).forward(x, undefined, tape);
  tape.backward(layer.forward(h, tape), dy);
  assertEquals((await tape.gradient(x)).length, N * I);
  tape[Symbol.dispose]();
  assertEquals(await tape.gradient(x), new Float32Array(N * I));
  await assertRejects(() => h.data(), DeviceError, "its memory was freed");
});

testEach("a tape keeps what cannot be reached otherwise, and frees it", (device) => {
  const free = (tensors: Tensor[]): void => tensors.forEach((tensor) => tensor[Symbol.dispose]());
  const pass = (layer: LSTM): void => {
    using x = Tensor.from(device, uniformArray(N * I, 1), layer.options.batchFirst ? [1, N, I] : [N, 1, I]);
    for (const options of [{}, { lengths: [N - 1] }]) {
      using tape = new Tape(device);
      const [y, state] = layer.forward(x, undefined, tape, options);
      using dy = Tensor.from(device, uniformArray(y.size, 1), y.shape);
      tape.backward(y, dy);
      free([y, ...state]);
      free(layer.forward(x, undefined, undefined, options).flat() as Tensor[]);
    }
  };
  for (const bias of [true, false]) {
    for (const bidirectional of [true, false]) {
      for (const batchFirst of [true, false]) {
        const options = { bias, bidirectional, batchFirst, numLayers: 2, dropout: 0.5, seed: 2 };
        using layer = new LSTM(device, { inputSize: I, hiddenSize: O, ...options });
        pass(layer);
        const before = usedBytes(device);
        pass(layer);
        assertEquals(usedBytes(device), before, JSON.stringify(options));
      }
    }
  }
});

testEach(
  "what is data gets no gradient, which saves a product of the layer that reads it",
  async (device) => {
    using rnn = new RNN(device, { inputSize: I, hiddenSize: O, batchFirst: true, seed: 1 });
    using dense = make(device, 2);
    const x = Tensor.from(device, uniformArray(2 * N * I, 1), [2, N, I]);
    const passes = [
      (tape: Tape): Tensor => rnn.forward(x, null, tape)[0],
      (tape: Tape): Tensor => dense.forward(x, tape),
    ];
    for (const [index, pass] of passes.entries()) {
      const zeros = (y: Tensor): Tensor => Tensor.from(device, new Float32Array(y.size), y.shape);
      const results = [false, true].map((leaves) => {
        const tape = new Tape(device);
        const program = device.record(() => {
          for (const parameter of [...rnn.parameters(), ...dense.parameters()]) {
            device.clear(parameter.gradient);
          }
          if (leaves) tape.leaveOut(x);
          const y = pass(tape);
          tape.backward(meanSquaredError(y, zeros(y), tape));
        });
        return { tape, program };
      });
      const gradients = [];
      for (const { program } of results) {
        program.run();
        gradients.push(await [rnn, dense][index]!.gradients());
      }
      assertEquals(gradients[1], gradients[0]);
      const products = results.map(({ program }) =>
        program.parts().filter(({ kernel }) => kernel === "gemm").length
      );
      assertEquals(products[1], products[0]! - 1);
      assertEquals(await results[1]!.tape.gradient(x), new Float32Array(x.size));
    }
  },
);
