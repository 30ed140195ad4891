/** What is suggested for a text that is not UTF-8: the right encoding, or none. @module */
import { assertEquals } from "@std/assert";
import { LYRICS } from "../../src/data/lyrics.ts";
import { suggestEncoding } from "../../src/data/suggest_encoding.ts";
import { isUtf32 } from "../../src/data/utf32.ts";
import { encode } from "./encoder.ts";
import { ELSEWHERE, TEXTS } from "./sample_texts.ts";

/** Whether a text is read by what is suggested for its bytes; undefined where nothing is. */
function isRight(text: string, encoding: string): boolean | undefined {
  const bytes = encode(text, encoding);
  const suggested = suggestEncoding(bytes);
  if (suggested === undefined) return undefined;
  const decode = (name: string): string => new TextDecoder(name).decode(bytes);
  return decode(suggested) === decode(encoding);
}

const CASES = TEXTS.flatMap(([encoding, ...texts]) =>
  texts.map((text): [string, string] => [text, encoding])
);

/** How many variants of the texts are suggested rightly; none is wrongly. */
function right(variant: (text: string, encoding: string) => string): number {
  const found = CASES.map(([text, encoding]) => ({
    text,
    encoding,
    right: isRight(variant(text, encoding), encoding),
  }));
  assertEquals(found.filter(({ right }) => right === false), []);
  return found.filter(({ right }) => right).length / CASES.length;
}

/** The first words of a text. */
function words(text: string, count: number): string {
  return text.includes(" ") ? text.split(" ").slice(0, count).join(" ") : text.slice(0, 3 * count);
}

Deno.test("the encoder of these tests writes what TextDecoder reads", () => {
  assertEquals(new Set(TEXTS.map(([encoding]) => encoding)).size >= 30, true);
  for (const [text, encoding] of CASES) {
    const decoded = new TextDecoder(encoding, { fatal: true }).decode(encode(text, encoding));
    assertEquals(decoded.normalize("NFC"), text.normalize("NFC"), encoding);
  }
});

Deno.test("suggestEncoding() finds the encoding of a paragraph in each of them", () => {
  const missed = CASES.filter(([text, encoding]) => !isRight(text, encoding));
  assertEquals(missed.map(([text, encoding]) => `${encoding}: ${text}`), []);
});

Deno.test("suggestEncoding() is never wrong, however short or long the text, and whatever ASCII is around it", () => {
  const page = (text: string): string =>
    `<!DOCTYPE html>\n<html lang="en"><head><style>body { color: red }</style></head>\n<body>` +
    text.split(". ").map((one, i) =>
      `<p class="n${i}"><a href="http://example.org/?id=${i}">${one}</a></p>\n`
    ).join("") +
    `<script>const answer = 42; // the usual one\n</script></body></html>\n`;
  const shares = {
    page: right(page),
    english: right((text) => "The quick brown fox jumps over the lazy dog.\n".repeat(20) + text),
    long: right((text) => `${text}\n`.repeat(40)),
    capitals: right((text, encoding) => {
      const capitals = text.toUpperCase();
      const has = (character: string): boolean => {
        try {
          return encode(character, encoding).length > 0;
        } catch {
          return false;
        }
      };
      return [...capitals].filter(has).join("");
    }),
    half: right((text) => words(text, 12)),
    few: right((text) => words(text, 6)),
    fewer: right((text) => words(text, 3)),
    one: right((text) => words(text, 1)),
  };
  assertEquals(
    shares.page > 0.9 && shares.english > 0.9 && shares.long > 0.9,
    true,
    JSON.stringify(shares),
  );
  assertEquals(shares.capitals > 0.6 && shares.half > 0.7, true, JSON.stringify(shares));
});

Deno.test("suggestEncoding() suggests nothing for encodings that nothing here reads", () => {
  const wrong = ELSEWHERE.map(([name, base64]) => [name, suggestEncoding(Uint8Array.fromBase64(base64))]);
  assertEquals(wrong.filter(([, suggested]) => suggested !== undefined), []);
});

Deno.test("suggestEncoding() suggests nothing for damaged UTF-8, and for what is no text", () => {
  const texts = [LYRICS, ...new Set(CASES.map(([text]) => `${text} `.repeat(20)))];
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    for (const size of [200, 1000, bytes.length]) {
      assertEquals(suggestEncoding(bytes.slice(0, size).with(100, 0xff)), undefined, text);
      assertEquals(suggestEncoding(bytes.slice(1, size)), undefined, text);
    }
  }
  let seed = 1;
  const noise = (): number => {
    seed = (seed * 48271) % (2 ** 31 - 1);
    return seed & 0xff;
  };
  for (const size of [0, 1, 3, 10, 100, 5000]) {
    for (const mask of [0xff, 0x7f]) {
      for (let time = 0; time < 20; time++) {
        const bytes = Uint8Array.from({ length: size }, () => noise() & mask | (0x80 & ~mask));
        assertEquals(suggestEncoding(bytes), undefined, bytes.toHex().slice(0, 200));
      }
    }
  }
});

Deno.test("isUtf32() tells UTF-32 from UTF-16 and from zeros", () => {
  for (const little of [true, false]) {
    const view = new DataView(new ArrayBuffer(4 * LYRICS.length));
    for (let i = 0; i < LYRICS.length; i++) view.setUint32(4 * i, LYRICS.charCodeAt(i), little);
    assertEquals(isUtf32(new Uint8Array(view.buffer)), true);
  }
  for (const encoding of ["utf-16le", "utf-16be"]) assertEquals(isUtf32(encode(LYRICS, encoding)), false);
  for (const size of [0, 3, 8, 4096]) assertEquals(isUtf32(new Uint8Array(size)), false);
});
