/** lastState(): what it takes from a state, the way back into the layer, and what is refused. @module */
import { assertEquals } from "@std/assert";
import { GRU, lastState, LSTM, type State, Tape, Tensor } from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { tensorsOf } from "../../src/layers/recurrent/arguments.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";
import { assertComplains } from "./assert_complains.ts";

const [T, B, I, H] = [5, 3, 2, 7];

for (const kind of KINDS) {
  for (const bidirectional of [false, true]) {
    testEach(`lastState() of ${kind}, bidirectional ${bidirectional}: forwards and back`, async (device) => {
      const options = { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional, seed: 1 };
      using layer = makeLayer(device, kind, options);
      const D = bidirectional ? 2 : 1;
      const x = Tensor.from(device, uniformArray(T * B * I, 2), [T, B, I]);
      const dy = uniformArray(B * D * H, 3);
      const lengths = [5, 2, 4];
      using tape = new Tape(device);
      const [, state] = layer.forward(x, undefined, tape, { lengths });
      const y = lastState(layer, state, tape);
      assertEquals(y.shape, [B, D * H]);
      const h = await tensorsOf(state)[0]!.data();
      // h_n (L·D, B, R): the entries of the last layer come last.
      const place = (b: number, d: number, i: number): number => (((2 - 1) * D + d) * B + b) * H + i;
      const values = await y.data();
      const dh = new Float32Array(h.length);
      for (let b = 0; b < B; b++) {
        for (let d = 0; d < D; d++) {
          for (let i = 0; i < H; i++) {
            const at = (b * D + d) * H + i;
            assertEquals(values[at], h[place(b, d, i)], `row ${b}, direction ${d}, unit ${i}`);
            dh[place(b, d, i)] = dy[at]!;
          }
        }
      }
      tape.backward(y, Tensor.from(device, dy, y.shape));
      // The same gradient given to the state itself, on another tape.
      using other = new Tape(device);
      const [, again] = layer.forward(x, undefined, other, { lengths });
      const [own] = tensorsOf(again);
      other.backward(own!, Tensor.from(device, dh, own!.shape));
      assertEquals(await tape.gradient(x), await other.gradient(x));
    });
  }
}

testEach("lastState() in a program that runs twice, of a state that is used twice", async (device) => {
  using gru = new GRU(device, { inputSize: I, hiddenSize: H, seed: 1 });
  const h = Tensor.from(device, uniformArray(B * H, 2), [1, B, H]);
  const upstream = Tensor.from(device, uniformArray(B * H, 3), [B, H]);
  const tape = new Tape(device);
  using program = device.record(() => {
    const [y, z] = [lastState(gru, h, tape), lastState(gru, h, tape)];
    tape.backward([y, z], [upstream, upstream]);
  });
  for (let run = 0; run < 2; run++) {
    program.run();
    assertEquals(await tape.gradient(h), (await upstream.data()).map((value) => 2 * value));
  }
});

testEach("lastState() without a batch, and of what is no state of the layer", (device) => {
  using lstm = new LSTM(device, { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional: true, seed: 0 });
  const [, state] = lstm.forward(Tensor.from(device, new Float32Array(T * I), [T, I]));
  assertEquals(lastState(lstm, state).shape, [2 * H]);
  const refused = (state: unknown, message: string): void =>
    assertComplains(() => lastState(lstm, state as State), TypeError, message);
  const of = (...shape: number[]): Tensor =>
    Tensor.from(device, new Float32Array(shape.reduce((product, size) => product * size)), shape);
  const must = "h must be (4, B, 7)";
  const layer = "LSTM(2, 7, numLayers: 2, bidirectional: true)";
  refused(of(2, B, H), `Cannot use a state of shape (2, 3, 7) as that of ${layer}: ${must}`);
  refused(of(4, B, 5), `Cannot use a state of shape (4, 3, 5) as that of ${layer}: ${must}`);
  refused(undefined, "Cannot use a state that is not a Tensor: current value is undefined");
  const call = lastState as unknown as (state: State) => Tensor;
  const written = "Cannot use Array as a recurrent layer: the call is written lastState(layer, state, tape)";
  assertComplains(() => call(state), TypeError, written);
});
