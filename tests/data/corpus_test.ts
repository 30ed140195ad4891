import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Corpus } from "../../src/data/corpus.ts";
import { decodeUtf8 } from "../../src/data/encoding.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { Random } from "../../src/random.ts";

const text = (corpus: Corpus) => corpus.vocabulary.decode(corpus.ids);

Deno.test("Corpus.fromText() turns each line break into a space, one for one", () => {
  const corpus = Corpus.fromText("a\nb\r\nc\rd");
  assertEquals(text(corpus), "a b  c d");
  assertEquals(corpus.size, 8);
  assertEquals(corpus.vocabulary.tokens, [" ", "a", "b", "c", "d"]);
});

Deno.test("Corpus.fromText() keeps line breaks where asked to", () => {
  assertEquals(text(Corpus.fromText("a\nb\r\nc", { newlines: "keep" })), "a\nb\r\nc");
});

Deno.test("Corpus.fromText() takes the first maxChars characters, never halves", () => {
  const corpus = Corpus.fromText("𠮷a😀\n开", { maxChars: 3 });
  assertEquals(text(corpus), "𠮷a😀");
  assertEquals(corpus.vocabulary.size, 3);
  assertEquals(text(Corpus.fromText("𠮷a", { maxChars: 2 })), "𠮷a");
  assertEquals(text(Corpus.fromText("𠮷a", { maxChars: 100 })), "𠮷a");
});

Deno.test("Corpus.fromText() encodes with a given vocabulary", () => {
  const vocabulary = Vocabulary.fromTokens(["c", "b", "a"]);
  const corpus = Corpus.fromText("abc", { vocabulary });
  assertStrictEquals(corpus.vocabulary, vocabulary);
  assertEquals([...corpus.ids], [2, 1, 0]);
  assertThrows(() => Corpus.fromText("abd", { vocabulary }), RangeError, '"d" (U+0064) at position 3');
});

Deno.test("Corpus.fromText() refuses what is no corpus", () => {
  assertThrows(() => Corpus.fromText(""), RangeError, "Cannot make a corpus as the text is empty");
  assertThrows(() => Corpus.fromText(null as unknown as string), TypeError, "current type is object");
  for (const maxChars of [0, -1, 1.5, NaN]) {
    assertThrows(() => Corpus.fromText("a", { maxChars }), RangeError, `current value is ${maxChars}`);
  }
  assertThrows(
    () => Corpus.fromText("a", { newlines: "drop" as "keep" }),
    RangeError,
    'newlines must be "space" or "keep": current value is "drop"',
  );
  assertThrows(() => Corpus.fromText("ab\ud800"), SyntaxError, "position 3: lone surrogate U+D800");
});

/** Where the longest prefix ends that the platform's own decoder takes. */
function validPrefix(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let end = bytes.length; end > 0; end--) {
    try {
      decoder.decode(bytes.subarray(0, end));
      return end;
    } catch { /* a shorter one, then */ }
  }
  return 0;
}

function checkOffset(bytes: Uint8Array): void {
  const offset = validPrefix(bytes);
  if (offset === bytes.length) {
    assertEquals(decodeUtf8(bytes), new TextDecoder().decode(bytes));
    return;
  }
  const byte = bytes[offset]!.toString(16).padStart(2, "0");
  const error = assertThrows(() => decodeUtf8(bytes), SyntaxError);
  const [fact, advice = ""] = error.message.split(": try encoding ");
  assertEquals(fact, `Cannot read the text as UTF-8: invalid byte 0x${byte} at offset ${offset}`);
  assertEquals(advice.replace(/^[a-z\d_-]+( or [a-z\d_-]+)?$/, ""), "");
}

Deno.test("decodeUtf8() decodes characters of every length and drops a byte order mark", () => {
  const sample = "aé分𠮷\u{10ffff}\0\ufeff";
  assertEquals(decodeUtf8(new TextEncoder().encode(sample)), sample);
  assertEquals(decodeUtf8(new TextEncoder().encode(`\ufeff${sample}`)), sample);
  assertEquals(decodeUtf8(new Uint8Array(0)), "");
});

Deno.test("decodeUtf8() names the first bad byte of every sort, and its offset", () => {
  const bad: [string, number[]][] = [
    ["a byte that never occurs", [0xff]],
    ["a continuation byte alone", [0x80]],
    ["an overlong form of 2 bytes", [0xc0, 0xaf]],
    ["an overlong form of 3 bytes", [0xe0, 0x9f, 0xbf]],
    ["an overlong form of 4 bytes", [0xf0, 0x8f, 0xbf, 0xbf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a character cut off by another", [0xe5, 0x88, 0x61]],
    ["a character cut off by the end", [0xf0, 0xa0, 0xae]],
  ];
  const before = [...new TextEncoder().encode("\ufeffaé分𠮷\u{10ffff}")];
  for (const [, sequence] of bad) {
    for (const after of sequence.at(-1) === 0xae ? [[]] : [[], [0x61], [0xff]]) {
      checkOffset(Uint8Array.from([...sequence, ...after]));
      checkOffset(Uint8Array.from([...before, ...sequence, ...after]));
    }
  }
  assertThrows(
    () => decodeUtf8(Uint8Array.from([...before, 0xff])),
    SyntaxError,
    "Cannot read the text as UTF-8: invalid byte 0xff at offset 17",
  );
});

Deno.test("decodeUtf8() agrees with the platform's decoder on random bytes", () => {
  // Bytes at the edges of UTF-8's ranges, so that nearly valid sequences are frequent.
  const edges = [
    ...[0x00, 0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec],
    ...[0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
  ];
  const random = new Random(0);
  let invalid = 0;
  for (let i = 0; i < 3000; i++) {
    const bytes = Uint8Array.from({ length: random.integer(7) }, () => edges[random.integer(edges.length)]!);
    if (validPrefix(bytes) < bytes.length) invalid++;
    checkOffset(bytes);
  }
  assert(invalid > 500 && invalid < 2900, `${invalid} of 3000 cases were invalid`);
});
