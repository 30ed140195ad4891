/** layer.step(): the same as a pass over the whole sequence. @module */
import { assertEquals } from "@std/assert";
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
import type { Kind } from "../../src/layers/recurrent/cell.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const T = 5;
const B = 3;
const I = 7;
const H = 11;

const CASES: (Partial<RecurrentOptions> & { kind: Kind })[] = [
  { kind: "rnn", numLayers: 2, batchFirst: true, nonlinearity: "relu" },
  { kind: "gru", numLayers: 3, bias: false },
  { kind: "lstm", numLayers: 2, projSize: 5 },
];

function make(device: Device, { kind, ...options }: typeof CASES[number]): Recurrent {
  return makeLayer(device, kind, { inputSize: I, hiddenSize: H, seed: 1, ...options });
}

/** Random states of the shapes of zeroState(), unbatched without their second axis. */
function randomState(layer: Recurrent, unbatched: boolean): State {
  const tensors = tensorsOf(layer.zeroState(unbatched ? 1 : B)).map(({ shape, size }, which) =>
    Tensor.from(layer.device, uniformArray(size, 5 + which), unbatched ? [shape[0]!, shape[2]!] : shape)
  );
  return stateOf(tensors)!;
}

for (const given of CASES) {
  const words = Object.entries(given).map((entry) => entry.join(" ")).join(", ");
  for (const unbatched of [false, true]) {
    const name = `steps are one pass, gradients too: ${words}${unbatched ? ", unbatched" : ""}`;
    testEach(name, async (device) => {
      using whole = make(device, given);
      using single = make(device, given);
      const batch = unbatched ? 1 : B;
      const flat = unbatched ? [] : [B];
      const R = whole.outputSize;
      const values = uniformArray(T * batch * I, 2);
      const dy = uniformArray(T * batch * R, 3);
      const rows = Array.from(
        { length: T },
        (_, t) => Tensor.from(device, values.slice(t * batch * I, (t + 1) * batch * I), [...flat, I]),
      );
      const x = Tensor.from(device, values, [T, ...flat, I]);
      const h = randomState(whole, unbatched);
      const other = randomState(whole, unbatched);
      using tape = new Tape(device);
      // The sequence is time-major here: batchFirst must not matter to steps.
      using plain = make(device, { ...given, batchFirst: false });
      const [y, last] = plain.forward(x, h, tape);
      let state = other;
      const outputs = rows.map((row) => {
        const [output, next] = single.step(row, state, tape);
        assertEquals(output.shape, [...flat, R]);
        assertEquals(tensorsOf(next).map(({ shape }) => shape), tensorsOf(last).map(({ shape }) => shape));
        state = next;
        return output;
      });
      const all = (arrays: Float32Array[]): number[] => arrays.flatMap((array) => [...array]);
      const close = (what: string, ...shape: number[]) => ({ shape, tolerance: NAIVE, what });
      const taken = all(await Promise.all(outputs.map((output) => output.data())));
      assertClose(taken, await y.data(), close("outputs", T, batch, R));
      assertClose(await tensorsOf(state)[0]!.data(), await tensorsOf(last)[0]!.data(), {
        ...close("final h", tensorsOf(last)[0]!.size),
      });

      const upstream = outputs.map(({ shape }, t) =>
        Tensor.from(device, dy.slice(t * batch * R, (t + 1) * batch * R), shape)
      );
      tape.backward([y, ...outputs], [Tensor.from(device, dy, y.shape), ...upstream]);
      const expected = await plain.gradients();
      for (const [name, { shape, data }] of Object.entries(await single.gradients())) {
        assertClose(data, expected[name]!.data, close(name, ...shape));
      }
      const dx = all(await Promise.all(rows.map((row) => tape.gradient(row))));
      assertClose(dx, await tape.gradient(x), close("dx", T, batch, I));
      for (const [which, tensor] of tensorsOf(other).entries()) {
        const actual = await tape.gradient(tensor);
        const dh = await tape.gradient(tensorsOf(h)[which]!);
        assertClose(actual, dh, close(`gradient of state ${which}`, ...tensor.shape));
      }
    });
  }

  testEach(`steps on ids are one pass on ids, with a tape and without: ${words}`, async (device) => {
    using layer = make(device, { ...given, batchFirst: false });
    const ids = Uint32Array.from({ length: B * T }, (_, i) => (i * 5) % I);
    const [y, last] = layer.forward(Tensor.from(device, ids, [B, T]));
    using tape = new Tape(device);
    for (const taped of [undefined, tape]) {
      const outputs: number[] = [];
      let state: State | undefined;
      for (let t = 0; t < T; t++) {
        const column = Uint32Array.from({ length: B }, (_, b) => ids[b * T + t]!);
        const [output, next] = layer.step(Tensor.from(device, column, [B]), state, taped);
        outputs.push(...await output.data());
        state = next;
      }
      const close = { shape: y.shape, tolerance: NAIVE, what: "outputs" };
      assertClose(outputs, await y.data(), close);
      for (const [which, tensor] of tensorsOf(last).entries()) {
        const { shape } = tensor;
        const actual = await tensorsOf(state!)[which]!.data();
        assertClose(actual, await tensor.data(), { shape, tolerance: NAIVE, what: `state ${which}` });
      }
    }
  });
}

testEach("a recorded step follows the ids that are written to its tensor, gradients too", async (device) => {
  using layer = new RNN(device, { inputSize: I, hiddenSize: H, seed: 2 });
  const ids = Tensor.from(device, new Uint32Array(B), [B]);
  const upstream = Tensor.from(device, uniformArray(B * H, 4), [B, H]);
  let y!: Tensor;
  const tape = new Tape(device);
  using program = device.record(() => {
    for (const parameter of layer.parameters()) device.clear(parameter.gradient);
    [y] = layer.step(ids, undefined, tape);
    tape.backward(y, upstream);
  });
  for (const values of [[1, 4, 1], [6, 0, 3]]) {
    ids.write(new Uint32Array(values));
    program.run();
    const actual = await y.data();
    const { data } = (await layer.gradients())["weight_ih_l0"]!;
    const expected = layer.step(Tensor.from(device, new Uint32Array(values), [B]))[0];
    assertEquals(actual, await expected.data());
    const used = [...data.keys()].filter((at) => data[at] !== 0).map((at) => at % I);
    assertEquals([...new Set(used)].sort(), [...new Set(values)].sort());
  }
});
