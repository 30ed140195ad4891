/** gemm on every device. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { gemm } from "../../src/verify/reference/gemm.ts";
import { gemmCase, type GemmOptions } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

/** Every transposition with and without accumulation. */
const MODES: GemmOptions[] = [0, 1].flatMap((transposeA) =>
  [0, 1].flatMap((transposeB) => [0, 1].map((accumulate) => ({ transposeA, transposeB, accumulate })))
);
/** Offsets and strides that are no multiples of 4. */
const LOOSE: GemmOptions = { offsetA: 5, offsetB: 3, offsetC: 7, padA: 2, padB: 1, padC: 3 };

/** M, N, K: what surrounds the edges of tiles of 4, 8, 32, 64 and 128, on each side in turn. */
const EDGES: [number, number, number][] = [
  [1, 1, 1],
  [1, 13, 7],
  [11, 1, 7],
  [11, 13, 1],
  [4, 8, 4],
  [5, 9, 5],
  [63, 64, 65],
  [64, 65, 63],
  [65, 63, 64],
  [64, 64, 64],
  [65, 65, 65],
  [127, 33, 31],
  [31, 128, 33],
  [33, 31, 129],
  [129, 129, 17],
];

for (const mode of MODES) {
  const name = `transposeA ${mode.transposeA}, transposeB ${mode.transposeB}, accumulate ${mode.accumulate}`;
  testEach(`gemm() matches the reference: ${name}`, async (device) => {
    await checkKernel(device, gemm, gemmCase(mode));
    await checkKernel(device, gemm, gemmCase({ ...mode, ...LOOSE }));
    await checkKernel(device, gemm, gemmCase({ ...mode, M: 37, N: 41, K: 43, ...LOOSE }));
    await checkKernel(device, gemm, gemmCase({ ...mode, M: 65, N: 67, K: 66 }));
    await checkKernel(device, gemm, gemmCase({ ...mode, M: 37, N: 67, K: 259, ...LOOSE }));
  }, { builds: true });
}

testEach("gemm() adds its product to a bias", async (device) => {
  for (const [i, [M, N, K]] of [...EDGES, [2, 67, 37], [61, 2019, 3], [5, 7, 513]].entries()) {
    const options = { M, N, K, biased: 1, transposeA: i % 2, transposeB: Number(i % 3 > 0) } as GemmOptions;
    await checkKernel(device, gemm, gemmCase(options));
    await checkKernel(device, gemm, gemmCase({ ...options, ...LOOSE }));
  }
}, { builds: true });

testEach("gemm() adds up the rows of op(a)", async (device) => {
  for (const [M, N, K] of [...EDGES, [1027, 3, 37], [3, 1027, 37], [5, 7, 1027]] as const) {
    const options = { M, N, K, transposeA: 1, accumulate: 1, summed: 1 };
    await checkKernel(device, gemm, gemmCase(options));
    await checkKernel(device, gemm, gemmCase({ ...options, ...LOOSE, gap: 3 }));
  }
}, { builds: true });

testEach("gemm() matches the reference at the edges of tiles", async (device) => {
  for (const [i, [M, N, K]] of EDGES.entries()) {
    await checkKernel(device, gemm, gemmCase({ M, N, K, ...MODES[i % MODES.length] }));
    await checkKernel(device, gemm, gemmCase({ M, N, K }));
  }
}, { builds: true });

testEach("gemm() matches the reference for long sides", async (device) => {
  await checkKernel(device, gemm, gemmCase({ M: 5, N: 3, K: 1027 }));
  await checkKernel(device, gemm, gemmCase({ M: 1027, N: 3, K: 257 }));
  await checkKernel(device, gemm, gemmCase({ M: 2, N: 1027, K: 257, transposeB: 1 }));
  await checkKernel(device, gemm, gemmCase({ M: 257, N: 70, K: 513, transposeA: 1, accumulate: 1 }));
  await checkKernel(device, gemm, gemmCase({ M: 769, N: 705, K: 257, transposeB: 1 }));
}, { builds: true });

testEach("gemm() matches the reference for few rows, as one step of a model has them", async (device) => {
  for (const M of [1, 2, 3, 4, 5, 8, 32]) {
    await checkKernel(device, gemm, gemmCase({ M, N: 67, K: 37, transposeB: 1 }));
    await checkKernel(device, gemm, gemmCase({ M, N: 65, K: 33, accumulate: 1, padB: 1 }));
  }
}, { builds: true });

testEach("gemm() matches the reference for gradients of weights that read few inputs", async (device) => {
  for (const N of [1, 2, 3, 4, 5, 6]) {
    for (const [M, K, accumulate] of [[11, 43, 0], [37, 259, 1], [2100, 66, N % 2]] as const) {
      const options = { M, N, K, transposeA: 1, accumulate, summed: accumulate } as GemmOptions;
      await checkKernel(device, gemm, gemmCase(options));
      await checkKernel(device, gemm, gemmCase({ ...options, ...LOOSE }));
    }
  }
}, { builds: true });

testEach("gemm() refuses flags that contradict each other", async (device) => {
  const wrong: [GemmOptions, string][] = [
    [
      { accumulate: 1, biased: 1 },
      `with "accumulate" and "biased": add the bias in a product that does not accumulate`,
    ],
    [{ summed: 1 }, `with "summed" and without "transposeA": only rows of a transposed a are summed`],
  ];
  for (const [options, end] of wrong) {
    const refused = (): Promise<unknown> => checkKernel(device, gemm, gemmCase(options));
    assertEquals((await assertRejects(refused, RangeError)).message, `Cannot run gemm ${end}`);
  }
});
