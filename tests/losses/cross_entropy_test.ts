/** Cross-entropy against float64: value, gradient, and what becomes of the logits. @module */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crossEntropy, Dense, type Device, perplexity, Tape, Tensor } from "../../mod.ts";
import { integerNumbers, uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";

const B = 3;
const T = 5;
const V = 13;
const N = T * B;
const targetIds = Uint32Array.from(integerNumbers(N, 7, V));
const logitsOf = (device: Device, values: ArrayLike<number>): Tensor =>
  Tensor.from(device, Float32Array.from(values), [N, V]);
const targetsOf = (device: Device): Tensor<"u32"> => Tensor.from(device, targetIds, [B, T]);
const tolerance = TOLERANCES.softmax_cross_entropy(V) + TOLERANCES.sum_rows(N);

/** The mean loss, and its gradient, in float64: row t * B + b against target (b, t). */
function reference(values: ArrayLike<number>): { loss: number; gradient: number[] } {
  const gradient: number[] = [];
  let loss = 0;
  for (let row = 0; row < N; row++) {
    const logits = Array.from({ length: V }, (_, v) => values[row * V + v]!);
    const target = targetIds[(row % B) * T + Math.floor(row / B)]!;
    const largest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    loss += (Math.log(total) + largest - logits[target]!) / N;
    logits.forEach((logit, v) =>
      gradient.push((Math.exp(logit - largest) / total - (v === target ? 1 : 0)) / N)
    );
  }
  return { loss, gradient };
}

const VALUES = uniformArray(N * V, 1, -4, 4);

testEach("crossEntropy() gives the mean over all rows, with a tape and without", async (device) => {
  const expected = [reference(VALUES).loss];
  const close = { shape: [1], tolerance, what: "loss" };
  using tape = new Tape(device);
  const without = crossEntropy(logitsOf(device, VALUES), targetsOf(device));
  assertEquals(without.shape, [1]);
  assertClose(await without.data(), expected, close);
  assertEquals(
    await crossEntropy(logitsOf(device, VALUES), targetsOf(device), tape).data(),
    await without.data(),
  );
});

for (const inPlace of [false, true]) {
  testEach(`crossEntropy()'s gradient, for any upstream gradient: inPlace ${inPlace}`, async (device) => {
    const { gradient } = reference(VALUES);
    for (const upstream of [undefined, 1, 2.5, 0]) {
      using tape = new Tape(device);
      const logits = logitsOf(device, VALUES);
      const loss = crossEntropy(logits, targetsOf(device), tape, { inPlace });
      if (upstream === undefined) tape.backward(loss);
      else tape.backward(loss, Tensor.from(device, [upstream], [1]));
      const actual = await tape.gradient(logits);
      const expected = gradient.map((value) => value * (upstream ?? 1));
      assertClose(actual, expected, { shape: [N, V], tolerance, what: `upstream ${upstream}` });
      const after = await logits.data();
      if (inPlace) assertClose(after, gradient, { shape: [N, V], tolerance, what: "logits after" });
      else assertEquals(after, VALUES);
    }
  });
}

testEach("crossEntropy() in place without a tape leaves the logits alone", async (device) => {
  const logits = logitsOf(device, VALUES);
  crossEntropy(logits, targetsOf(device), undefined, { inPlace: true });
  assertEquals(await logits.data(), VALUES);
});

testEach("logits used twice get both gradients", async (device) => {
  using tape = new Tape(device);
  const logits = logitsOf(device, VALUES);
  const losses = [0, 1].map(() => crossEntropy(logits, targetsOf(device), tape));
  tape.backward(losses, [2, 3].map((value) => Tensor.from(device, [value], [1])));
  const expected = reference(VALUES).gradient.map((value) => 5 * value);
  assertClose(await tape.gradient(logits), expected, { shape: [N, V], tolerance, what: "2 + 3 times" });
});

testEach("a loss goes through the layer below, in place or not", async (device) => {
  using dense = new Dense(device, { inputSize: 7, outputSize: V, seed: 2 });
  const values = uniformArray(N * 7, 3);
  const gradients: Float32Array[][] = [];
  for (const inPlace of [false, true]) {
    for (const { gradient } of dense.parameters()) device.clear(gradient);
    using tape = new Tape(device);
    const x = Tensor.from(device, values, [N, 7]);
    tape.backward(crossEntropy(dense.forward(x, tape), targetsOf(device), tape, { inPlace }));
    const { weight, bias } = await dense.gradients();
    gradients.push([weight!.data, bias!.data, await tape.gradient(x)]);
  }
  assertEquals(gradients[1], gradients[0]);
});

testEach("huge logits give no NaN", async (device) => {
  for (const size of [1e2, 1e4, 1e30]) {
    const values = VALUES.map((value) => value * size);
    const { loss, gradient } = reference(values);
    using tape = new Tape(device);
    const logits = logitsOf(device, values);
    const actual = crossEntropy(logits, targetsOf(device), tape);
    tape.backward(actual);
    assertClose(await actual.data(), [loss], { shape: [1], tolerance, what: `loss at ${size}` });
    // A logit of 400 is known to 2 ** -16 only, and so are its probabilities.
    const close = { shape: [N, V], tolerance: tolerance + 4 * size * 2 ** -24, what: `gradient at ${size}` };
    assertClose(await tape.gradient(logits), gradient, close);
  }
  const flat = crossEntropy(logitsOf(device, new Float32Array(N * V).fill(-3e38)), targetsOf(device));
  assertAlmostEquals((await flat.data())[0]!, Math.log(V), 1e-5);
});

Deno.test("perplexity() is e to the loss", () => {
  assertEquals(perplexity(0), 1);
  assertAlmostEquals(perplexity(Math.log(42)), 42, 1e-12);
});

testEach("logits as a layer gives them have targets of their shape, in any order of axes", async (device) => {
  const flat = Array.from({ length: N }, (_, row) => targetIds[(row % B) * T + Math.floor(row / B)]!);
  const { loss, gradient } = reference(VALUES);
  for (const shape of [[T, B], [B, T], [1, T, B]]) { // the names of the axes are the caller's
    const logits = Tensor.from(device, Float32Array.from(VALUES), [...shape, V]);
    using tape = new Tape(device);
    const mean = crossEntropy(logits, Tensor.from(device, Uint32Array.from(flat), shape), tape);
    tape.backward(mean);
    assertClose(await mean.data(), [loss], { shape: [1], tolerance, what: "loss" });
    assertClose(await tape.gradient(logits), gradient, { shape: [N, V], tolerance, what: "gradient" });
  }
});

testEach("targets whose shape tells of another order are refused", (device) => {
  const logits = (shape: number[]): Tensor => Tensor.from(device, new Float32Array(N * V), [...shape, V]);
  for (
    const [given, targets] of [[[T, B], [B, T]], [[B, T], [T, B]], [[T, B], [N]], [[N], [1, B, T]]] as const
  ) {
    assertThrows(
      () => crossEntropy(logits([...given]), Tensor.from(device, new Uint32Array(N), targets)),
      TypeError,
      "they must be (…, V) and (…), or (T*B, V) and (B, T)",
    );
  }
});
