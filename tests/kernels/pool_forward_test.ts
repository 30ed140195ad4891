/** pool_forward on every device. @module */
import { assertEquals } from "@std/assert";
import { POOL_KINDS } from "../../src/kernels.ts";
import { pool_forward } from "../../src/verify/reference/pool_forward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { poolForwardCase } from "../../src/verify/cases/pools.ts";
import { testEach } from "../support/test_each.ts";

for (const [kind, name] of POOL_KINDS.entries()) {
  testEach(
    `pool_forward() matches the reference, and reads nothing beyond a length: ${name}`,
    async (device) => {
      for (const accumulate of [0, 1]) {
        for (const batchFirst of [false, true]) {
          for (const columns of [1, 2, 3, 4, 5, 63, 64, 65, 131]) {
            await checkKernel(
              device,
              pool_forward,
              poolForwardCase({ kind, accumulate, batchFirst, columns }),
            );
          }
          for (const steps of [1, 2, 15, 16, 17, 33, 259]) {
            await checkKernel(
              device,
              pool_forward,
              poolForwardCase({ kind, accumulate, batchFirst, steps, batch: 7 }),
            );
          }
          await checkKernel(
            device,
            pool_forward,
            poolForwardCase({ kind, accumulate, batchFirst, ties: true }),
          );
        }
      }
    },
  );
}

testEach("pool_forward() of a NaN or an infinity is what PyTorch's pools give", async (device) => {
  const steps = [[1, NaN, 3], [-Infinity, -Infinity, -Infinity], [Infinity, 2, -Infinity], [2, 5, NaN]];
  const expected = {
    mean: [NaN, -Infinity, NaN, NaN],
    max: [NaN, -Infinity, Infinity, NaN],
    last: [3, -Infinity, -Infinity, NaN],
  };
  for (const [kind, name] of POOL_KINDS.entries()) {
    const given = poolForwardCase({ kind, steps: 3, batch: 1, columns: 4 });
    given.buffers.x.set([0, 1, 2].flatMap((t) => steps.map((column) => column[t]!)));
    const { y } = await runCase(device, given);
    assertEquals([...decode("y", y!)], expected[name]);
  }
}, { builds: true });
