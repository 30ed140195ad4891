/** softmax_cross_entropy on every device. @module */
import { assert } from "@std/assert";
import { softmax_cross_entropy } from "../../src/verify/reference/softmax_cross_entropy.ts";
import { softmaxCrossEntropyCase } from "../../src/verify/cases/cases.ts";
import { checkKernel } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const gradient of [0, 1]) {
  testEach(`softmax_cross_entropy() matches the reference: gradient ${gradient}`, async (device) => {
    for (const columns of [1, 2, 13, 63, 64, 65, 127, 129, 257, 1027]) {
      await checkKernel(device, softmax_cross_entropy, softmaxCrossEntropyCase({ columns, gradient }));
      const added = softmaxCrossEntropyCase({ columns, gradient, accumulate: 1 });
      await checkKernel(device, softmax_cross_entropy, added);
      const loose = softmaxCrossEntropyCase({ columns, ld: columns + 3, gradient, batch: 2, steps: 3 });
      await checkKernel(device, softmax_cross_entropy, loose);
    }
    await checkKernel(
      device,
      softmax_cross_entropy,
      softmaxCrossEntropyCase({ batch: 1, steps: 1, gradient }),
    );
    await checkKernel(
      device,
      softmax_cross_entropy,
      softmaxCrossEntropyCase({ batch: 37, steps: 7, gradient }),
    );
  }, { builds: true });
}

testEach("softmax_cross_entropy() takes logits of ±10,000", async (device) => {
  const given = softmaxCrossEntropyCase({ largest: 1e4 });
  const { losses, logits } = await checkKernel(device, softmax_cross_entropy, given);
  assert([...losses!, ...logits!].every(Number.isFinite));
  assert(losses!.every((loss) => loss > -1e-6));
}, { builds: true });

testEach("softmax_cross_entropy() gives log V for equal logits of any size", async (device) => {
  for (const value of [0, 1e4, -1e4, 3e38]) {
    const given = softmaxCrossEntropyCase({ scale: 1 });
    given.buffers.logits.fill(Math.fround(value));
    const { losses } = await checkKernel(device, softmax_cross_entropy, given);
    assert(losses!.every((loss) => Math.abs(loss - Math.log(13)) < 1e-5));
  }
}, { builds: true });

testEach("softmax_cross_entropy() gives no loss and no gradient where the target is sure", async (device) => {
  const given = softmaxCrossEntropyCase({ scale: 1 });
  const { logits, targets } = given.buffers;
  logits.fill(-1e4, 13); // the first row stays
  for (let n = 1; n < 15; n++) logits[n * 13 + targets[(n % 3) * 5 + Math.floor(n / 3)]!] = 1e4;
  const { losses, logits: gradient } = await checkKernel(device, softmax_cross_entropy, given);
  assert([...losses!.subarray(1), ...gradient!.subarray(13)].every((value) => Math.abs(value) < 1e-6));
}, { builds: true });
