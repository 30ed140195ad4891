/** pool_forward on every device. @module */
import { assertEquals } from "@std/assert";
import { POOL_KINDS } from "../../src/kernels.ts";
import { pool_forward } from "../../src/verify/reference/pool_forward.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { poolForwardCase } from "../../src/verify/cases/pools.ts";
import { testEach } from "../support/test_each.ts";
import { testPools } from "./pools.ts";

testPools("pool_forward", (device, options) => checkKernel(device, pool_forward, poolForwardCase(options)));

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
