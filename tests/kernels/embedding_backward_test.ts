/** embedding_backward on every device. @module */
import { embedding_backward } from "../../src/verify/reference/embedding_backward.ts";
import { embeddingBackwardCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

// The cases' ids leave out the upper half of the vocabulary: those rows must stay as they are.
for (const transposed of [false, true]) {
  testEach(
    `embedding_backward() matches the reference: table stored ${
      transposed ? "(columns, V)" : "(V, columns)"
    }`,
    async (device) => {
      for (const columns of [1, 3, 4, 5, 11, 15, 16, 17, 63, 64, 65, 129, 1027]) {
        await checkKernel(device, embedding_backward, embeddingBackwardCase({ columns, transposed }));
        const loose = { columns, transposed, ld: columns + 3, padTable: 2 };
        await checkKernel(device, embedding_backward, embeddingBackwardCase(loose));
      }
      for (const [batch, steps, vocabulary] of [[1, 1, 1], [1, 1, 13], [37, 7, 3], [37, 7, 257]] as const) {
        const options = { batch, steps, vocabulary, transposed };
        await checkKernel(device, embedding_backward, embeddingBackwardCase(options));
      }
    },
  );
}

testEach("embedding_backward() sums all rows when one id is all there is", async (device) => {
  for (const id of [0, 6, 12]) {
    for (const transposed of [false, true]) {
      const ids = new Float64Array(37 * 7).fill(id);
      const options = { batch: 37, steps: 7, ids, transposed };
      await checkKernel(device, embedding_backward, embeddingBackwardCase(options));
    }
  }
});
