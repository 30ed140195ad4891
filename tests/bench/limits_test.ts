/** What a device can do at most, as benchmarks state it. @module */
import { assert, assertMatch } from "@std/assert";
import type { Limits } from "../../bench/limits.ts";
import { WasmLimits } from "../../bench/limits_wasm.ts";
import { WebgpuLimits } from "../../bench/limits_webgpu.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const OPEN: Record<string, () => Promise<Limits>> = {
  wasm: () => WasmLimits.open({ threads: 2, relaxed: true }),
  webgpu: () => WebgpuLimits.open(),
};

for (const name of DEVICE_NAMES) {
  Deno.test(`the limits of a device are rates of real work [${name}]`, async () => {
    using limits = await OPEN[name]!();
    await limits.measure();
    // A tenth of the slowest machine seen, and more than any chip has: an empty loop or a wrong unit is beyond these.
    const within = (rate: number): void => assert(rate > 1e8 && rate < 1e15, `${rate} a second`);
    within(limits.flops);
    for (const bytes of [1, 2 ** 16, 2 ** 20, 2 ** 30]) within(limits.stream(bytes));
    assertMatch(limits.describe(), /GFLOP\/s in registers; read from 64 KiB .* 64 MiB [\d.]+ GB\/s$/);
  });
}
