/** Bytes that come in chunks are decoded as one text, and a fault is told as it is told of the whole. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { StrictDecoder } from "../../src/data/strict_decoder.ts";
import { Random } from "../../src/random.ts";

/** Decodes in chunks of the sizes that `size` gives: the text, or the message. */
function decode(bytes: Uint8Array, encoding: string, size: () => number): string {
  const decoder = new StrictDecoder(encoding);
  let text = "";
  try {
    for (let at = 0; at < bytes.length;) {
      const end = at + size();
      text += decoder.push(bytes.slice(at, end));
      at = end;
    }
    decoder.end();
  } catch (error) {
    return `${error}`;
  }
  return text;
}

/** 分开, Ж, a line break and more that both have, in several encodings, and bytes that break them. */
const SAMPLES: readonly (readonly [encoding: string, good: number[], bad: number[]])[] = [
  ["utf-8", [...new TextEncoder().encode("\ufeffa分é𠮷\u{10ffff}\n")], [0xf0, 0x9f, 0xbf, 0x61]],
  ["utf-8", [0x61, 0xe5, 0x88, 0x86], [0xed, 0xa0, 0x80]],
  ["utf-8", [0x61, 0xe5, 0x88, 0x86], [0xe5, 0x88]],
  ["gb18030", [0x61, 0xb7, 0xd6, 0xbf, 0xaa, 0x81, 0x30, 0x81, 0x30, 0x0a], [0xb7, 0x20]],
  ["gb18030", [0x61, 0xb7, 0xd6], [0x81, 0x30, 0x81]],
  ["shift_jis", [0x61, 0x95, 0xaa, 0x8a, 0x4a], [0x85, 0x00]],
  ["iso-2022-jp", [0x1b, 0x24, 0x42, 0x4a, 0x2c, 0x33, 0x2b, 0x1b, 0x28, 0x42, 0x61], [0x80]],
  ["utf-16le", [0xff, 0xfe, 0x61, 0x00, 0x06, 0x52, 0x42, 0xd8, 0xb7, 0xdf], [0x00, 0xdc]],
  ["utf-16be", [0x52, 0x06, 0xd8, 0x42, 0xdf, 0xb7], [0x61]],
];

Deno.test("chunks that end anywhere are decoded as the whole is, and its faults have the same offset", () => {
  const random = new Random(0);
  for (const [encoding, good, bad] of SAMPLES) {
    for (const list of [good, [...good, ...bad], [...good, ...good, ...bad, ...good]]) {
      const bytes = Uint8Array.from(list);
      const whole = decode(bytes, encoding, () => bytes.length);
      for (let size = 1; size < 6; size++) assertEquals(decode(bytes, encoding, () => size), whole, encoding);
      for (let i = 0; i < 20; i++) {
        assertEquals(decode(bytes, encoding, () => random.integer(4)), whole, encoding);
      }
    }
  }
});

Deno.test("a fault far behind the beginning is told with its offset in the whole text", () => {
  for (const [encoding, good, bad] of SAMPLES.filter(([, , bad]) => bad.length === 2)) {
    const bytes = new Uint8Array(300_000 * good.length + 2);
    for (let at = 0; at < bytes.length - 2; at += good.length) bytes.set(good, at);
    bytes.set(bad, bytes.length - 2);
    const message = decode(bytes, encoding, () => 100_003);
    assertEquals(message, decode(bytes, encoding, () => bytes.length));
    const cut = bytes.length - (encoding === "utf-8" ? 2 : 1); // where it begins, or ends
    assertEquals(/offset (\d+)/.exec(message)?.[1], `${cut}`, message);
  }
});

Deno.test("what is suggested for bytes that are not UTF-8 follows from the text's beginning", () => {
  const gb18030 = Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa);
  const decoder = new StrictDecoder("utf-8");
  decoder.push(gb18030.subarray(0, 0));
  assertThrows(() => decoder.push(gb18030), SyntaxError, 'offset 0: try encoding "gb18030"');
  const other = new StrictDecoder("utf-8");
  other.push(Uint8Array.of(0x61));
  assertThrows(() => other.push(gb18030), SyntaxError, 'offset 1: try encoding "gb18030"');
});
