/** Optimizers and schedules against PyTorch's numbers. @module */
import { assert, assertEquals } from "@std/assert";
import {
  Adam,
  AdamW,
  Dense,
  type Device,
  type Optimizer,
  type Parameter,
  RMSprop,
  Schedule,
} from "../mod.ts";
import { type ScheduleOptions, SGD } from "../mod.ts";
import golden from "./golden/optimizers.json" with { type: "json" };
import { assertClose } from "./support/assert_close.ts";
import { testEach } from "./support/test_each.ts";
import { OPTIMIZERS as OPTIMIZERS_TOLERANCE } from "./support/tolerances.ts";

/** PyTorch's names of options, and ours. */
const NAMES: Record<string, string> = { lr: "learningRate", eps: "epsilon", weight_decay: "weightDecay" };
type Make = new (device: Device, parameters: Parameter[], options: Record<string, never>) => Optimizer;
const CLASSES: Record<string, Make> = { Adam, AdamW, SGD, RMSprop };

for (const { kind, options, parameters } of golden.optimizers) {
  testEach(`${kind} ${JSON.stringify(options)} takes PyTorch's steps`, async (device) => {
    using dense = new Dense(device, { inputSize: golden.initial.length, outputSize: 1, bias: false });
    const [weight] = dense.parameters(), shape = [1, golden.initial.length];
    dense.loadStateDict({ weight: { shape, data: new Float32Array(golden.initial) } });
    const ours = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value]),
    );
    using optimizer = new CLASSES[kind]!(device, dense.parameters(), ours as Record<string, never>);
    for (const [index, gradient] of golden.gradients.entries()) {
      device.write(weight!.gradient, new Float32Array(gradient));
      optimizer.step();
      const expected = (parameters as Record<string, number[] | undefined>)[index + 1];
      if (!expected) continue;
      const { data } = (await dense.stateDict())["weight"]!;
      assertClose(data, expected, { shape, tolerance: OPTIMIZERS_TOLERANCE, what: `step ${index + 1}` });
    }
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
