/** copy_columns on every device. @module */
import { copy_columns } from "../../src/verify/reference/copy_columns.ts";
import { copyColumnsCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const accumulate of [0, 1]) {
  testEach(`copy_columns() matches the reference: accumulate ${accumulate}`, async (device) => {
    for (const columns of [1, 2, 3, 4, 5, 11, 63, 64, 65, 127, 129, 1027]) {
      const strides = { ldX: columns + 2, ldY: 2 * columns + 1 };
      await checkKernel(device, copy_columns, copyColumnsCase({ columns, accumulate }));
      await checkKernel(device, copy_columns, copyColumnsCase({ columns, accumulate, ...strides }));
      const offsets = { offsetX: 3, offsetY: columns };
      await checkKernel(
        device,
        copy_columns,
        copyColumnsCase({ columns, accumulate, ...strides, ...offsets }),
      );
    }
    for (const rows of [1, 7, 8, 9, 15, 16, 17, 257]) {
      await checkKernel(device, copy_columns, copyColumnsCase({ rows, accumulate }));
      const half = { ldX: 11, ldY: 22, offsetY: 11 };
      await checkKernel(device, copy_columns, copyColumnsCase({ rows, accumulate, ...half }));
    }
  });
}
