/** rmsprop on every device. @module */
import { assertEquals } from "@std/assert";
import { CHUNK } from "../../src/kernels.ts";
import { rmsprop } from "../../src/verify/reference/rmsprop.ts";
import { healthBefore, OVERFLOWING, overflowing, rmspropCase } from "../../src/verify/cases/optimizers.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const momentumFactor of [0, 0.9]) {
  testEach(`rmsprop() matches the reference: momentum ${momentumFactor}`, async (device) => {
    for (const count of [1, 2, 3, 5, 63, 65, 1023, 1025, CHUNK - 1, CHUNK + 1, 2 * CHUNK + 1027]) {
      for (const weightDecay of [0, 0.01]) {
        await checkKernel(device, rmsprop, rmspropCase({ count, momentumFactor, weightDecay }));
      }
    }
  });
}

testEach("rmsprop() changes nothing once the latch is set, whatever the gradients are", async (device) => {
  const given = rmspropCase({ health: healthBefore(true) });
  given.buffers.gradients.fill(NaN, 0, 100);
  const { parameters, v, momentum } = await checkKernel(device, rmsprop, given);
  assertEquals([parameters, v, momentum], [
    given.buffers.parameters,
    given.buffers.v,
    given.buffers.momentum,
  ]);
});

testEach("rmsprop() leaves an element whose result is not finite, and says so", async (device) => {
  for (const weightDecay of [0, 0.01]) {
    const given = overflowing(rmspropCase({ weightDecay }));
    const left = await checkKernel(device, rmsprop, given);
    assertEquals(left.health![5], 1);
    for (const name of ["parameters", "v", "momentum"] as const) {
      for (const i of OVERFLOWING) assertEquals(left[name]![i], given.buffers[name][i], name);
    }
  }
}, { builds: true });
