/** combine on every device. @module */
import { assertEquals } from "@std/assert";
import { combine } from "../../src/verify/reference/combine.ts";
import { combineCase } from "../../src/verify/cases/cases.ts";
import { checkKernel, decode, runCase } from "../../src/verify/cases/check_kernel.ts";
import { testEach } from "../support/test_each.ts";

for (const product of [0, 1]) {
  testEach(`combine() matches the reference: product ${product}`, async (device) => {
    for (const accumulate of [0, 1]) {
      for (const count of [1, 2, 3, 4, 5, 63, 65, 1023, 1025, 4095, 4097, 9219]) {
        await checkKernel(device, combine, combineCase({ count, product, accumulate }));
      }
    }
  });
}

testEach("combine() answers NaN and infinities as IEEE's arithmetic", async (device) => {
  const a = [NaN, Infinity, Infinity, -Infinity, 3e38];
  const b = [1, -Infinity, 0, 2, 3e38];
  for (
    const [product, expected] of [[0, (x: number, y: number) => x + y], [
      1,
      (x: number, y: number) => x * y,
    ]] as const
  ) {
    const given = combineCase({ count: 5, product });
    given.buffers.a.set(a);
    given.buffers.b.set(b);
    const { y } = await runCase(device, given);
    assertEquals([...decode("y", y!)], a.map((value, i) => Math.fround(expected(value, b[i]!))));
  }
}, { builds: true });
