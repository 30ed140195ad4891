/** embedding_forward on every device. @module */
import { embedding_forward } from "../../src/verify/reference/embedding_forward.ts";
import { embeddingForwardCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const transposed of [false, true]) {
  for (const biased of [0, 1]) {
    const name = `table stored ${transposed ? "(columns, V)" : "(V, columns)"}, biased ${biased}`;
    testEach(`embedding_forward() matches the reference: ${name}`, async (device) => {
      for (const columns of [1, 3, 4, 5, 11, 15, 16, 17, 63, 64, 65, 129, 1027]) {
        const options = { columns, transposed, biased };
        await checkKernel(device, embedding_forward, embeddingForwardCase(options));
        const loose = { ...options, ld: columns + 3, padTable: 2 };
        await checkKernel(device, embedding_forward, embeddingForwardCase(loose));
      }
      for (const [batch, steps] of [[1, 1], [1, 17], [17, 1], [16, 1], [37, 7]] as const) {
        const options = { batch, steps, vocabulary: 257, transposed, biased };
        await checkKernel(device, embedding_forward, embeddingForwardCase(options));
      }
    });
  }
}

testEach("embedding_forward() takes the first and the last id", async (device) => {
  for (const id of [0, 12]) {
    const ids = new Float64Array(15).fill(id);
    await checkKernel(device, embedding_forward, embeddingForwardCase({ ids }));
    await checkKernel(device, embedding_forward, embeddingForwardCase({ ids, transposed: true }));
  }
});
