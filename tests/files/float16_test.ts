/** Numbers of 16 bits by arithmetic, beside those of the engine. @module */
import { assertEquals } from "@std/assert";
import { fromFloat16, toFloat16 } from "../../src/files/float16.ts";

const VIEW = new DataView(new ArrayBuffer(2));

function native(bits: number): number {
  VIEW.setUint16(0, bits);
  return VIEW.getFloat16(0);
}

function nativeBits(value: number): number {
  VIEW.setFloat16(0, value);
  return VIEW.getUint16(0);
}

Deno.test("all numbers of 16 bits are read as the engine reads them", () => {
  for (let bits = 0; bits < 65536; bits++) {
    if (!Object.is(fromFloat16(bits), native(bits))) assertEquals(fromFloat16(bits), native(bits), `${bits}`);
  }
});

Deno.test("numbers of 16 bits, those half way and what is beside them are rounded as the engine does", () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    const half = (fromFloat16(bits) + Math.min(fromFloat16(bits + 1), 65536)) / 2;
    for (const size of [fromFloat16(bits), half, half * (1 - 2 ** -23), half * (1 + 2 ** -23)]) {
      for (const value of [Math.fround(size), -Math.fround(size)]) {
        if (toFloat16(value) !== nativeBits(value)) {
          assertEquals(toFloat16(value), nativeBits(value), `${value}`);
        }
      }
    }
  }
  assertEquals([NaN, 1e-30, 1e30].map(toFloat16), [NaN, 1e-30, 1e30].map(nativeBits));
});
