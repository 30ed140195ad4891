/** Training for long takes no more memory than training for a while. @module */
import { assert, assertEquals } from "@std/assert";
import { DEVICE_NAMES } from "../support/test_each.ts";
import type { Weight } from "../support/train_and_weigh.ts";

/**
 * Steps after which memory is weighed; a software adapter is too slow for more. V8's young generation grows once, by 4 to 8
 * MiB within the first 10,000 steps.
 */
const MARKS: Record<string, [number, number]> = { wasm: [10_000, 30_000], webgpu: [1000, 2000] };
/** What V8 adds to its heap in the meantime, as it compiles what is hot: about 160 KiB. */
const HEAP = 256 * 1024;
/** What the process takes for it: about 3 MiB. */
const RESIDENT = 8 * 1024 * 1024;

for (const name of DEVICE_NAMES) {
  const [early, late] = MARKS[name]!;
  Deno.test(`memory after ${late} steps of training is that after ${early} [${name}]`, async () => {
    const program = new URL("../support/train_and_weigh.ts", import.meta.url).href;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--v8-flags=--expose-gc", program, name, `${early}`, `${late}`],
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert(success, new TextDecoder().decode(stderr));
    const [before, after] = text.trim().split("\n").map((line): Weight => JSON.parse(line));
    assertEquals([before!.steps, after!.steps], [early, late]);
    assertEquals(after!.device, before!.device, "bytes of the device");
    for (const [what, most] of [["heap", HEAP], ["external", HEAP], ["resident", RESIDENT]] as const) {
      const growth = after![what] - before![what];
      assert(growth <= most, `${what} grew by ${growth} bytes, of at most ${most}`);
    }
  });
}
