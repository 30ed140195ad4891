/** sum_squares on every device. @module */
import { CHUNK } from "../../src/kernels.ts";
import { sum_squares } from "../../src/verify/reference/sum_squares.ts";
import { sumSquaresCase } from "../../src/verify/cases/optimizers.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

testEach("sum_squares() matches the reference", async (device) => {
  for (const count of [1, 2, 3, 4, 5, 63, 64, 65, 127, 255, 256, 257, 1027]) {
    await checkKernel(device, sum_squares, sumSquaresCase({ count }));
  }
  for (const count of [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1027]) {
    await checkKernel(device, sum_squares, sumSquaresCase({ count }));
  }
}, { builds: true });

testEach("sum_squares() sums very different sizes", async (device) => {
  const given = sumSquaresCase({ count: 1027 });
  given.buffers.x.forEach((value, i) => {
    given.buffers.x[i] = Math.fround(value * 10 ** (i % 9 - 4));
  });
  await checkKernel(device, sum_squares, given);
}, { builds: true });
