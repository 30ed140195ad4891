/** Encodings other than UTF-8, and what is suggested when a text is not UTF-8. @module */
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
  assertThrows(() => decodeText(gb18030), SyntaxError, "invalid byte 0xb7 at offset 0: try encoding gb18030");
});

Deno.test("decodeText() names an unknown encoding, and a fault in a known one", () => {
  assertThrows(() => decodeText(new Uint8Array(1), "klingon"), RangeError, 'current encoding is "klingon"');
  assertThrows(
    () => decodeText(Uint8Array.of(0x61, 0xff), "gb18030"),
    SyntaxError,
    "as gb18030: invalid byte 0xff",
  );
  assertThrows(() => decodeText(Uint8Array.of(0xb7), "gb18030"), SyntaxError, "it ends within a character");
});
