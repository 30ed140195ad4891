/** Optimizers and schedules against PyTorch's numbers. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Schedule, type ScheduleOptions } from "../../mod.ts";
import { optimizerCases } from "../../src/verify/golden.ts";
import { compareOptimizer } from "../../src/verify/training.ts";
import golden from "../../src/verify/golden/optimizers.json" with { type: "json" };
import { assertWithin } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";

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

Deno.test("Schedule refuses kinds and numbers that PyTorch refuses", () => {
  const refused: [options: Record<string, unknown>, complaint: string][] = [
    ...([["step", "stepSize", 2 ** 32 - 1], ["cosine", "maxSteps", 2 ** 53 - 1]] as const).flatMap((
      [kind, name, most],
    ) =>
      ([[undefined, "it is missing"], [0], [1.5], ["2", 'current value is "2"']] as const).map((
        [value, state = `current value is ${value}`],
      ): (typeof refused)[number] => [
        { kind, [name]: value },
        `as ${name} must be a whole number from 1 to ${most}: ${state}`,
      ])
    ),
    [{ kind: "exponential" }, "as gamma must be a float32 number, at least 0: it is missing"],
    [
      { kind: "constant", warmup: -1 },
      "as warmup must be a whole number from 0 to 4294967295: current value is -1",
    ],
    ...[1, 2, -1, NaN].map((factor): (typeof refused)[number] => [
      { kind: "plateau", factor },
      `as factor must be a float32 number, at least 0 and below 1: current value is ${factor}`,
    ]),
    ...[0, 2].map((warmupStart): (typeof refused)[number] => [
      { kind: "constant", warmup: 3, warmupStart },
      `as warmupStart must be a float32 number, above 0 and at most 1: current value is ${warmupStart}`,
    ]),
  ];
  for (const [options, complaint] of refused) {
    const error = assertThrows(() => new Schedule(0.1, options as ScheduleOptions), RangeError);
    assertEquals(error.message, `Cannot use a schedule ${complaint}`);
  }
  const kind = "linear" as "constant";
  const known = "constant, step, exponential, cosine, plateau";
  const error = assertThrows(() => new Schedule(0.1, { kind }), TypeError);
  assertEquals(error.message, `Cannot use a schedule of unknown kind "linear": known are ${known}`);
  assertEquals(new Schedule(0.1, { kind: "constant", warmup: undefined } as ScheduleOptions).rate, 0.1);
});
