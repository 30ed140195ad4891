/** A state that stays on the device from run to run, against one that is given and taken. @module */
import { assertEquals } from "@std/assert";
import { GRU } from "../../src/layers/gru.ts";
import { LSTM } from "../../src/layers/lstm.ts";
import type { Recurrent } from "../../src/layers/recurrent.ts";
import type { State } from "../../src/layers/recurrent/arguments.ts";
import type { Carried } from "../../src/layers/recurrent/carried.ts";
import { RNN } from "../../src/layers/rnn.ts";
import { Tape } from "../../src/tensors/tape.ts";
import { Tensor } from "../../src/tensors/tensor.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";

const T = 5;
const B = 3;
const I = 7;
const H = 11;
const RUNS = 3;
const LAYERS: Record<string, typeof RNN | typeof GRU | typeof LSTM> = { RNN, GRU, LSTM };

for (const [name, Layer] of Object.entries(LAYERS)) {
  const normed = { numLayers: 2, layerNorm: true };
  const projected = [{ projSize: 2 }, { projSize: 2, layerNorm: true }];
  for (const options of [{}, { numLayers: 2 }, normed, ...(name === "LSTM" ? projected : [])]) {
    testEach(
      `a recorded ${name} carries its state from run to run: ${JSON.stringify(options)}`,
      async (device) => {
        using layer: Recurrent = new Layer(device, { inputSize: I, hiddenSize: H, seed: 0, ...options });
        using tape = new Tape(device);
        const carried: Carried[] = [];
        let x!: Tensor;
        let y!: Tensor;
        using program = device.record(() => {
          x = Tensor.from(device, new Float32Array(T * B * I), [T, B, I]);
          y = layer.outputs(x, tape, carried);
        });
        for (const start of ["zeros", "zeros again"]) {
          let state: State | undefined;
          for (let run = 0; run < RUNS; run++) {
            const values = uniformArray(T * B * I, run + 1);
            device.write(x.block, values);
            program.run();
            const [expected, final] = layer.forward(Tensor.from(device, values, [T, B, I]), state);
            assertEquals(await y.data(), await expected.data(), `run ${run} from ${start}`);
            state = final;
          }
          for (const one of carried) one.clear();
        }
      },
    );
  }
}

testEach("without a place for the state every run begins with zeros", async (device) => {
  using layer = new LSTM(device, { inputSize: I, hiddenSize: H, seed: 0 });
  const x = Tensor.from(device, uniformArray(T * B * I, 1), [T, B, I]);
  let y!: Tensor;
  using program = device.record(() => {
    y = layer.outputs(x);
  });
  const [expected] = layer.forward(x);
  for (let run = 0; run < 2; run++) {
    program.run();
    assertEquals(await y.data(), await expected.data(), `run ${run}`);
  }
});
