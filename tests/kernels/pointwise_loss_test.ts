/** pointwise_loss on every device. @module */
import { assert, assertEquals } from "@std/assert";
import { CHUNK } from "../../src/kernels.ts";
import { HUBER, LOGISTIC, SQUARED } from "../../src/kernels/numbers.ts";
import { pointwise_loss } from "../../src/verify/reference/pointwise_loss.ts";
import { ACTIVATION } from "../../src/verify/cases/tolerances.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { pointwiseLossCase } from "../../src/verify/cases/losses.ts";
import { testEach } from "../support/test_each.ts";

const KINDS = { squared: SQUARED, huber: HUBER, logistic: LOGISTIC };

for (const [name, kind] of Object.entries(KINDS)) {
  testEach(`pointwise_loss() matches the reference: ${name}`, async (device) => {
    for (const gradient of [0, 1]) {
      for (const count of [1, 2, 3, 4, 5, 63, 64, 65, 255, 257, 1027]) {
        await checkKernel(device, pointwise_loss, pointwiseLossCase({ kind, count, gradient }));
      }
      for (const count of [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1027]) {
        await checkKernel(device, pointwise_loss, pointwiseLossCase({ kind, count, gradient, scale: 0.7 }));
      }
    }
    for (const largest of [1e-3, 30, 1e4]) {
      await checkKernel(device, pointwise_loss, pointwiseLossCase({ kind, largest, delta: 0.3 }));
    }
  }, { builds: true });
}

testEach("pointwise_loss() repeats the weights of columns: logistic", async (device) => {
  for (const columns of [1, 2, 3, 4, 5, 7, 64]) {
    const given = pointwiseLossCase({ kind: LOGISTIC, columns, count: CHUNK + 13 * columns });
    await checkKernel(device, pointwise_loss, given);
  }
}, { builds: true });

testEach("pointwise_loss() of one element keeps its relative accuracy: logistic", async (device) => {
  for (let x = -80; x <= 80; x += 0.37) {
    for (const goal of [0, 1]) {
      const given = pointwiseLossCase({ kind: LOGISTIC, count: 1, scale: 1 });
      given.buffers.x[0] = Math.fround(x);
      given.buffers.goals[0] = goal;
      await checkKernel(device, pointwise_loss, { ...given, tolerance: 2 * ACTIVATION });
    }
  }
}, { builds: true });

testEach("pointwise_loss() goes over from the square to the size at delta: huber", async (device) => {
  const { buffers, ...rest } = pointwiseLossCase({ kind: HUBER, count: 6, delta: 0.5, scale: 1 });
  buffers.goals.fill(0);
  buffers.x.set([-2, -0.5, -0.25, 0.25, 0.5, 2]);
  const { dx, partials } = await checkKernel(device, pointwise_loss, { buffers, ...rest });
  assertEquals([...dx!], [-0.5, -0.5, -0.25, 0.25, 0.5, 0.5]);
  assertEquals([...partials!], [0.875 * 2 + 0.125 * 2 + 0.03125 * 2]);
}, { builds: true });

/** x, its goal, and the loss and slope that are left: those of PyTorch 2.15, but for the case that is marked. */
const BEYOND: readonly [kind: number, x: number, goal: number, loss: number, slope: number][] = [
  [SQUARED, NaN, 1, NaN, NaN],
  [SQUARED, 1, NaN, NaN, NaN],
  [SQUARED, Infinity, 1, Infinity, Infinity],
  [SQUARED, -Infinity, 1, Infinity, -Infinity],
  [SQUARED, Infinity, Infinity, NaN, NaN],
  [HUBER, NaN, 1, NaN, NaN],
  [HUBER, 1, NaN, NaN, NaN],
  [HUBER, Infinity, 1, Infinity, 1],
  [HUBER, -Infinity, 1, Infinity, -1],
  [HUBER, Infinity, Infinity, NaN, NaN],
  [LOGISTIC, NaN, 1, NaN, NaN],
  [LOGISTIC, 1, NaN, NaN, NaN],
  [LOGISTIC, Infinity, 0, Infinity, 1],
  [LOGISTIC, Infinity, 1, NaN, 0],
  [LOGISTIC, -Infinity, 0, NaN, 0],
  [LOGISTIC, -Infinity, 1, Infinity, -1], // the limit; PyTorch's loss is NaN
  [LOGISTIC, 20, 0, 20, 1],
  [LOGISTIC, -200, 0, 0, 0],
];

testEach(
  "a NaN or an infinity goes through pointwise_loss(), beside numbers that it leaves alone",
  async (device) => {
    for (const [kind, x, goal, loss, slope] of BEYOND) {
      for (const place of [0, 5]) {
        const given = pointwiseLossCase({ kind, count: 6, scale: 1 });
        given.buffers.x.fill(0);
        given.buffers.goals.fill(0);
        given.buffers.x[place] = x;
        given.buffers.goals[place] = goal;
        const words = await runCase(device, given);
        const what = `kind ${kind}, ${x} against ${goal}`;
        const rest = kind === LOGISTIC ? 5 * Math.log(2) : 0;
        const partial = decode("partials", words.partials!)[0]!;
        assert(Object.is(partial, loss) || Math.abs(partial - loss - rest) < 1e-5, `${what}: ${partial}`);
        const slopes = [...decode("dx", words.dx!)];
        assertEquals(slopes[place]! + 0, slope, what);
        assert(slopes.every((value, i) => i === place || value === (kind === LOGISTIC ? 0.5 : 0)), what);
      }
    }
  },
  { builds: true },
);
