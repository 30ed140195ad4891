/** add_rows on every device. @module */
import { add_rows } from "../reference/add_rows.ts";
import { addRowsCase } from "../support/cases.ts";
import { checkKernel } from "../support/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const accumulate of [0, 1]) {
  testEach(`add_rows() matches the reference: accumulate ${accumulate}`, async (device) => {
    for (const columns of [1, 2, 3, 4, 5, 11, 63, 64, 65, 127, 129, 1027]) {
      await checkKernel(device, add_rows, addRowsCase({ columns, accumulate }));
      await checkKernel(device, add_rows, addRowsCase({ columns, ld: columns + 3, accumulate }));
    }
    for (const rows of [1, 7, 8, 9, 15, 16, 17, 257]) {
      await checkKernel(device, add_rows, addRowsCase({ rows, accumulate }));
      await checkKernel(device, add_rows, addRowsCase({ rows, ld: 13, accumulate }));
    }
  });
}
