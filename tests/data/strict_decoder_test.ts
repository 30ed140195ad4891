/** Bytes that come in chunks are decoded as one text, and a fault is told as it is told of the whole. @module */
import { assertEquals, assertThrows } from "@std/assert";
import { StrictDecoder } from "../../src/data/strict_decoder.ts";
import { Random } from "../../src/random.ts";
import { encode } from "./encoder.ts";
import { TEXTS } from "./sample_texts.ts";

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

Deno.test("what is suggested for bytes that are not UTF-8 follows from where they are not", () => {
  const gb18030 = Uint8Array.fromBase64("ztLDx9a7ysfU3cqxt9a/qqOs07DXsw=="); // 我们只是暂时分开，影壮
  for (const before of [0, 1, 4095, 100_000, 300_000, 1_000_001]) {
    const decoder = new StrictDecoder("utf-8");
    const ascii = new TextEncoder().encode(
      "an english text of many words ".repeat(1 + before / 30).slice(0, before),
    );
    for (let at = 0; at < before; at += 77_777) decoder.push(ascii.subarray(at, at + 77_777));
    assertThrows(() => decoder.push(gb18030), SyntaxError, `offset ${before}: try encoding "gb18030"`);
  }
});

Deno.test("what is UTF-8 by chance is refused: UTF-16 without a mark, and Japanese between escape sequences", () => {
  const english = "A text in English, of which every other byte is zero.";
  const little = Uint8Array.from([...english].flatMap((letter) => [letter.charCodeAt(0), 0]));
  for (const [bytes, encoding] of [[little, "utf-16le"], [little.slice(1, -1), "utf-16be"]] as const) {
    for (const size of [bytes.length, 40, 7]) {
      assertThrows(
        () => {
          const decoder = new StrictDecoder("utf-8");
          for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
        },
        SyntaxError,
        `as UTF-8: it is ${encoding}: try encoding "${encoding}"`,
      );
    }
  }
  const japanese = "GyRCOGNHWiRPRy0kRyQiJGshI0w+QTAkTyReJEBMNSQkISMbKEI="; // 吾輩は猫である。名前はまだ無い。
  const decoder = new StrictDecoder("utf-8");
  assertThrows(
    () => decoder.push(Uint8Array.fromBase64(japanese)),
    SyntaxError,
    'try encoding "iso-2022-jp"',
  );
  const colours = "\x1b[31mred\x1b[0m and a zero\0";
  assertEquals(new StrictDecoder("utf-8").push(new TextEncoder().encode(colours)), colours);
});

Deno.test("every encoding that may be suggested is read in chunks, and a fault in it has its offset", () => {
  for (const [encoding, ...texts] of TEXTS) {
    for (const text of texts) {
      const bytes = encode(text, encoding);
      assertEquals(decode(bytes, encoding, () => 7).normalize("NFC"), text.normalize("NFC"), encoding);
      const place = bytes.length >> 1;
      const damaged = Uint8Array.from([...bytes.subarray(0, place), 0xff, 0xdf, 0xdf, 0xff, 0xff]);
      const expected = decode(damaged, encoding, () => damaged.length);
      assertEquals(decode(damaged, encoding, () => 7), expected, encoding);
      if (!expected.startsWith("Cannot")) continue; // these bytes are characters there
      const [, offset] = /at offset (\d+)$/.exec(expected) ?? [];
      assertEquals(Number(offset) >= place - 1 && Number(offset) <= place + 4, true, expected);
    }
  }
});
