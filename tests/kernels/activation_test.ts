/** activation on every device. @module */
import { assertEquals } from "@std/assert";
import { ACTIVATION_KINDS } from "../../src/kernels.ts";
import { activation } from "../../src/verify/reference/activation.ts";
import { activationCase } from "../../src/verify/cases/cases.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const [kind, name] of ACTIVATION_KINDS.entries()) {
  testEach(`activation() matches the reference: ${name}`, async (device) => {
    for (const [gradient, accumulate] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
      for (const count of [1, 2, 3, 4, 5, 63, 65, 1023, 1025, 4095, 4097, 9219]) {
        await checkKernel(device, activation, activationCase({ count, kind, gradient, accumulate }));
      }
      for (const largest of [0.01, 1, 10, 100, 1e4]) {
        await checkKernel(device, activation, activationCase({ kind, gradient, accumulate, largest }));
      }
    }
  }, { builds: true });
}

const X = [NaN, Infinity, -Infinity, 0, 1e20, -1e20, -100, 30, 2];
/** PyTorch 2.15's answers, where it does not leave them to whether an element is one of eight or alone. */
const SPECIAL: Record<(typeof ACTIVATION_KINDS)[number], [values: number[], slopes: number[]]> = {
  relu: [[NaN, Infinity, 0, 0, 1e20, 0, 0, 30, 2], [1, 1, 0, 0, 1, 0, 0, 1, 1]],
  tanh: [[NaN, 1, -1, 0, 1, -1, -1, 1, 0.9640276], [NaN, 0, 0, 1, 0, 0, 0, 0, 0.07065082]],
  sigmoid: [[NaN, 1, 0, 0.5, 1, 0, 0, 1, 0.8807971], [NaN, 0, 0, 0.25, 0, 0, 0, 0, 0.10499359]],
  gelu: [[NaN, Infinity, NaN, 0, 1e20, 0, 0, 30, 1.9544997], [NaN, NaN, NaN, 0.5, 1, 0, 0, 1, 1.0852319]],
  gelu_tanh: [
    [NaN, Infinity, NaN, 0, 1e20, 0, 0, 30, 1.9545977],
    [NaN, NaN, NaN, 0.5, NaN, NaN, 0, 1, 1.0860992],
  ],
};

testEach("activation() answers NaN, infinities and large numbers as PyTorch", async (device) => {
  for (const [kind, name] of ACTIVATION_KINDS.entries()) {
    for (const [gradient, expected] of SPECIAL[name].entries()) {
      const given = activationCase({ count: X.length, kind, gradient });
      given.buffers.x.set(X);
      given.buffers.dy.fill(1);
      const { y } = await runCase(device, given);
      const rounded = (numbers: Iterable<number>): string[] =>
        Array.from(numbers, (value) => (value + 0).toPrecision(6));
      assertEquals(rounded(decode("y", y!)), rounded(expected), `${name}, gradient ${gradient}`);
    }
  }
}, { builds: true });

testEach(
  "activation() stops what goes back through relu below 0, a NaN and an infinity too",
  async (device) => {
    const given = activationCase({ count: 4, gradient: 1 });
    given.buffers.x.set([-1, 0, -2, 3]);
    given.buffers.dy.set([NaN, Infinity, 1, NaN]);
    const { y } = await runCase(device, given);
    assertEquals([...decode("y", y!)], [0, 0, 0, NaN]);
  },
  { builds: true },
);

/** The distance from a float32 number to the next. */
const ulp = (value: number): number => 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);

testEach(
  "activation()'s gelu is right to 4 ulp above 0, and to 2 of its factor 1 + erf below",
  async (device) => {
    const given = activationCase({ count: 100_003, kind: ACTIVATION_KINDS.indexOf("gelu"), largest: 6 });
    const { y } = await runCase(device, given);
    const actual = decode("y", y!);
    const expected = given.buffers.y.slice();
    activation({ ...given.buffers, y: expected }, given.params);
    given.buffers.x.forEach((x, i) => {
      const most = x > 0 ? 4 * ulp(expected[i]!) : 2 * 2 ** -23 * Math.abs(x / 2);
      const off = Math.abs(actual[i]! - expected[i]!);
      if (off > most) throw new Error(`gelu(${x}) is ${actual[i]}, not ${expected[i]}`);
    });
  },
  { builds: true },
);
