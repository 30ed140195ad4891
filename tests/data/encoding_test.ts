/** Encodings other than UTF-8, and what is said of bytes that are not valid. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { decodeText } from "../../src/data/encoding.ts";

/** 分开 不分开 in four encodings. */
const BYTES: Record<string, number[]> = {
  "gb18030": [0xb7, 0xd6, 0xbf, 0xaa, 0x20, 0xb2, 0xbb, 0xb7, 0xd6, 0xbf, 0xaa],
  "utf-16le": [0x06, 0x52, 0x00, 0x5f, 0x20, 0x00, 0x0d, 0x4e, 0x06, 0x52, 0x00, 0x5f],
  "utf-16be": [0x52, 0x06, 0x5f, 0x00, 0x00, 0x20, 0x4e, 0x0d, 0x52, 0x06, 0x5f, 0x00],
  "utf-8": [...new TextEncoder().encode("分开 不分开")],
};

for (const [encoding, bytes] of Object.entries(BYTES)) {
  Deno.test(`decodeText() reads ${encoding}`, () => {
    assertEquals(decodeText(Uint8Array.from(bytes), encoding), "分开 不分开");
  });
}

Deno.test("decodeText() suggests an encoding for what is not UTF-8", () => {
  const gb18030 = Uint8Array.from(BYTES["gb18030"]!);
  assertThrows(
    () => decodeText(gb18030),
    SyntaxError,
    'invalid byte 0xb7 at offset 0: try encoding "gb18030"',
  );
});

Deno.test("decodeText() names an unknown encoding, and a fault in a known one", () => {
  assertThrows(
    () => decodeText(new Uint8Array(1), "klingon"),
    RangeError,
    'its encoding "klingon" is unknown',
  );
  assertThrows(
    () => decodeText(Uint8Array.of(0x61, 0xff), "gb18030"),
    SyntaxError,
    "as gb18030: invalid byte 0xff",
  );
  assertThrows(() => decodeText(Uint8Array.of(0xb7), "gb18030"), SyntaxError, "it ends within a character");
});

Deno.test("decodeText() takes labels as TextDecoder does, and UTF-8 by default", () => {
  const bytes = Uint8Array.of(0xb7, 0xd6);
  for (const label of ["gbk", "GB2312", " gb18030 "]) assertEquals(decodeText(bytes, label), "分");
  assertEquals(decodeText(Uint8Array.of(0xe9), "latin1"), "é");
  assertEquals(decodeText(Uint8Array.of(0xff, 0xfe, 0x06, 0x52), "utf-16"), "分"); // a byte order mark is dropped
  assertEquals(decodeText(new TextEncoder().encode("分")), "分");
});

Deno.test("decodeText() names the place of a fault in any encoding", () => {
  const bad = (encoding: string, bytes: number[], message: string) =>
    assertThrows(() => decodeText(Uint8Array.from(bytes), encoding), SyntaxError, message);
  bad("gbk", [...Array(999).fill(0x61), 0xb7, 0x20, 0x61], "as gbk: invalid byte 0x20 at offset 1000");
  bad("utf-16le", [0x61, 0x00, 0x00, 0xdc, 0x61, 0x00], "as utf-16le: invalid byte 0xdc at offset 3");
  bad("utf-16le", [0x61, 0x00, 0x61], "as utf-16le: it ends within a character");
  bad("shift_jis", [0x61, 0x85, 0x00], "as shift_jis: invalid byte");
  bad("utf-8", [0x61, 0xff], "as UTF-8: invalid byte 0xff at offset 1");
});
