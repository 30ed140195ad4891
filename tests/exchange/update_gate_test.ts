/** The other sense of a GRU's update gate: turned weights give it. @module */
import { assertEquals } from "@std/assert";
import { GATE_ACTIVATIONS } from "../../src/layers/recurrent/cell.ts";
import { GRU, Tensor } from "../../mod.ts";
import { turnUpdateGate } from "../../src/exchange/update_gate.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";
import { naiveRecurrence } from "../support/naive_recurrence.ts";
import { testEach } from "../support/test_each.ts";

const T = 5;
const B = 2;
const I = 3;
const H = 5;

testEach("a layer of turned weights computes (1 - z) h + z n", async (device) => {
  for (const resetAfter of [false, true]) {
    for (const gateActivation of GATE_ACTIVATIONS) {
      using gru = new GRU(device, { inputSize: I, hiddenSize: H, resetAfter, gateActivation, seed: 1 });
      const dict = Object.fromEntries(
        Object.entries(await gru.stateDict()).map((
          [name, { shape, data }],
        ) => [name, { shape, data: data.map((value) => 2 * value) }]),
      );
      const x = uniformArray(T * B * I, 2);
      const pass = { dict, x, steps: T, batch: B, state: [uniformArray(B * H, 3)], opposite: true };
      const { output } = naiveRecurrence("gru", gru.options, pass);
      gru.loadStateDict(
        Object.fromEntries(Object.entries(dict).map(([name, tensor]) => [name, turnUpdateGate(tensor)])),
      );
      const state = Tensor.from(device, pass.state[0]!, [1, B, H]);
      const [y] = gru.forward(Tensor.from(device, x, [T, B, I]), state);
      assertClose(await y.data(), output, { shape: [T, B, H], tolerance: NAIVE, what: gateActivation });
    }
  }
});

Deno.test("what is turned twice is what it was, bit for bit", () => {
  const tensor = { shape: [9, 2], data: uniformArray(18, 1) };
  assertEquals(turnUpdateGate(turnUpdateGate(tensor)), tensor);
});
