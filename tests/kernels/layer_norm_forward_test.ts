/** layer_norm_forward on every device. @module */
import { assertEquals } from "@std/assert";
import { layer_norm_forward } from "../../src/verify/reference/layer_norm_forward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { layerNormForwardCase } from "../../src/verify/cases/normalization.ts";
import { testEach } from "../support/test_each.ts";

for (const scaled of [0, 1]) {
  for (const shifted of [0, 1]) {
    testEach(
      `layer_norm_forward() matches the reference: scaled ${scaled}, shifted ${shifted}`,
      async (device) => {
        for (const columns of [2, 3, 4, 5, 63, 64, 65, 257, 1027, 4099]) {
          await checkKernel(device, layer_norm_forward, layerNormForwardCase({ columns, scaled, shifted }));
        }
        for (const rows of [1, 2, 7, 65]) {
          await checkKernel(device, layer_norm_forward, layerNormForwardCase({ rows, scaled, shifted }));
        }
      },
    );
  }
}

testEach(
  "layer_norm_forward() spoils the row of a NaN or an infinity alone, and one column is its bias",
  async (device) => {
    const given = layerNormForwardCase({ rows: 3, columns: 5, scaled: 0, shifted: 0 });
    given.buffers.x.set([1, NaN, 2, 3, 4, 1, 2, 3, 4, 5, 1, 2, Infinity, 4, 5]);
    const { y } = await runCase(device, given);
    assertEquals(
      [...decode("y", y!)].map(Number.isNaN),
      [true, false, true].flatMap((nan) => Array(5).fill(nan)),
    );
    const one = layerNormForwardCase({ rows: 4, columns: 1 });
    const alone = await runCase(device, one);
    assertEquals([...decode("y", alone["y"]!)], Array(4).fill(one.buffers.bias[0]));
  },
  { builds: true },
);
