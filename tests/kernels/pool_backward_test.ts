/** pool_backward on every device. @module */
import { assertEquals } from "@std/assert";
import { POOL_KINDS } from "../../src/kernels.ts";
import { pool_backward } from "../../src/verify/reference/pool_backward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { poolBackwardCase } from "../../src/verify/cases/pools.ts";
import { testEach } from "../support/test_each.ts";

for (const [kind, name] of POOL_KINDS.entries()) {
  testEach(
    `pool_backward() matches the reference, and reads nothing beyond a length: ${name}`,
    async (device) => {
      for (const accumulate of [0, 1]) {
        for (const batchFirst of [false, true]) {
          for (const columns of [1, 2, 3, 4, 5, 63, 64, 65, 131]) {
            await checkKernel(
              device,
              pool_backward,
              poolBackwardCase({ kind, accumulate, batchFirst, columns }),
            );
          }
          for (const steps of [1, 2, 15, 16, 17, 33, 259]) {
            await checkKernel(
              device,
              pool_backward,
              poolBackwardCase({ kind, accumulate, batchFirst, steps, batch: 7 }),
            );
          }
          await checkKernel(
            device,
            pool_backward,
            poolBackwardCase({ kind, accumulate, batchFirst, ties: true }),
          );
        }
      }
    },
  );
}

testEach("pool_backward() gives the first NaN what goes back through a largest one", async (device) => {
  const given = poolBackwardCase({ kind: POOL_KINDS.indexOf("max"), steps: 4, batch: 1, columns: 1 });
  given.buffers.x.set([7, NaN, 9, NaN]);
  given.buffers.dy.set([3]);
  const { dx } = await runCase(device, given);
  assertEquals([...decode("dx", dx!)], [0, 3, 0, 0]);
}, { builds: true });
