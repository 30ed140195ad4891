/** Texts of int8 have the same bits at any number of threads, in every tile and build, and without AVX-VNNI. @module */
import { assertEquals, assertNotEquals } from "@std/assert";
import { type BitsOptions, int8Bits } from "./int8_bits.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const ignore = !DEVICE_NAMES.includes("wasm");
let known: Promise<string> | undefined;

function oneThread(): Promise<string> {
  known ??= int8Bits({ threads: 1 });
  return known;
}

const WAYS: Readonly<Record<string, BitsOptions>> = {
  "two threads": { threads: 2 },
  "three threads": { threads: 3 },
  "wide tiles": { threads: 1, wideTiles: true },
};

for (const [name, options] of Object.entries(WAYS)) {
  Deno.test(`generate_steps_int8() has the bits of one thread with ${name}`, { ignore }, async () => {
    assertEquals(await int8Bits(options), await oneThread());
  });
}

Deno.test("generate_steps_int8() has the same bits in the plain build", { ignore }, async () => {
  const expected = await int8Bits({ threads: 1, relu: true });
  assertNotEquals(expected, "");
  for (const wideTiles of [false, true]) {
    assertEquals(await int8Bits({ threads: 2, relu: true, deterministic: true, wideTiles }), expected);
  }
});

Deno.test("generate_steps_int8() has the same bits where V8 has no AVX-VNNI", { ignore }, async () => {
  const program = new URL("int8_bits.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--no-enable-avx-vnni", program],
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), await oneThread());
});
