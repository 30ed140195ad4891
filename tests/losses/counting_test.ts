/** What counts in cross-entropy: an ignored target, weights, smoothing, sums; against float64, and as PyTorch where nothing does. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { crossEntropy, type CrossEntropyOptions, type Device, Tape, Tensor } from "../../mod.ts";
import { integerNumbers, uniformArray } from "../../src/verify/cases/arrays.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { TOLERANCES } from "../../src/verify/cases/tolerances.ts";
import { assertSlopes, slopesOf } from "../layers/slopes.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const B = 3;
const T = 5;
const V = 13;
const N = T * B;
const PAD = 0xffffffff;
const VALUES = uniformArray(N * V, 1, -4, 4);
const TARGETS = Uint32Array.from(integerNumbers(N, 7, V)).fill(PAD, 4, 7).fill(3, 9, 11);
const WEIGHTS = uniformArray(V, 2, 0, 3).fill(0, 5, 6);
const tolerance = TOLERANCES.softmax_cross_entropy(V) + TOLERANCES.sum_rows(N);

const logitsOf = (device: Device, values: ArrayLike<number> = VALUES): Tensor =>
  Tensor.from(device, Float32Array.from(values), [N, V]);

/** The loss in float64, of rows against targets in the same order. */
function reference(
  values: ArrayLike<number>,
  targets: ArrayLike<number>,
  { ignoreIndex, weight, labelSmoothing = 0, reduction = "mean" }: CrossEntropyOptions,
): number {
  const w = (v: number): number => weight ? Math.fround(weight[v]!) : 1;
  let sum = 0;
  let counted = 0;
  for (let row = 0; row < N; row++) {
    const target = targets[row]!;
    if (target === ignoreIndex) continue;
    const logits = Array.from({ length: V }, (_, v) => values[row * V + v]!);
    const top = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    sum += (1 - labelSmoothing) * w(target) * (top - logits[target]!);
    for (const [v, logit] of logits.entries()) sum += labelSmoothing / V * w(v) * (top - logit);
    counted += w(target);
  }
  return reduction === "mean" ? sum / counted : sum;
}

const OPTIONS: CrossEntropyOptions[] = [
  { ignoreIndex: PAD },
  { ignoreIndex: PAD, weight: WEIGHTS },
  { ignoreIndex: PAD, weight: [...WEIGHTS], labelSmoothing: 0.1 },
  { ignoreIndex: PAD, labelSmoothing: 1 },
];

for (const options of OPTIONS) {
  const name = Object.keys(options).join(", ");
  for (const reduction of ["mean", "sum"] as const) {
    testEach(
      `crossEntropy() with ${name}, ${reduction}: its value, and slopes of its gradient`,
      async (device) => {
        const all = { ...options, reduction };
        const timeMajor = Uint32Array.from(TARGETS, (_, n) => TARGETS[(n % B) * T + Math.floor(n / B)]!);
        for (const shape of [[N], [B, T]]) {
          const rows = shape.length === 1 ? TARGETS : timeMajor;
          const targets = Tensor.from(device, TARGETS, shape);
          const expected = [reference(VALUES, rows, all)];
          const close = { shape: [1], tolerance, what: `targets ${shape}` };
          assertClose(await crossEntropy(logitsOf(device), targets, undefined, all).data(), expected, close);
          for (const inPlace of [false, true]) {
            for (const upstream of [1, 2.5]) {
              using tape = new Tape(device);
              const logits = logitsOf(device);
              const loss = crossEntropy(logits, targets, tape, { ...all, inPlace });
              assertClose(await loss.data(), expected, close);
              tape.backward(loss, Tensor.from(device, [upstream], [1]));
              const slopes = slopesOf(({ x }) => upstream * reference(x!, rows, all), { x: VALUES });
              const gradient = await tape.gradient(logits);
              assertSlopes({ x: gradient }, slopes);
              const ignored = rows.indexOf(PAD);
              assertEquals(gradient.slice(ignored * V, (ignored + 1) * V), new Float32Array(V));
            }
          }
        }
      },
    );
  }
}

testEach("crossEntropy() of the last rows alone is that of all with the others ignored", async (device) => {
  const padded = Uint32Array.from(TARGETS, (target) => target % V).fill(PAD, 7);
  const first = crossEntropy(
    Tensor.from(device, VALUES.slice(0, 7 * V), [7, V]),
    Tensor.from(device, padded.slice(0, 7), [7]),
  );
  const all = crossEntropy(logitsOf(device), Tensor.from(device, padded, [N]), undefined, {
    ignoreIndex: PAD,
  });
  assertClose(await all.data(), await first.data(), { shape: [1], tolerance, what: "loss" });
});

/** What is left where nothing counts: PyTorch 2.15's loss, and whether its gradients are NaN or 0. */
const NOTHING: readonly [options: CrossEntropyOptions, loss: number, gradient: number][] = [
  [{ ignoreIndex: 2 }, NaN, 0],
  [{ ignoreIndex: 2, labelSmoothing: 0.1 }, NaN, 0],
  [{ ignoreIndex: 2, reduction: "sum" }, 0, 0],
  [{ weight: [1, 1, 0, 1] }, NaN, NaN],
  [{ weight: [1, 1, 0, 1], labelSmoothing: 0.1 }, NaN, NaN],
  [{ weight: [1, 1, 0, 1], reduction: "sum" }, 0, 0],
  [{ weight: [1, 1, 0, 1], ignoreIndex: 2 }, NaN, 0],
];

testEach("crossEntropy() of targets that are all ignored, or weigh nothing, is PyTorch's", async (device) => {
  for (const [options, loss, gradient] of NOTHING) {
    using tape = new Tape(device);
    const logits = Tensor.from(device, uniformArray(12, 1), [3, 4]);
    const targets = Tensor.from(device, new Uint32Array([2, 2, 2]), [3]);
    const actual = crossEntropy(logits, targets, tape, options);
    tape.backward(actual);
    const what = JSON.stringify(options);
    assertEquals([...await actual.data()], [loss], what);
    assertEquals(
      [...await tape.gradient(logits)].map((value) => value + 0),
      new Array(12).fill(gradient),
      what,
    );
    assertEquals([...await crossEntropy(logits, targets, undefined, options).data()], [loss], what);
  }
});

testEach("a recorded crossEntropy() counts the targets that are written for each run", async (device) => {
  const options = { ignoreIndex: PAD, weight: WEIGHTS, labelSmoothing: 0.1 };
  using targets = Tensor.from(device, new Uint32Array(N), [N]);
  const logits = logitsOf(device);
  let loss: Tensor | undefined;
  using program = device.record(() => {
    loss = crossEntropy(logits, targets, new Tape(device), options);
  });
  for (
    const words of [TARGETS, new Uint32Array(N).fill(1, 0, 3).fill(PAD, 3), new Uint32Array(N).fill(PAD)]
  ) {
    targets.write(words);
    program.run();
    const actual = await loss!.data();
    const expected = reference(VALUES, words, options);
    if (Number.isNaN(expected)) assert(Number.isNaN(actual[0]));
    else assertClose(actual, [expected], { shape: [1], tolerance, what: `targets ${words}` });
  }
  const message =
    `Cannot use ids as the id at index 2 must be below 13, or ${PAD} to be ignored: current value is 13`;
  assertThrows(() => targets.write(new Uint32Array(N).fill(13, 2)), RangeError, message);
});

testEach("crossEntropy() that counts gives all memory back", async (device) => {
  const logits = logitsOf(device);
  const targets = Tensor.from(device, TARGETS, [N]);
  const step = (options: CrossEntropyOptions): void => {
    const tape = new Tape(device);
    const loss = crossEntropy(logits, targets, tape, options);
    tape.backward(loss);
    loss[Symbol.dispose]();
    tape[Symbol.dispose]();
    crossEntropy(logits, targets, undefined, options)[Symbol.dispose]();
  };
  const options = { ignoreIndex: PAD, weight: WEIGHTS, labelSmoothing: 0.1 };
  step(options); // the norm stays with the targets
  const before = await usedBytes(device);
  for (const reduction of ["mean", "sum"] as const) step({ ...options, reduction });
  assertEquals(await usedBytes(device), before);
});

testEach("crossEntropy() refuses what does not count", (device) => {
  const logits = logitsOf(device);
  const of = (options: object) => (): Tensor =>
    crossEntropy(logits, Tensor.from(device, TARGETS, [N]), undefined, { ignoreIndex: PAD, ...options });
  const is = "Cannot compute a loss as";
  assertThrows(of({ weight: [1, 2] }), TypeError, `${is} weight must have V = 13 numbers: it has 2`);
  assertThrows(of({ weight: 3 }), TypeError, `${is} weight must be a Float32Array or an array of V numbers`);
  const negative = new Float32Array(V).fill(-1);
  assertThrows(
    of({ weight: negative }),
    RangeError,
    `${is} each of weight must be a float32 number, at least 0`,
  );
  for (const labelSmoothing of [-0.1, 1.5, NaN]) {
    assertThrows(
      of({ labelSmoothing }),
      RangeError,
      `${is} labelSmoothing must be a float32 number from 0 to 1`,
    );
  }
  for (const ignoreIndex of [-100, 1.5, 2 ** 32]) {
    const sentence = `${is} ignoreIndex must be a whole number from 0 to 4294967295: current value is`;
    assertThrows(of({ ignoreIndex }), RangeError, sentence);
  }
  assertThrows(of({ reduction: "none" }), RangeError, 'Cannot compute a loss with reduction "none"');
  assertThrows(
    of({ ignoreIndex: 3 }),
    RangeError,
    `must be below 13, or 3 to be ignored: current value is ${PAD}`,
  );
});
