/** relu, tanh, sigmoid and gelu: gradients that meet, programs, what is refused, and a network that learns. @module */
import { assertEquals } from "@std/assert";
import { crossEntropy, Dense, type Device, gelu, GRU, relu, sigmoid, tanh, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { assertDescends } from "../support/descend.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

const ALL = { relu, tanh, sigmoid, gelu };
const SHAPE = [3, 5, 7];
const COUNT = 105;
const input = (device: Device): Tensor => Tensor.from(device, uniformArray(COUNT, 1, -3, 3), SHAPE);

for (const [name, apply] of Object.entries(ALL)) {
  testEach(
    `${name}() of a tensor that is used twice: both gradients meet, in a program too`,
    async (device) => {
      const upstream = Tensor.from(device, uniformArray(COUNT, 2), SHAPE);
      const x = input(device);
      using tape = new Tape(device);
      const y = apply(x, tape);
      assertEquals(y.shape, SHAPE);
      assertEquals(await apply(x).data(), await y.data());
      tape.backward(y, upstream);
      const once = await tape.gradient(x);
      const doubled = once.map((value) => 2 * value);
      using twice = new Tape(device);
      using program = device.record(() =>
        twice.backward([apply(x, twice), apply(x, twice)], [upstream, upstream])
      );
      for (let run = 0; run < 2; run++) {
        program.run();
        const close = { shape: SHAPE, tolerance: TOLERANCES.elementwise, what: `run ${run}` };
        assertClose(await twice.gradient(x), doubled, close);
      }
    },
  );

  testEach(`${name}() frees what it takes, and refuses what is no input`, (device) => {
    const x = input(device);
    const before = usedBytes(device);
    device.scope(() => {
      const tape = new Tape(device);
      const y = apply(x, tape);
      tape.backward(y, y);
    });
    assertEquals(usedBytes(device), before);
    const given = 3 as unknown as Tensor;
    const message = "Cannot use an input that is not a Tensor: current value is 3";
    assertComplains(() => apply(given), TypeError, message);
    const ids = Tensor.from(device, new Uint32Array(4), [4]) as unknown as Tensor;
    assertComplains(
      () => apply(ids),
      TypeError,
      "Cannot use an input of type u32: it must have the type f32",
    );
    if (apply !== gelu) return;
    assertComplains(
      () => gelu(x, undefined, { approximate: "erf" as "none" }),
      RangeError,
      'Cannot apply gelu as approximate must be "none" or "tanh": current value is "erf"',
    );
  });
}

testEach("GRU, Dense, relu, Dense learns which of two halves of a sequence is louder", async (device) => {
  const [T, B, I] = [5, 16, 3];
  using gru = new GRU(device, { inputSize: I, hiddenSize: 8, seed: 1 });
  using hidden = new Dense(device, { inputSize: 8, outputSize: 8, seed: 2 });
  using last = new Dense(device, { inputSize: 8, outputSize: 2, seed: 3 });
  const values = uniformArray(T * B * I, 4);
  using x = Tensor.from(device, values, [T, B, I]);
  const louder = Array.from({ length: B }, (_, b) => {
    let sum = 0;
    for (let t = 0; t < T; t++) for (let i = 0; i < I; i++) sum += values[(t * B + b) * I + i]!;
    return sum > 0 ? 1 : 0;
  });
  using targets = Tensor.from(device, Uint32Array.from(louder), [B, 1]);
  const lossOf = (tape: Tape): Tensor => {
    const [, h] = gru.forward(x, undefined, tape);
    const logits = last.forward(relu(hidden.forward(h.reshape([B, 8]), tape), tape), tape);
    return crossEntropy(logits, targets, tape);
  };
  const parameters = [gru, hidden, last].flatMap((layer) => layer.parameters());
  await assertDescends(device, parameters, { learningRate: 0.02, lossOf });
});
