/** Sums of 200,000 terms on every device: added one by one as float32 they are off by 2e-3. @module */
import { assert } from "@std/assert";
import type { KernelName } from "../../src/kernels.ts";
import { embedding_backward } from "../../src/verify/reference/embedding_backward.ts";
import { gemm } from "../../src/verify/reference/gemm.ts";
import { softmax_cross_entropy } from "../../src/verify/reference/softmax_cross_entropy.ts";
import { sum_rows } from "../../src/verify/reference/sum_rows.ts";
import { sum_squares } from "../../src/verify/reference/sum_squares.ts";
import { uniformNumbers } from "../../src/verify/cases/arrays.ts";
import {
  embeddingBackwardCase,
  gemmCase,
  softmaxCrossEntropyCase,
  sumRowsCase,
} from "../../src/verify/cases/cases.ts";
import { type Case, checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { sumSquaresCase } from "../../src/verify/cases/optimizers.ts";
import { testEach } from "../support/test_each.ts";

const ROWS = 200_000;
const COLUMNS = 80_000;
/** Relative to a sum of terms of one sign. */
const SUM = 1e-6;
/** The same of a product's elements: PyTorch's are off by up to 1.3e-5 with these very rows. */
const PRODUCT = 1.3e-5;
/** Equal terms, whose roundings all have one direction, and random ones. */
const TERMS: Record<string, (count: number) => Float64Array> = {
  "rows of 0.7": (count) => new Float64Array(count).fill(Math.fround(0.7)),
  "random rows": (count) => uniformNumbers(count, 5, 0, 1),
};

/** A case with these terms in buffer `name`. */
function withTerms<K extends KernelName>(
  given: Case<K>,
  name: string & keyof Case<K>["buffers"],
  terms: (count: number) => Float64Array,
): Case<K> {
  const buffer = given.buffers[name] as Float64Array;
  buffer.set(terms(buffer.length));
  return { ...given, tolerance: SUM };
}

for (const [name, terms] of Object.entries(TERMS)) {
  testEach(`sum_rows() of many rows is exact to 1e-6: ${name}`, async (device) => {
    for (const columns of [1, 19]) {
      await checkKernel(device, sum_rows, withTerms(sumRowsCase({ rows: ROWS, columns }), "x", terms));
    }
  }, { builds: true });

  testEach(`embedding_backward() of an id in many rows is exact to 1e-6: ${name}`, async (device) => {
    const options = { batch: ROWS, steps: 1, vocabulary: 2, ids: new Float64Array(ROWS), columns: 19 };
    await checkKernel(device, embedding_backward, withTerms(embeddingBackwardCase(options), "dy", terms));
  }, { builds: true });

  testEach(`sum_squares() is exact to 1e-6: ${name}`, async (device) => {
    await checkKernel(device, sum_squares, withTerms(sumSquaresCase({ count: ROWS }), "x", terms));
  }, { builds: true });

  testEach(`softmax_cross_entropy() of many columns is exact to 1e-6: ${name}`, async (device) => {
    const options = { batch: 2, steps: 1, columns: COLUMNS };
    const given = withTerms(softmaxCrossEntropyCase(options), "logits", terms);
    for (const row of [0, COLUMNS]) given.buffers.logits[row] = 1.5; // the largest: the terms are no powers of two
    await checkKernel(device, softmax_cross_entropy, given);
  }, { builds: true });

  testEach(`gemm() of great depth has exact sums, and products as PyTorch's: ${name}`, async (device) => {
    for (const K of [40_000, ROWS]) {
      const given = gemmCase({ M: 5, N: 2, K, transposeA: 1, accumulate: 1, summed: 1 });
      given.buffers.b.fill(1);
      given.buffers.c.fill(0);
      const filled = { ...withTerms(given, "a", terms), tolerance: PRODUCT };
      const { c } = await checkKernel(device, gemm, filled);
      for (let m = 0; m < 5; m++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += filled.buffers.a[k * 5 + m]!;
        assert(Math.abs(c![given.params.offsetSums + m]! / sum - 1) < SUM, `row ${m} of depth ${K}`);
      }
    }
  }, { builds: true });
}

testEach(
  "gemm() adds up blocks of the depth: in many tiles, accumulated, and with a bias",
  async (device) => {
    for (const mode of [{ accumulate: 1 }, { biased: 1 }, {}]) {
      for (const K of [1024, 1025, 2049]) {
        await checkKernel(device, gemm, gemmCase({ M: 5, N: 7, K, transposeA: 1, ...mode }));
      }
    }
    // As many tiles as no variant for few tiles takes.
    await checkKernel(
      device,
      gemm,
      gemmCase({ M: 573, N: 571, K: 1031, transposeA: 1, accumulate: 1, summed: 1 }),
    );
  },
  { builds: true },
);
