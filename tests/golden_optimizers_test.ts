/** Optimizers and schedules against PyTorch's numbers. @module */
import { assert, assertEquals } from "@std/assert";
import { Schedule, type ScheduleOptions } from "../mod.ts";
import { optimizerCases } from "../src/verify/golden.ts";
import { compareOptimizer } from "../src/verify/training.ts";
import golden from "./golden/optimizers.json" with { type: "json" };
import { assertWithin } from "./support/assert_close.ts";
import { testEach } from "./support/test_each.ts";

const OPTIMIZERS = await optimizerCases();

for (const given of OPTIMIZERS.optimizers) {
  testEach(`${given.kind} ${JSON.stringify(given.options)} takes PyTorch's steps`, async (device) => {
    let count = 0;
    for await (const difference of compareOptimizer(device, OPTIMIZERS, given)) {
      assertWithin(difference);
      count++;
    }
    assertEquals(count, 4);
  });
}

for (
  const { options, rates, metrics } of golden.schedules as {
    options: unknown;
    rates: number[];
    metrics?: number[];
  }[]
) {
  Deno.test(`Schedule ${JSON.stringify(options)} gives PyTorch's rates`, () => {
    const schedule = new Schedule(golden.baseRate, options as ScheduleOptions);
    assertEquals(rates.length, 200);
    rates.forEach((rate, step) => {
      assert(Math.abs(schedule.rate - rate) < 1e-9, `step ${step}: ${schedule.rate} is not ${rate}`);
      schedule.next(metrics?.[step]);
    });
  });
}
