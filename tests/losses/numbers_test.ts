/** Losses of numbers: shapes, reductions, gradients from any upstream one, memory, and what they refuse. @module */
import { assertEquals, assertThrows } from "@std/assert";
import {
  binaryCrossEntropyWithLogits,
  Dense,
  type Device,
  huber,
  meanSquaredError,
  Tape,
  Tensor,
} from "../../mod.ts";
import { uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { assertSlopes, slopesOf } from "../layers/slopes.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

type Loss = (x: Tensor, targets: Tensor, tape?: Tape, options?: { reduction?: "mean" | "sum" }) => Tensor;

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** Each loss with its element in float64, a number x against a target y. */
const LOSSES: Record<string, { loss: Loss; element: (x: number, y: number) => number }> = {
  meanSquaredError: { loss: meanSquaredError, element: (x, y) => (x - y) ** 2 },
  huber: {
    loss: huber,
    element: (x, y) => Math.abs(x - y) < 1 ? (x - y) ** 2 / 2 : Math.abs(x - y) - 0.5,
  },
  binaryCrossEntropyWithLogits: {
    loss: binaryCrossEntropyWithLogits,
    element: (x, y) => (1 - y) * softplus(x) + y * softplus(-x),
  },
};
const SHAPES = [[1], [7], [3, 5], [5, 3, 7], [2, 1031, 3]];
const tolerance = TOLERANCES.pointwise_loss;
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b);
const numbers = (device: Device, shape: readonly number[], seed: number): Tensor =>
  Tensor.from(device, uniformArray(sizeOf(shape), seed, seed === 1 ? -3 : 0, seed === 1 ? 3 : 1), shape);

for (const [name, { loss, element }] of Object.entries(LOSSES)) {
  const sumOf = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, value, i) => sum + element(value, y[i]!), 0);

  testEach(`${name}() of any shape, its mean and its sum, with a tape and without`, async (device) => {
    for (const shape of SHAPES) {
      const x = numbers(device, shape, 1);
      const y = numbers(device, shape, 2);
      const sum = sumOf(await x.data(), await y.data());
      for (const reduction of ["mean", "sum"] as const) {
        using tape = new Tape(device);
        const actual = loss(x, y, undefined, { reduction });
        assertEquals(actual.shape, [1]);
        const expected = reduction === "mean" ? sum / x.size : sum;
        assertClose(await actual.data(), [expected], { shape: [1], tolerance, what: `${name} of ${shape}` });
        assertEquals(await loss(x, y, tape, { reduction }).data(), await actual.data());
      }
      assertEquals(await loss(x, y).data(), await loss(x, y, undefined, { reduction: "mean" }).data());
    }
  });

  testEach(`${name}()'s gradient has the slope of the loss, for any upstream gradient`, async (device) => {
    const shape = [5, 3, 7];
    const [x, y] = [numbers(device, shape, 1), numbers(device, shape, 2)];
    const targets = await y.data();
    for (const reduction of ["mean", "sum"] as const) {
      for (const upstream of [undefined, 2.5, 0]) {
        const scale = (upstream ?? 1) / (reduction === "mean" ? x.size : 1);
        const slopes = slopesOf(({ x }) => scale * sumOf(x!, targets), { x: await x.data() });
        using tape = new Tape(device);
        const actual = loss(x, y, tape, { reduction });
        if (upstream === undefined) tape.backward(actual);
        else tape.backward(actual, Tensor.from(device, [upstream], [1]));
        assertSlopes({ x: await tape.gradient(x) }, slopes);
        assertEquals(await tape.gradient(y), new Float32Array(y.size));
      }
    }
  });

  testEach(
    `${name}() goes through the layer below, and adds to another loss of the same numbers`,
    async (device) => {
      using dense = new Dense(device, { inputSize: 7, outputSize: 3, seed: 2 });
      const x = Tensor.from(device, uniformArray(35, 3), [5, 7]);
      const y = numbers(device, [5, 3], 2);
      const gradients: Float32Array[] = [];
      for (const count of [1, 2]) {
        for (const { gradient } of dense.parameters()) device.clear(gradient);
        using tape = new Tape(device);
        const predictions = dense.forward(x, tape);
        const losses = Array.from({ length: count }, () => loss(predictions, y, tape));
        tape.backward(losses, losses.map(() => Tensor.from(device, [1], [1])));
        gradients.push((await dense.gradients())["weight"]!.data);
      }
      const twice = gradients[0]!.map((value) => 2 * value);
      assertClose(gradients[1]!, twice, { shape: [3, 7], tolerance, what: "of two losses" });
    },
  );

  testEach(`${name}() gives all memory back, and a program the same loss as eager calls`, async (device) => {
    const [x, y] = [numbers(device, [5, 3], 1), numbers(device, [5, 3], 2)];
    const expected = await loss(x, y).data();
    const before = await usedBytes(device);
    for (let i = 0; i < 2; i++) {
      const tape = new Tape(device);
      const tensor = loss(x, y, tape);
      tape.backward(tensor);
      tensor[Symbol.dispose]();
      loss(x, y)[Symbol.dispose]();
      tape[Symbol.dispose]();
    }
    assertEquals(await usedBytes(device), before);
    let recorded: Tensor | undefined;
    using program = device.record(() => {
      recorded = loss(x, y, new Tape(device));
    });
    program.run();
    assertEquals(await recorded!.data(), expected);
    x.write(await y.data());
    program.run();
    assertEquals(await recorded!.data(), await loss(y, y).data());
  });

  testEach(`${name}() refuses shapes that differ, ids, and reductions that it does not know`, (device) => {
    const word = name.startsWith("binary") ? "logits" : "predictions";
    const x = numbers(device, [5, 3], 1);
    assertThrows(
      () => loss(x, numbers(device, [3, 5], 2)),
      TypeError,
      `Cannot compare ${word} of shape (5, 3) with targets of shape (3, 5): they must be the same`,
    );
    assertThrows(() => loss(x, numbers(device, [5], 2)), TypeError, "with targets of shape (5,)");
    const ids = Tensor.from(device, new Uint32Array(15), [5, 3]) as unknown as Tensor;
    assertThrows(() => loss(x, ids), TypeError, "Cannot use targets of type u32: it must have the type f32");
    assertThrows(() => loss(ids, x), TypeError, `Cannot use ${word} of type u32`);
    const nothing = undefined as unknown as Tensor;
    assertThrows(() => loss(nothing, x), TypeError, `Cannot use ${word} that is not a Tensor`);
    assertThrows(() => loss(x, nothing), TypeError, "Cannot use targets that is not a Tensor");
    const reduce = (reduction: unknown) => (): Tensor =>
      loss(x, x, undefined, { reduction: reduction as "mean" });
    assertThrows(
      reduce("none"),
      RangeError,
      'Cannot compute a loss with reduction "none" as a tape goes backwards from one number: "mean" and "sum" give one',
    );
    assertThrows(
      reduce("avg"),
      RangeError,
      'Cannot compute a loss as reduction must be "mean" or "sum": current value is "avg"',
    );
  });
}

testEach("huber() refuses a delta that is not positive", (device) => {
  const x = numbers(device, [3], 1);
  for (const delta of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => huber(x, x, undefined, { delta }),
      RangeError,
      "Cannot compute a loss as delta must be a float32 number, above 0: current value is",
    );
  }
});

testEach(
  "binaryCrossEntropyWithLogits() weighs positive targets, each of the last size by itself",
  async (device) => {
    const [x, y] = [numbers(device, [5, 3], 1), numbers(device, [5, 3], 2)];
    const [values, targets] = [await x.data(), await y.data()];
    const weights = [0, 2.5, 7];
    const expected = (weight: (i: number) => number): number =>
      values.reduce(
        (sum, value, i) =>
          sum + ((1 - targets[i]!) * softplus(value) + weight(i) * targets[i]! * softplus(-value)) / 15,
        0,
      );
    const close = { shape: [1], tolerance, what: "loss" };
    const of = (posWeight: number | number[] | Float32Array): Promise<Float32Array> =>
      binaryCrossEntropyWithLogits(x, y, undefined, { posWeight }).data();
    assertClose(await of(weights), [expected((i) => weights[i % 3]!)], close);
    assertClose(await of(Float32Array.from(weights)), [expected((i) => weights[i % 3]!)], close);
    assertClose(await of(4), [expected(() => 4)], close);
    assertClose(await of([4, 4, 4]), [expected(() => 4)], close);
  },
);

testEach("binaryCrossEntropyWithLogits() refuses weights that are not as many, or negative", (device) => {
  const x = numbers(device, [5, 3], 1);
  const of = (posWeight: unknown) => (): Tensor =>
    binaryCrossEntropyWithLogits(x, x, undefined, { posWeight: posWeight as number });
  assertThrows(of([1, 2]), TypeError, "Cannot compute a loss as posWeight must have C = 3 numbers: it has 2");
  assertThrows(of("3"), TypeError, "Cannot compute a loss as posWeight must be a Float32Array or an array");
  for (const wrong of [-1, [1, -1, 2], NaN, [1, "2", 3]]) {
    const message =
      "Cannot compute a loss as each of posWeight must be a float32 number, at least 0: current value is";
    assertThrows(of(wrong), RangeError, message);
  }
});

testEach("binaryCrossEntropyWithLogits() of a sure answer is small and not 0", async (device) => {
  for (const [logit, target] of [[-20, 0], [20, 1]] as const) {
    const x = Tensor.from(device, [logit], [1]);
    const actual = await binaryCrossEntropyWithLogits(x, Tensor.from(device, [target], [1])).data();
    assertClose(actual, [Math.log1p(Math.exp(-20))], { shape: [1], tolerance: 1e-6, what: "loss" });
  }
});
