/** A text that is written before further threads have started takes one. @module */
import { assertEquals } from "@std/assert";
import { openFor } from "../../src/cli/device.ts";

const SETTINGS = { device: "wasm", threads: undefined, deterministic: false, turbo: false } as const;
const MANY = Math.min(navigator.hardwareConcurrency, 16);

for (
  const [told, settings, brief, expected] of [
    ["one, for a short text", SETTINGS, true, 1],
    ["all, for a long one", SETTINGS, false, MANY],
    ["those that were asked for", { ...SETTINGS, threads: 3 }, true, 3],
    ["all, with turbo", { ...SETTINGS, turbo: true }, true, MANY],
  ] as const
) {
  Deno.test(`generate takes of threads ${told}`, async () => {
    using device = await openFor("generate", settings, brief);
    assertEquals((device as unknown as { threads: number }).threads, expected);
  });
}
