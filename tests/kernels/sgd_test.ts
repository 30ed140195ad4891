/** sgd on every device. @module */
import { assertEquals } from "@std/assert";
import { CHUNK } from "../../src/kernels.ts";
import { sgd } from "../../src/verify/reference/sgd.ts";
import { healthBefore, OVERFLOWING, overflowing, sgdCase } from "../../src/verify/cases/optimizers.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const [momentumFactor, nesterov] of [[0, 0], [0.9, 0], [0.9, 1]] as const) {
  testEach(
    `sgd() matches the reference: momentum ${momentumFactor}, nesterov ${nesterov}`,
    async (device) => {
      for (
        const count of [1, 2, 3, 4, 5, 63, 65, 1023, 1025, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1027]
      ) {
        for (const weightDecay of [0, 0.01]) {
          await checkKernel(device, sgd, sgdCase({ count, momentumFactor, nesterov, weightDecay }));
        }
      }
    },
  );
}

testEach("sgd() changes nothing once the latch is set, whatever the gradients are", async (device) => {
  const given = sgdCase({ health: healthBefore(true) });
  given.buffers.gradients.fill(NaN, 0, 100);
  const { parameters, momentum } = await checkKernel(device, sgd, given);
  assertEquals(parameters, given.buffers.parameters);
  assertEquals(momentum, given.buffers.momentum);
});

testEach("sgd() leaves an element whose result is not finite, and says so", async (device) => {
  for (const nesterov of [0, 1]) {
    const given = overflowing(sgdCase({ nesterov }));
    const left = await checkKernel(device, sgd, given);
    assertEquals(left.health![5], 1);
    for (const name of ["parameters", "momentum"] as const) {
      for (const i of OVERFLOWING) assertEquals(left[name]![i], given.buffers[name][i], name);
    }
  }
}, { builds: true });
