/** pool_backward on every device. @module */
import { assertEquals } from "@std/assert";
import { POOL_KINDS } from "../../src/kernels.ts";
import { pool_backward } from "../../src/verify/reference/pool_backward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { poolBackwardCase } from "../../src/verify/cases/pools.ts";
import { testEach } from "../support/test_each.ts";
import { testPools } from "./pools.ts";

testPools(
  "pool_backward",
  (device, options) => checkKernel(device, pool_backward, poolBackwardCase(options)),
);

testEach("pool_backward() gives the first NaN what goes back through a largest one", async (device) => {
  const given = poolBackwardCase({ kind: POOL_KINDS.indexOf("max"), steps: 4, batch: 1, columns: 1 });
  given.buffers.x.set([7, NaN, 9, NaN]);
  given.buffers.dy.set([3]);
  const { dx } = await runCase(device, given);
  assertEquals([...decode("dx", dx!)], [0, 3, 0, 0]);
}, { builds: true });
