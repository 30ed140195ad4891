/** Whether bounds are checked is known in processes with and without V8's flags. @module */
import { assertEquals } from "@std/assert";
import { TURBO } from "../../bench/harness.ts";
import { openDevice } from "../../mod.ts";
import { checksBounds } from "../../src/device/wasm/bounds.ts";

const MODULE = import.meta.resolve("../../src/device/wasm/bounds.ts");

/** What checksBounds() says under flags, in a process that may do nothing. */
async function found(flags: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...flags,
      `data:text/javascript,import { checksBounds } from "${MODULE}";
      console.log(checksBounds(), checksBounds())`,
    ],
    env: { NO_COLOR: "1", ...env },
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("checksBounds() knows V8's flags", async () => {
  assertEquals(await found([]), "true true\n");
  assertEquals(await found([TURBO]), "false false\n");
  assertEquals(await found([`${TURBO},--no-liftoff`]), "false false\n");
  assertEquals(await found(["--v8-flags=--no-liftoff"]), "true true\n");
  assertEquals(await found(["--v8-flags=--experimental-wasm-revectorize"]), "true true\n");
  assertEquals(await found([], { DENO_V8_FLAGS: TURBO.replace("--v8-flags=", "") }), "false false\n");
});

Deno.test('a device is called "turbo" where bounds are not checked alone, whatever its tiles', async () => {
  for (const wideTiles of [false, true]) {
    using device = await openDevice("wasm", { threads: 1, wideTiles });
    assertEquals(/turbo/.test(device.info.description), wideTiles && !checksBounds());
  }
});
