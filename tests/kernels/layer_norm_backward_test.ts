/** layer_norm_backward on every device. @module */
import { assertEquals } from "@std/assert";
import { layer_norm_backward } from "../../src/verify/reference/layer_norm_backward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { layerNormBackwardCase } from "../../src/verify/cases/normalization.ts";
import { testEach } from "../support/test_each.ts";

for (const scaled of [0, 1]) {
  for (const accumulate of [0, 1]) {
    testEach(
      `layer_norm_backward() matches the reference: scaled ${scaled}, accumulate ${accumulate}`,
      async (device) => {
        for (const columns of [2, 3, 4, 5, 63, 64, 65, 257, 1027, 4099]) {
          await checkKernel(
            device,
            layer_norm_backward,
            layerNormBackwardCase({ columns, scaled, accumulate }),
          );
        }
        for (const rows of [1, 2, 7, 65]) {
          await checkKernel(device, layer_norm_backward, layerNormBackwardCase({ rows, scaled, accumulate }));
        }
      },
    );
  }
}

testEach("layer_norm_backward() spoils the row of a NaN alone", async (device) => {
  const given = layerNormBackwardCase({ rows: 3, columns: 5, scaled: 0 });
  given.buffers.dy[7] = NaN;
  const { dx } = await runCase(device, given);
  assertEquals(
    [...decode("dx", dx!)].map(Number.isNaN),
    [false, true, false].flatMap((nan) => Array(5).fill(nan)),
  );
}, { builds: true });
