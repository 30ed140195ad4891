/** clip_grad_norm on every device. @module */
import { assert, assertEquals } from "@std/assert";
import type { Device } from "../../src/device/device.ts";
import { CHUNK } from "../../src/kernels.ts";
import { clip_grad_norm } from "../../src/verify/reference/clip_grad_norm.ts";
import { download, downloadIds, uniformArray, upload } from "../../src/verify/cases/arrays.ts";
import { clipGradNormCase, healthBefore } from "../../src/verify/cases/optimizers.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

testEach("clip_grad_norm() matches the reference", async (device) => {
  for (const count of [1, 3, 4, 5, 63, 65, 1027, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 257]) {
    for (const maxNorm of [0.01, 1, 1e6]) {
      await checkKernel(device, clip_grad_norm, clipGradNormCase({ count, maxNorm }));
    }
  }
});

testEach("clip_grad_norm() leaves gradients alone whose norm is small or zero", async (device) => {
  const small = clipGradNormCase({ maxNorm: 100 });
  assertEquals((await checkKernel(device, clip_grad_norm, small)).gradients, small.buffers.gradients);
  const zero = clipGradNormCase({ count: 5, partials: Float64Array.of(0) });
  zero.buffers.gradients.fill(0);
  await checkKernel(device, clip_grad_norm, zero);
});

testEach(
  "clip_grad_norm() sets the latch at a norm that is not finite, and leaves the gradients",
  async (device) => {
    const largest = Math.fround(3e38);
    for (
      const partials of [[1, NaN, 2], [Infinity, 1, 2], [1, 2, NaN], [largest, largest, 1], [1, 2, Infinity]]
    ) {
      const given = clipGradNormCase({ partials: Float64Array.from(partials) });
      const { health } = await checkKernel(device, clip_grad_norm, {
        ...given,
        ignore: { health: (i) => i === 4 },
      });
      assertEquals(health!.slice(0, 4), Float64Array.of(0.5, 1, 8, 8));
      assert(!Number.isFinite(health![4]!));
    }
  },
);

testEach("clip_grad_norm() sets the latch after an update that left an element out", async (device) => {
  for (const partials of [[1, 2, 3], [NaN, 2, 3]]) {
    const given = clipGradNormCase({
      partials: Float64Array.from(partials),
      health: Float64Array.of(0.5, 0, 7, 0, 0, 1, 0, 0),
    });
    const { health } = await checkKernel(device, clip_grad_norm, given);
    assertEquals(health, Float64Array.of(0.5, 2, 8, 7, 0, 1, 0, 0));
  }
});

testEach("clip_grad_norm() keeps a latch that is set, after good and bad norms", async (device) => {
  for (const partials of [[1, 2, 3], [NaN, 2, 3], [1, 2, Infinity]]) {
    const given = clipGradNormCase({ partials: Float64Array.from(partials), health: healthBefore(true) });
    const { health } = await checkKernel(device, clip_grad_norm, given);
    assertEquals(health, Float64Array.of(0.5, 1, 8, 4, Infinity, 0, 0, 0));
  }
});

/** Three steps of sum_squares, clip_grad_norm and sgd, the second with `bad` among its gradients. */
async function threeSteps(device: Device, bad: number): Promise<void> {
  const count = CHUNK + 1027;
  const good = uniformArray(count, 1);
  const poisoned = good.map((value, i) => i === CHUNK + 3 ? bad : value);
  const health = device.alloc(8);
  const partials = device.alloc(2);
  const rates = upload(device, Float32Array.of(0.1));
  const parameters = upload(device, uniformArray(count, 2));
  const momentum = device.alloc(count);
  const gradients = device.alloc(count);
  const seen: Float32Array[] = [];
  for (const step of [good, poisoned, good]) {
    device.write(gradients, step);
    device.run("sum_squares", { x: gradients, partials }, { count });
    device.run("clip_grad_norm", { partials, gradients, health }, { count, maxNorm: 1 });
    device.run(
      "sgd",
      { gradients, rates, health, parameters, momentum },
      { count, momentumFactor: 0.9, nesterov: 0, weightDecay: 0 },
    );
    seen.push(await download(device, parameters));
  }
  const words = await downloadIds(device, health);
  const norm = Math.hypot(...good);
  assertEquals([...words.slice(1, 4)], [1, 3, 2]);
  assert(Math.abs((await download(device, health))[0]! - norm) < 1e-4 * norm);
  assertEquals(seen[1], seen[0]);
  assertEquals(seen[2], seen[0]);
  for (const block of [health, partials, rates, parameters, momentum, gradients]) block[Symbol.dispose]();
}

testEach("clip_grad_norm() stops the optimizer for good after one bad gradient", async (device) => {
  for (const bad of [NaN, Infinity, -Infinity, 1e30]) await threeSteps(device, bad);
});
