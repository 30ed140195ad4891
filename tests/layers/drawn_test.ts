/** Drawn combinations of all options of a recurrent layer, forward and backward, against the naive recurrence. @module */
import { assertEquals } from "@std/assert";
import { type Device, type Recurrent, type RecurrentOptions, Tape, Tensor } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { stateOf, tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { GATE_ACTIVATIONS, type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { Random } from "../../src/random.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";
import { type Arrays, assertSlopes, naiveLoss, type Slopes, slopesOf } from "./slopes.ts";

const COUNT = 60;
const SEED = 11;
/** How much larger roundings may be where cells are normalized: a norm enlarges them as it does distances from the mean. */
const NORMED = 8;

/** A combination. */
interface Drawn {
  kind: Kind;
  options: RecurrentOptions;
  steps: number;
  batch: number;
  unbatched: boolean;
  ids: boolean;
  withState: boolean;
  /** Whether the final states have gradients of their own. */
  withFinal: boolean;
  lengths: number[] | undefined;
  seed: number;
}

function draw(random: Random, seed: number): Drawn {
  const one = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const kind = one(KINDS);
  const layerNorm = seed % 5 === 3;
  const size = one([1, 2, 3, 5, 7, 11]);
  const ids = one([false, false, true]);
  const unbatched = !ids && one([false, false, true]);
  const steps = one([1, 2, 3, 5]);
  const batch = unbatched ? 1 : one([1, 2, 3, 5]);
  return {
    kind,
    options: {
      inputSize: one([1, 2, 5, 7, 13]),
      hiddenSize: layerNorm ? size + 4 : size, // a norm of few products enlarges roundings where they are close to each other
      numLayers: one([1, 2, 3]),
      bidirectional: one([false, true]),
      bias: one([false, true]),
      batchFirst: one([false, true]),
      nonlinearity: kind === "rnn" ? one(["tanh", "relu"] as const) : "tanh",
      projSize: kind === "lstm" && size > 1 ? one([0, 1 + random.integer(size - 1)]) : 0,
      resetAfter: kind !== "gru" || seed % 2 === 0 || layerNorm,
      layerNorm,
      gateActivation: kind === "rnn" ? "sigmoid" : GATE_ACTIVATIONS[Math.floor(seed / 2) % 3]!,
      seed,
    },
    steps,
    batch,
    unbatched,
    ids,
    withState: one([false, true]),
    withFinal: one([false, true]),
    seed,
    lengths: one([false, true]) ? Array.from({ length: batch }, () => 1 + random.integer(steps)) : undefined,
  };
}

/** (B, T, ·) to (T, B, ·), or back with the sizes exchanged. */
function swapped(data: ArrayLike<number>, outer: number, inner: number): Float32Array {
  const columns = data.length / (outer * inner);
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    const j = Math.floor(i / columns) % inner;
    const o = Math.floor(i / columns / inner);
    result[(j * outer + o) * columns + column] = data[i]!;
  }
  return result;
}

/** The numbers of a combination, time-major and batched, with the naive results; the same for every device. */
class Reference {
  readonly arrays: Arrays;
  readonly output: number[];
  readonly state: number[][];
  /** Of the outputs, and of the final states where they have some. */
  readonly upstream: Float32Array[];
  readonly slopes: Slopes;

  constructor(given: Drawn, layer: Recurrent, dict: Awaited<ReturnType<Recurrent["stateDict"]>>) {
    const { kind, steps, batch, lengths, seed, options: { inputSize: I } } = given;
    const rows = steps * batch;
    const x = uniformArray(rows * I, 1000 + seed);
    const random = new Random(seed);
    if (given.ids) {
      x.fill(0);
      for (let row = 0; row < rows; row++) x[row * I + random.integer(I)] = 1;
    }
    const sizes = tensorsOf(layer.zeroState(batch)).map(({ size }) => size);
    const states = sizes.map((size, which) => [which ? "c" : "h", uniformArray(size, 2000 + which + seed)]);
    const weights = Object.entries(dict).map(([name, { data }]) => [name, data] as const);
    this.arrays = {
      ...Object.fromEntries(weights),
      ...(given.withState ? Object.fromEntries(states) : {}),
      x,
    };
    const pass = { steps, batch, ...(lengths ? { lengths } : {}) };
    const state = given.withState ? states.map(([, values]) => values as Float32Array) : [];
    ({ output: this.output, state: this.state } = naiveRecurrence(kind, layer.options, {
      ...pass,
      dict,
      x,
      state,
    }));
    this.upstream = [this.output, ...(given.withFinal ? this.state : [])]
      .map(({ length }, which) => uniformArray(length, 3000 + which + seed));
    const shapes = Object.fromEntries(Object.entries(dict).map(([name, { shape }]) => [name, shape]));
    const naive = { kind, options: layer.options, given: { ...pass, shapes } };
    const { x: _, ...others } = this.arrays;
    const moved = given.ids ? others : this.arrays;
    this.slopes = slopesOf((arrays) => naiveLoss({ x, ...arrays }, naive, this.upstream), moved);
  }
}

/** x (T, B, I) as the layer is to take it. */
function inputOf(device: Device, x: Float32Array, given: Drawn): Tensor | Tensor<"u32"> {
  const { steps, batch, unbatched, ids, options: { inputSize: I, batchFirst } } = given;
  if (ids) {
    const id = (row: number): number => x.subarray(row * I, (row + 1) * I).indexOf(1);
    const values = Uint32Array.from(
      { length: steps * batch },
      (_, at) => id((at % steps) * batch + Math.floor(at / steps)),
    );
    return Tensor.from(device, values, [batch, steps]);
  }
  if (unbatched) return Tensor.from(device, x, [steps, I]);
  return batchFirst
    ? Tensor.from(device, swapped(x, steps, batch), [batch, steps, I])
    : Tensor.from(device, x, [steps, batch, I]);
}

const random = new Random(SEED);
const references = new Map<number, Reference>();

for (let index = 0; index < COUNT; index++) {
  const given = draw(random, index);
  const { kind, options, steps, batch, lengths, unbatched, ...rest } = given;
  const swaps = options.batchFirst === true && !unbatched;
  const { seed: _, ...named } = { ...options, steps, batch, ...rest, unbatched, lengths };
  const words = Object.entries(named).filter(([, value]) => value || value === 0)
    .map(([name, value]) => value === true ? name : `${name} ${value}`);
  testEach(`drawn ${index}: ${kind}, ${words.join(", ")}`, async (device) => {
    using layer = makeLayer(device, kind, options);
    const dict = await layer.stateDict();
    if (!references.has(index)) references.set(index, new Reference(given, layer, dict));
    const { arrays, output, state, upstream, slopes } = references.get(index)!;

    const x = inputOf(device, arrays["x"] as Float32Array, given);
    const shapes = tensorsOf(layer.zeroState(batch))
      .map(({ shape }) => unbatched ? [shape[0]!, shape[2]!] : shape);
    const initial = ["h", "c"].filter((name) => name in arrays)
      .map((name, which) => Tensor.from(device, arrays[name] as Float32Array, shapes[which]!));
    using tape = new Tape(device);
    const [y, after] = layer.forward(x as Tensor, stateOf(initial), tape, lengths ? { lengths } : {});
    const finals = tensorsOf(after);
    const features = output.length / (steps * batch);
    const leading = unbatched ? [steps] : swaps ? [batch, steps] : [steps, batch];
    assertEquals([y, ...finals].map(({ shape }) => shape), [[...leading, features], ...shapes]);
    const timeMajor = async (): Promise<Float32Array> =>
      swaps ? swapped(await y.data(), batch, steps) : await y.data();
    const floor = 0.05; // what a projection makes of terms that cancel has their roundings
    const enlarged = options.layerNorm ? NORMED : 1;
    const tolerance = enlarged * NAIVE;
    const close = { shape: [steps, batch, features], tolerance, floor, what: "outputs" };
    assertClose(await timeMajor(), output, close);
    for (const [which, tensor] of finals.entries()) {
      const what = `final state ${which}`;
      assertClose(await tensor.data(), state[which]!, { ...close, shape: tensor.shape, what });
    }

    const outputs = [y, ...finals].slice(0, upstream.length);
    tape.backward(
      outputs,
      outputs.map(({ shape }, which) => {
        const data = upstream[which]!;
        return Tensor.from(device, which === 0 && swaps ? swapped(data, steps, batch) : data, shape);
      }),
    );
    const gradients: Arrays = Object.fromEntries(
      Object.entries(await layer.gradients()).map(([name, { data }]) => [name, data]),
    );
    for (const [which, tensor] of initial.entries()) {
      gradients[which ? "c" : "h"] = await tape.gradient(tensor);
    }
    const dx = await tape.gradient(x as Tensor);
    gradients["x"] = swaps && !given.ids ? swapped(dx, batch, steps) : dx;
    assertSlopes(gradients, slopes, enlarged);
  });
}
