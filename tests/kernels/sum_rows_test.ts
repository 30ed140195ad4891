/** sum_rows on every device. @module */
import { sum_rows } from "../../src/verify/reference/sum_rows.ts";
import { sumRowsCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const accumulate of [0, 1]) {
  testEach(`sum_rows() matches the reference: accumulate ${accumulate}`, async (device) => {
    for (const columns of [1, 3, 4, 5, 11, 15, 16, 17, 63, 65, 1027]) {
      await checkKernel(device, sum_rows, sumRowsCase({ columns, accumulate, scale: 0.3 }));
      const loose = { columns, ld: columns + 3, offset: 5, accumulate };
      await checkKernel(device, sum_rows, sumRowsCase(loose));
    }
    for (const rows of [1, 2, 63, 64, 65, 127, 128, 129, 257, 1027]) {
      await checkKernel(device, sum_rows, sumRowsCase({ rows, accumulate }));
      await checkKernel(device, sum_rows, sumRowsCase({ rows, columns: 1, scale: 1 / rows, accumulate }));
    }
  });
}

testEach("sum_rows() sums one gate's columns out of four", async (device) => {
  await checkKernel(device, sum_rows, sumRowsCase({ rows: 15, columns: 11, ld: 44, offset: 33 }));
});
