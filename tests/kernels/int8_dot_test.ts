/** Products of four bytes a word: by the driver's own function, and in registers where it has none. @module */
import { assert, assertEquals } from "@std/assert";
import { withUnpackedDot } from "../../src/device/webgpu/packed_dot.ts";
import { openWebgpu } from "../../src/device/webgpu.ts";
import { checkKernel, runCase } from "../../src/verify/cases/check_kernel.ts";
import { int8Case } from "../../src/verify/cases/generate_int8.ts";
import { generate_steps_int8 } from "../../src/verify/reference/generate_steps_int8.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

Deno.test("a shader gets a function in registers where it calls one and the driver has none", () => {
  const text = "fn f(a: u32) -> i32 { return dot4I8Packed(a, a); }";
  assert(withUnpackedDot(text).startsWith(`${text}\nfn dot4I8Packed(`));
  assertEquals(withUnpackedDot("fn f() {}"), "fn f() {}");
});

if (DEVICE_NAMES.includes("webgpu")) {
  Deno.test("sums of int8 have the same bits with and without the driver's function [webgpu]", async () => {
    using packed = await openWebgpu();
    using unpacked = await openWebgpu({ packedDot: false });
    for (
      const [options, depth] of [
        [{ cell: "lstm", embedding: 5, steps: 4 }, 11],
        [{ cell: "lstm", layers: 1, columns: 4001, batch: 2, steps: 2 }, 45],
        [{ cell: "relu", extreme: true, layers: 1, batch: 1, steps: 2 }, 261],
        [{ cell: "relu", extreme: true, layers: 1, batch: 1, steps: 1, columns: 7 }, 4100], // more than a chunk
      ] as const
    ) {
      const given = int8Case({ ...options, hidden: depth });
      assertEquals(await runCase(unpacked, given), await runCase(packed, given));
      if (depth < 1000) await checkKernel(unpacked, generate_steps_int8, given);
    }
  });
}
