/** Both kernels of pools are tried at the same shapes. @module */
import type { Device } from "../../mod.ts";
import { POOL_KINDS } from "../../src/kernels.ts";
import type { PoolOptions } from "../../src/verify/cases/pools.ts";
import { testEach } from "../support/test_each.ts";

/**
 * Registers the tests of a kernel of pools: each kind, both orders of axes, odd sizes, columns whose largest comes twice.
 *
 * @param kernel Its name.
 * @param check Checks one case.
 */
export function testPools(
  kernel: string,
  check: (device: Device, options: PoolOptions) => Promise<unknown>,
): void {
  for (const [kind, name] of POOL_KINDS.entries()) {
    testEach(
      `${kernel}() matches the reference, and reads nothing beyond a length: ${name}`,
      async (device) => {
        for (const accumulate of [0, 1]) {
          for (const batchFirst of [false, true]) {
            const common = { kind, accumulate, batchFirst };
            for (const columns of [1, 2, 3, 4, 5, 63, 64, 65, 131]) {
              await check(device, { ...common, columns });
            }
            for (const steps of [1, 2, 15, 16, 17, 33, 259]) {
              await check(device, { ...common, steps, batch: 7 });
            }
            await check(device, { ...common, ties: true });
          }
        }
      },
    );
  }
}
