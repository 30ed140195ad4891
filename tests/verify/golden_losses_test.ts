/** Losses against PyTorch's numbers. @module */
import { lossCases } from "../../src/verify/golden.ts";
import { compareLoss } from "../../src/verify/losses.ts";
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";

for (const given of await lossCases()) {
  testEach(`${given.name} has PyTorch's value and gradient`, async (device) => {
    for await (const [, difference] of compareLoss(device, given)) assertWithin(difference);
  });
}
