/** adam on every device. @module */
import { assertEquals } from "@std/assert";
import { CHUNK } from "../../src/kernels.ts";
import { adam } from "../../src/verify/reference/adam.ts";
import { adamCase, healthBefore, OVERFLOWING, overflowing } from "../../src/verify/cases/optimizers.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const [weightDecay, decoupled] of [[0, 0], [0.01, 0], [0.01, 1]] as const) {
  testEach(
    `adam() matches the reference: weight decay ${weightDecay}, decoupled ${decoupled}`,
    async (device) => {
      for (
        const count of [1, 2, 3, 4, 5, 63, 65, 1023, 1025, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1027]
      ) {
        for (const step of [1, 3, 10000]) {
          await checkKernel(device, adam, adamCase({ count, weightDecay, decoupled, step }));
        }
      }
    },
    { builds: true },
  );
}

testEach("adam() takes gradients that are zero or tiny", async (device) => {
  const given = adamCase({ count: 65, step: 1 });
  given.buffers.gradients.forEach((value, i) => {
    given.buffers.gradients[i] = Math.fround(i % 2 ? 0 : value * 1e-8);
  });
  await checkKernel(device, adam, given);
}, { builds: true });

testEach("adam() changes nothing once the latch is set, whatever the gradients are", async (device) => {
  const given = adamCase({ health: healthBefore(true), weightDecay: 0.01, decoupled: 1 });
  given.buffers.gradients.fill(NaN, 0, 100);
  const { parameters, m, v } = await checkKernel(device, adam, given);
  assertEquals(parameters, given.buffers.parameters);
  assertEquals(m, given.buffers.m);
  assertEquals(v, given.buffers.v);
}, { builds: true });

testEach("adam() leaves an element whose result is not finite, and says so", async (device) => {
  for (const decoupled of [0, 1]) {
    const given = overflowing(adamCase({ weightDecay: 0.01, decoupled }));
    const left = await checkKernel(device, adam, given);
    assertEquals(left.health![5], 1);
    for (const name of ["parameters", "m", "v"] as const) {
      for (const i of OVERFLOWING) assertEquals(left[name]![i], given.buffers[name][i], name);
    }
  }
}, { builds: true });
