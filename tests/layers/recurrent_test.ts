/** RNN, GRU and LSTM against a naive forward pass, and PyTorch's shapes for every option. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import {
  type Device,
  type Recurrent,
  type RecurrentOptions,
  RNN,
  type State,
  Tape,
  Tensor,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { stateOf, tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const B = 3;
const T = 5;
const I = 7;
const H = 11;

function make(device: Device, kind: Kind, options: Partial<RecurrentOptions> = {}): Recurrent {
  return makeLayer(device, kind, { inputSize: I, hiddenSize: H, seed: 1, ...options });
}

/** An initial state of random numbers. */
function randomState(layer: Recurrent, batch: number): State {
  const tensors = tensorsOf(layer.zeroState(batch)).map(({ shape, size }, which) =>
    Tensor.from(layer.device, uniformArray(size, 70 + which), shape)
  );
  return stateOf(tensors)!;
}

const dataOf = (tensors: readonly Tensor[]): Promise<Float32Array[]> =>
  Promise.all(tensors.map((tensor) => tensor.data()));
const input = (device: Device, steps: number = T, seed: number = 2): Tensor =>
  Tensor.from(device, uniformArray(steps * B * I, seed), [steps, B, I]);

/** (outer, inner, ·) to (inner, outer, ·) */
function swapped(data: ArrayLike<number>, outer: number, inner: number): Float32Array {
  const columns = data.length / (outer * inner);
  return Float32Array.from(data, (_, at) => {
    const i = Math.floor(at / (outer * columns));
    const o = Math.floor(at / columns) % outer;
    return data[(o * inner + i) * columns + at % columns]!;
  });
}

/** All combinations of the values that each name may have. */
function combinations<T extends Record<string, readonly unknown[]>>(
  choices: T,
): { [Name in keyof T]: T[Name][number] }[] {
  let result: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(choices)) {
    result = result.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return result as { [Name in keyof T]: T[Name][number] }[];
}

testEach("shapes of outputs, states and parameters are PyTorch's for every option", (device) => {
  const choices = {
    kind: KINDS,
    numLayers: [1, 2],
    bidirectional: [false, true],
    bias: [true, false],
    batchFirst: [false, true],
    projSize: [0, 4],
  };
  for (const { kind, ...options } of combinations(choices)) {
    if (options.projSize > 0 && kind !== "lstm") continue;
    using layer = make(device, kind, options);
    const D = options.bidirectional ? 2 : 1;
    const R = options.projSize || H;
    const L = options.numLayers;
    const x = Tensor.from(device, uniformArray(B * T * I, 1), options.batchFirst ? [B, T, I] : [T, B, I]);
    const ids = Tensor.from(device, new Uint32Array(B * T), [B, T]);
    for (const taken of [x, ids]) {
      const [y, state] = layer.forward(taken);
      assertEquals(y.shape, options.batchFirst ? [B, T, D * R] : [T, B, D * R]);
      assertEquals(tensorsOf(state).map(({ shape }) => shape), [
        [L * D, B, R],
        ...(kind === "lstm" ? [[L * D, B, H]] : []),
      ]);
    }
    const [y, state] = layer.forward(Tensor.from(device, uniformArray(T * I, 1), [T, I]));
    assertEquals(y.shape, [T, D * R]);
    assertEquals(tensorsOf(state)[0]!.shape, [L * D, R]);

    const rows = { rnn: 1, gru: 3, lstm: 4 }[kind] * H;
    const expected: [string, number[]][] = [];
    for (let l = 0; l < L; l++) {
      for (const suffix of D === 2 ? [`l${l}`, `l${l}_reverse`] : [`l${l}`]) {
        expected.push([`weight_ih_${suffix}`, [rows, l === 0 ? I : D * R]], [`weight_hh_${suffix}`, [
          rows,
          R,
        ]]);
        if (options.bias) expected.push([`bias_ih_${suffix}`, [rows]], [`bias_hh_${suffix}`, [rows]]);
        if (options.projSize) expected.push([`weight_hr_${suffix}`, [R, H]]);
      }
    }
    const shapes = layer.parameters().map(({ shape }) => shape);
    assertEquals(layer.parameterNames().map((name, i) => [name, shapes[i]]), expected);
  }
});

testEach("initial weights are from U(-1/√H, 1/√H), other ones for another seed", async (device) => {
  const bound = 1 / Math.sqrt(H);
  for (const kind of KINDS) {
    const first = await make(device, kind).stateDict();
    const again = await make(device, kind).stateDict();
    const other = await make(device, kind, { seed: 2 }).stateDict();
    assertEquals(again, first);
    for (const [name, { data }] of Object.entries(first)) {
      assertNotEquals(other[name], first[name]);
      assertEquals(data.filter((value) => Math.abs(value) > bound).length, 0, name);
      const largest = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      assertEquals(largest > 0.7 * bound, true, `${name}: ${largest} of ${bound}`);
    }
  }
});

const NAIVE_CASES = [
  ...KINDS.flatMap((kind) =>
    combinations({ numLayers: [1, 2], bidirectional: [false, true], lengths: [undefined, [2, 5, 1]] })
      .map((options) => ({ kind, ...options }))
  ),
  { kind: "rnn", nonlinearity: "relu", numLayers: 2, bias: false },
  { kind: "lstm", projSize: 4, numLayers: 2, bidirectional: true, lengths: [4, 1, 3] },
] as const;

for (const { kind, ...rest } of NAIVE_CASES) {
  const { lengths, ...options } = rest as Partial<RecurrentOptions> & { lengths?: number[] };
  const words = Object.entries({ ...options, lengths }).filter(([, value]) => value).map((entry) =>
    entry.join(" ")
  );
  testEach(`a naive forward pass gives the same: ${kind}, ${words.join(", ")}`, async (device) => {
    using layer = make(device, kind, options);
    const x = input(device);
    const state = randomState(layer, B);
    for (const initial of [undefined, state]) {
      const [y, final] = layer.forward(x, initial, undefined, lengths ? { lengths } : {});
      const expected = naiveRecurrence(kind, layer.options, {
        dict: await layer.stateDict(),
        x: await x.data(),
        steps: T,
        batch: B,
        ...(initial ? { state: await dataOf(tensorsOf(initial)) } : {}),
        ...(lengths ? { lengths } : {}),
      });
      assertClose(await y.data(), expected.output, { shape: y.shape, tolerance: NAIVE, what: "output" });
      for (const [which, tensor] of tensorsOf(final).entries()) {
        const { shape } = tensor;
        const close = { shape, tolerance: NAIVE, what: `state ${which}` };
        assertClose(await tensor.data(), expected.state[which]!, close);
      }
    }
  });
}

testEach(
  "a state carried over two halves of a sequence gives the whole sequence's outputs",
  async (device) => {
    for (
      const { kind, numLayers, batchFirst } of combinations({
        kind: KINDS,
        numLayers: [1, 2],
        batchFirst: [false, true],
      })
    ) {
      using layer = make(device, kind, { numLayers, batchFirst });
      const x = await input(device).data();
      const cut = 2;
      const part = (from: number, to: number): Tensor => {
        const rows = x.slice(from * B * I, to * B * I);
        const steps = to - from;
        return batchFirst
          ? Tensor.from(device, swapped(rows, steps, B), [B, steps, I])
          : Tensor.from(device, rows, [steps, B, I]);
      };
      const timeMajor = async (
        y: Tensor,
        steps: number,
      ): Promise<number[]> => [...batchFirst ? swapped(await y.data(), B, steps) : await y.data()];
      const [whole, final] = layer.forward(part(0, T));
      const [first, middle] = layer.forward(part(0, cut));
      const [second, last] = layer.forward(part(cut, T), middle);
      const halves = [...await timeMajor(first, cut), ...await timeMajor(second, T - cut)];
      const what = `${kind}, ${numLayers} layers`;
      assertClose(halves, await timeMajor(whole, T), { shape: [T, B, H], tolerance: NAIVE, what });
      const ends = await dataOf(tensorsOf(last));
      for (const [which, data] of (await dataOf(tensorsOf(final))).entries()) {
        assertClose(ends[which]!, data, { shape: [numLayers, B, H], tolerance: NAIVE, what });
      }
    }
  },
);

testEach("batchFirst is the same with the first two axes exchanged, gradients too", async (device) => {
  for (const kind of KINDS) {
    using plain = make(device, kind, { numLayers: 2, bidirectional: true });
    using first = make(device, kind, { numLayers: 2, bidirectional: true, batchFirst: true });
    const x = input(device);
    const xFirst = Tensor.from(device, swapped(await x.data(), T, B), [B, T, I]);
    const dy = uniformArray(T * B * 2 * H, 4);
    using tape = new Tape(device);
    const [y] = plain.forward(x, undefined, tape);
    const [yFirst] = first.forward(xFirst, undefined, tape);
    tape.backward([y, yFirst], [
      Tensor.from(device, dy, [T, B, 2 * H]),
      Tensor.from(device, swapped(dy, T, B), [B, T, 2 * H]),
    ]);
    assertEquals(swapped(await yFirst.data(), B, T), await y.data());
    assertEquals(swapped(await tape.gradient(xFirst), B, T), await tape.gradient(x));
    assertEquals(await first.gradients(), await plain.gradients());
  }
});

testEach("an unbatched input is a batch of 1, gradients too", async (device) => {
  for (const { kind, batchFirst } of combinations({ kind: KINDS, batchFirst: [false, true] })) {
    using layer = make(device, kind, { bidirectional: true, batchFirst });
    const data = uniformArray(T * I, 5);
    const flat = Tensor.from(device, data, [T, I]);
    const batched = Tensor.from(device, data, batchFirst ? [1, T, I] : [T, 1, I]);
    const initial = tensorsOf(randomState(layer, 1));
    const unbatched = initial.map((tensor) => new Tensor(device, tensor.block, [2, H]));
    using tape = new Tape(device);
    const [y, state] = layer.forward(batched, stateOf(initial), tape);
    const [yFlat, stateFlat] = layer.forward(flat, stateOf(unbatched), tape);
    assertEquals(yFlat.shape, [T, 2 * H]);
    assertEquals(await yFlat.data(), await y.data());
    assertEquals(await dataOf(tensorsOf(stateFlat)), await dataOf(tensorsOf(state)));
    assertEquals(tensorsOf(stateFlat).map(({ shape }) => shape), initial.map(() => [2, H]));
    const dy = uniformArray(T * 2 * H, 6);
    tape.backward([y, yFlat], [Tensor.from(device, dy, y.shape), Tensor.from(device, dy, yFlat.shape)]);
    assertEquals(await tape.gradient(flat), await tape.gradient(batched));
  }
});

testEach("a pass with a tape gives the bits of one without", async (device) => {
  for (const { kind, lengths } of combinations({ kind: KINDS, lengths: [undefined, [2, 5, 1]] })) {
    using layer = make(device, kind, { numLayers: 2, bidirectional: true });
    using tape = new Tape(device);
    const x = input(device);
    const options = lengths ? { lengths } : {};
    const [y, state] = layer.forward(x, undefined, undefined, options);
    const [yTape, stateTape] = layer.forward(x, undefined, tape, options);
    assertEquals(await yTape.data(), await y.data());
    assertEquals(await dataOf(tensorsOf(stateTape)), await dataOf(tensorsOf(state)));
  }
});

testEach("outputs beyond a row's length are zero, and what lies there changes nothing", async (device) => {
  for (const kind of KINDS) {
    using layer = make(device, kind, { bidirectional: true });
    const lengths = [2, 5, 1];
    const data = uniformArray(T * B * I, 2);
    const [y, state] = layer.forward(input(device), undefined, undefined, { lengths });
    lengths.forEach((length, b) => {
      for (let t = length; t < T; t++) data.fill(NaN, (t * B + b) * I, (t * B + b + 1) * I);
    });
    const [other, end] = layer.forward(Tensor.from(device, data, [T, B, I]), undefined, undefined, {
      lengths,
    });
    const values = await y.data();
    assertEquals(await other.data(), values);
    assertEquals(await dataOf(tensorsOf(end)), await dataOf(tensorsOf(state)));
    lengths.forEach((length, b) => {
      for (let t = length; t < T; t++) {
        const from = (t * B + b) * 2 * H;
        assertEquals(values.slice(from, from + 2 * H), new Float32Array(2 * H));
      }
    });
  }
});

testEach("an option that is undefined takes its default", (device) => {
  using layer = new RNN(device, {
    inputSize: I,
    hiddenSize: H,
    numLayers: undefined,
    bias: undefined,
    batchFirst: undefined,
    dropout: undefined,
    bidirectional: undefined,
    nonlinearity: undefined,
    projSize: undefined,
    resetAfter: undefined,
    gateActivation: undefined,
    layerNorm: undefined,
    seed: undefined,
  } as unknown as RecurrentOptions);
  const { seed: _, ...options } = layer.options;
  assertEquals(options, {
    inputSize: I,
    hiddenSize: H,
    numLayers: 1,
    bias: true,
    batchFirst: false,
    dropout: 0,
    bidirectional: false,
    nonlinearity: "tanh",
    projSize: 0,
    resetAfter: true,
    gateActivation: "sigmoid",
    layerNorm: false,
  });
});

testEach("the outputs' own gradient is what was given, after the way back too", async (device) => {
  const settings: Partial<RecurrentOptions>[] = [{}, { bidirectional: true }, { numLayers: 2 }];
  const all = [...KINDS.flatMap((kind) => settings.map((options) => ({ kind, options })))];
  for (const { kind, options } of [...all, { kind: "lstm" as const, options: { projSize: 5 } }]) {
    using layer = make(device, kind, options);
    using tape = new Tape(device);
    const [y] = layer.forward(input(device), undefined, tape);
    const dy = uniformArray(y.size, 9);
    tape.backward(y, Tensor.from(device, dy, y.shape));
    assertEquals(await tape.gradient(y), dy, `${kind} ${JSON.stringify(options)}`);
  }
});
