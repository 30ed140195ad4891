/** Pools over time: padding that does not count, programs, gradients that meet, and what is refused. @module */
import { assertEquals } from "@std/assert";
import { GRU, lastState, lastStep, maxPool, meanPool, Tape, Tensor } from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";
import { assertComplains } from "./assert_complains.ts";

const [T, B, F] = [5, 3, 7];
const LENGTHS = [5, 2, 4];
const POOLS = { meanPool, maxPool, lastStep };

/** x as it is, and with another value in all words beyond a row's length. */
function padded(value: number): Float32Array {
  const x = uniformArray(T * B * F, 1);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) if (t >= LENGTHS[b]!) x.fill(value, (t * B + b) * F, (t * B + b + 1) * F);
  }
  return x;
}

for (const [name, pool] of Object.entries(POOLS)) {
  testEach(`${name}() does not depend on padding, forwards or back, in a program too`, async (device) => {
    const dy = Tensor.from(device, uniformArray(B * F, 2), [B, F]);
    const results: Float32Array[][] = [];
    for (const value of [0, 9, NaN]) {
      const x = Tensor.from(device, padded(value), [T, B, F]);
      const tape = new Tape(device);
      const outputs: Tensor[] = [];
      using program = device.record(() => {
        outputs.push(pool(x, tape, { lengths: LENGTHS }), pool(x, tape, { lengths: LENGTHS }));
        tape.backward(outputs, [dy, dy]);
      });
      for (let run = 0; run < 2; run++) {
        program.run();
        results.push([await outputs[0]!.data(), await tape.gradient(x)]);
      }
      assertEquals(await pool(x, undefined, { lengths: LENGTHS }).data(), results[0]![0]);
    }
    for (const result of results) assertEquals(result, results[0]);
    // Each row's gradients add up to those of both outputs, and padding has none.
    const dx = results[0]![1]!;
    for (let b = 0; b < B; b++) {
      const steps = Array.from(
        { length: T },
        (_, t) => [...dx.subarray((t * B + b) * F, (t * B + b + 1) * F)],
      );
      assertEquals(steps.slice(LENGTHS[b]).flat().every((value) => value === 0), true);
      assertEquals(steps.flat().some((value) => value !== 0), true);
    }
  });

  testEach(`${name}() frees what it takes, and refuses what does not fit`, (device) => {
    const x = Tensor.from(device, uniformArray(T * B * F, 1), [T, B, F]);
    const before = usedBytes(device);
    device.scope(() => {
      pool(x);
      const tape = new Tape(device);
      const y = pool(x, tape);
      assertEquals(y.shape, [B, F]);
      assertEquals(pool(x, undefined, { batchFirst: true }).shape, [T, F]);
      assertEquals(pool(x.reshape([T, B * F])).shape, [B * F]);
      tape.backward(y, y);
    });
    assertEquals(usedBytes(device), before);
    const must = "it must be (T, B, F), or (T, F) without a batch";
    assertComplains(
      () => pool(x.reshape([T * B * F])),
      TypeError,
      `Cannot pool an input of shape (105,) over time: ${must}`,
    );
    const each = "there must be 3 of them, each from 1 to 5";
    for (const lengths of [[1, 2], [0, 1, 2], [6, 1, 2], [1.5, 1, 2]]) {
      const message = `Cannot use lengths [${lengths.join(", ")}]: ${each}`;
      assertComplains(() => pool(x, undefined, { lengths }), RangeError, message);
    }
    const message = "Cannot use an input that is not a Tensor: current value is 1";
    assertComplains(() => pool(1 as unknown as Tensor), TypeError, message);
  });
}

testEach("lastStep() of a layer's outputs is the state of its rows' own last steps", async (device) => {
  using gru = new GRU(device, { inputSize: F, hiddenSize: 4, seed: 0 });
  const x = Tensor.from(device, uniformArray(T * B * F, 3), [T, B, F]);
  const [outputs, state] = gru.forward(x, undefined, undefined, { lengths: LENGTHS });
  assertEquals(
    await lastStep(outputs, undefined, { lengths: LENGTHS }).data(),
    await lastState(gru, state).data(),
  );
});
