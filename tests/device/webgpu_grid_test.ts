/** Grids that a dimension of WebGPU does not hold: every kernel, with a lowered limit. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError } from "../../src/device/device.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { fold } from "../../src/device/webgpu/grid.ts";
import { SHADERS } from "../../src/generated/kernels.ts";
import { KERNEL_CHECKS } from "../../src/verify/kernels.ts";
import { copy_columns } from "../../src/verify/reference/copy_columns.ts";
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { copyColumnsCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("webgpu");

Deno.test("fold() leaves a grid that fits, and keeps each direction of another", () => {
  assertEquals(fold([65535, 65535], 65535), [65535, 65535, 1]);
  assertEquals(fold([65536, 1], 65535), [32768, 2, 1]);
  assertEquals(fold([5, 1], 2), [2, 2, 2]);
  assertEquals(fold([9, 1], 2), undefined);
  for (let across = 1; across < 40; across++) {
    for (const down of [1, 3, 17]) {
      const folded = fold([across, down], 10)!;
      const [x, y, z] = folded;
      assertEquals(x <= 10 && y <= 10 && z <= 10 && x * y * z >= across * down, true, `${folded}`);
    }
  }
});

/** Workgroups in each direction: fewer than each kernel's cases have, and enough for the largest of them. */
const MOST: Partial<Record<string, number>> = {
  sum_squares: 2,
  clip_grad_norm: 2,
  sample: 2,
  sum_rows: 4,
  recurrent_forward: 4,
  recurrent_backward: 4,
  embedding_backward: 5,
};

for (const [kernels, software] of [["hardware kernels", false], ["software kernels", true]] as const) {
  for (const { rows: [kernel], run } of KERNEL_CHECKS) {
    if (
      software && !Object.keys(SHADERS).some((name) => name.startsWith(kernel!) && name.endsWith("software"))
    ) continue;
    Deno.test({
      name: `${kernel} is right in a folded grid [webgpu, ${kernels}]`,
      ignore,
      fn: async () => {
        using device = await openWebgpu({
          ...software ? {} : { lanes: 0 },
          mostWorkgroups: MOST[kernel!] ?? 3,
        });
        for await (const [, difference] of run(device)) assertWithin(difference);
      },
    });
  }
}

Deno.test({
  name: "a copy of more than 65,535 workgroups across [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu();
    await checkKernel(device, copy_columns, copyColumnsCase({ rows: 1, columns: 65536 * 64 + 3 }));
  },
});

Deno.test({
  name: "a grid that three directions do not hold is refused [webgpu]",
  ignore,
  fn: async () => {
    using device = await openWebgpu({ mostWorkgroups: 2 });
    await assertRejects(
      () => checkKernel(device, copy_columns, copyColumnsCase({ rows: 1, columns: 9 * 64 })),
      DeviceError,
      "Cannot run copy_columns: its workgroups must be at most 2 in each of three directions: current grid is (9, 1)",
    );
  },
});
