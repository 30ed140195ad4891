/**
 * Loops of one's own that keep twice the memory of their device, in a process each: none fails.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { DEVICE_NAMES } from "../support/test_each.ts";

const PROGRAM = new URL("../support/loop_and_weigh.ts", import.meta.url).href;
const ROUNDS = 200;
const MEMORY = 2 ** 26;

for (const name of DEVICE_NAMES) {
  for (const loop of ["train", "scope", "tape", "step", "generate"]) {
    Deno.test(`a loop that keeps more than the device has goes on: ${loop} [${name}]`, async () => {
      const args = ["run", "-A", "--no-check", PROGRAM, name, loop, `${ROUNDS}`, `${MEMORY}`];
      const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      assert(success, new TextDecoder().decode(stderr));
      assertEquals(JSON.parse(new TextDecoder().decode(stdout)).rounds, ROUNDS);
    });
  }
}
