/** softmax_cross_entropy on every device. @module */
import { assert, assertEquals } from "@std/assert";
import { softmax_cross_entropy } from "../../src/verify/reference/softmax_cross_entropy.ts";
import { softmaxCrossEntropyCase } from "../../src/verify/cases/cases.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
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

for (const smoothing of [0, 0.1, 1]) {
  testEach(`softmax_cross_entropy() weighs classes, smoothing ${smoothing}`, async (device) => {
    for (const gradient of [0, 1]) {
      for (const columns of [1, 2, 13, 63, 64, 65, 129, 257, 1027]) {
        const counted = { columns, gradient, weighted: 1, smoothing };
        await checkKernel(device, softmax_cross_entropy, softmaxCrossEntropyCase(counted));
        const loose = { ...counted, ld: columns + 3, accumulate: 1, batch: 2, steps: 3 };
        await checkKernel(device, softmax_cross_entropy, softmaxCrossEntropyCase(loose));
      }
      const many = { gradient, weighted: 1, smoothing, batch: 37, steps: 7, ignored: 5 };
      await checkKernel(device, softmax_cross_entropy, softmaxCrossEntropyCase(many));
    }
  }, { builds: true });
}

testEach("softmax_cross_entropy() with weights of 1 gives what it gives without", async (device) => {
  const plain = softmaxCrossEntropyCase({ columns: 257 });
  const given = softmaxCrossEntropyCase({ columns: 257, weighted: 1, ignored: 257 });
  given.buffers.targets.set(plain.buffers.targets);
  given.buffers.weights.fill(1);
  given.buffers.norm.fill(1);
  const expected = await runCase(device, plain);
  const actual = await runCase(device, given);
  for (const name of ["losses", "logits"]) {
    const close = { shape: [expected[name]!.length], tolerance: 2e-7, what: name };
    assertClose(decode(name, actual[name]!), decode(name, expected[name]!), close);
  }
});

testEach("softmax_cross_entropy() leaves an ignored row's logits out, whatever they are", async (device) => {
  for (const logit of [NaN, Infinity, -Infinity, 3e38]) {
    for (const norm of [0.5, NaN]) {
      const given = softmaxCrossEntropyCase({
        weighted: 1,
        smoothing: 0.1,
        batch: 2,
        steps: 1,
        ignored: 4e9,
      });
      given.buffers.targets.set([4e9, 2]);
      given.buffers.logits.fill(Math.fround(logit), 0, 13);
      given.buffers.norm.fill(norm);
      const words = await runCase(device, given);
      const losses = decode("losses", words.losses!);
      const logits = decode("logits", words.logits!);
      assertEquals(losses[0], Number.isNaN(norm) ? NaN : 0);
      assertEquals([...logits.subarray(0, 13)], new Array(13).fill(0));
      for (const value of [losses[1]!, ...logits.subarray(13)]) {
        assertEquals(Number.isNaN(value), Number.isNaN(norm));
      }
    }
  }
}, { builds: true });

testEach("a NaN or an infinity goes through weighted rows of softmax_cross_entropy()", async (device) => {
  for (const smoothing of [0, 0.1]) {
    for (
      const [logit, ofLoss, ofGradient] of [[NaN, NaN, true], [Infinity, NaN, true], [
        -Infinity,
        0,
        false,
      ]] as const
    ) {
      const given = softmaxCrossEntropyCase({ weighted: 1, smoothing, batch: 2, steps: 1, ignored: 99 });
      given.buffers.targets.set([2, 2]);
      given.buffers.logits[5] = logit;
      const words = await runCase(device, given);
      const losses = decode("losses", words.losses!);
      const what = `${logit} with smoothing ${smoothing}: ${losses}`;
      if (Number.isNaN(ofLoss)) assert(Number.isNaN(losses[0]), what);
      else if (smoothing) assertEquals(losses[0], Infinity, what); // no class may be impossible
      else assert(Number.isFinite(losses[0]), what);
      const gradient = decode("logits", words.logits!);
      assertEquals(gradient.subarray(0, 13).some(Number.isNaN), ofGradient, what);
      assert([losses[1]!, ...gradient.subarray(13)].every(Number.isFinite), what);
    }
  }
}, { builds: true });
