import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { consecutiveBatches } from "../../src/data/batches.ts";
import { Corpus } from "../../src/data/corpus.ts";
import { decodeUtf8 } from "../../src/data/encoding.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { Random } from "../../src/random.ts";

const text = (corpus: Corpus) => corpus.vocabulary.decode(corpus.ids);

Deno.test("Corpus.fromText() keeps line breaks, \\r\\n and a lone \\r as one \\n", () => {
  const corpus = Corpus.fromText("a\nb\r\nc\rd");
  assertEquals(text(corpus), "a\nb\nc\nd");
  assertEquals(corpus.vocabulary.tokens, ["\n", "a", "b", "c", "d"]);
  assertEquals(corpus.counts, { lineBreaks: 3, carriageReturns: 2, unknown: 0 });
});

Deno.test("Corpus.fromText() turns each line break into a space where asked to", () => {
  const corpus = Corpus.fromText("a\nb\r\nc\rd", { newlines: "space" });
  assertEquals(text(corpus), "a b c d");
  assertEquals(corpus.counts, { lineBreaks: 3, carriageReturns: 2, unknown: 0 });
});

Deno.test("Corpus.fromText() prepares a text as a given vocabulary's was", () => {
  for (const newlines of ["keep", "space"] as const) {
    const { vocabulary, ids } = Corpus.fromText("ab\r\nba", { newlines });
    assertEquals([...Corpus.fromText("ab\nba", { vocabulary }).ids], [...ids]);
    assertEquals([...Corpus.fromText("ab\rba", { vocabulary, newlines }).ids], [...ids]);
    const other = newlines === "keep" ? "space" : "keep";
    assertThrows(
      () => Corpus.fromText("ab", { vocabulary, newlines: other }),
      RangeError,
      `newlines must be the vocabulary's, "${newlines}": current value is "${other}"`,
    );
  }
});

Deno.test("Corpus counts what its vocabulary lacks, and a part has the counts of the whole", () => {
  const vocabulary = Vocabulary.fromText("ab\n", { unknown: "replace" });
  const corpus = Corpus.fromText("a?\n!b", { vocabulary });
  assertEquals(corpus.counts, { lineBreaks: 1, carriageReturns: 0, unknown: 2 });
  assertEquals(corpus.split(0.5)[1].counts, corpus.counts);
  const left = Corpus.fromText("a?b!", { vocabulary: Vocabulary.fromText("ab"), unknown: "skip" });
  assertEquals([left.counts.unknown, left.size], [2, 2]);
});

Deno.test("Corpus.fromText() takes the first maxChars characters, never halves", () => {
  const corpus = Corpus.fromText("𠮷a😀\n开", { maxChars: 3 });
  assertEquals(text(corpus), "𠮷a😀");
  assertEquals(corpus.vocabulary.size, 3);
  assertEquals(text(Corpus.fromText("𠮷a", { maxChars: 2 })), "𠮷a");
  assertEquals(text(Corpus.fromText("a\r\nb\n", { maxChars: 3 })), "a\nb");
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
    'newlines must be "space", "keep" or "lines": current value is "drop"',
  );
  assertThrows(() => Corpus.fromText("ab\ud800"), SyntaxError, "position 3: lone surrogate U+D800");
});

Deno.test("Corpus.fromText() makes a vocabulary of bytes or words", () => {
  const bytes = Corpus.fromText("分\r\n开", { kind: "byte" });
  assertEquals([bytes.size, bytes.vocabulary.size, text(bytes)], [8, 256, "分\r\n开"]);
  const spaced = Corpus.fromText("分\r\n开", { kind: "byte", newlines: "space" });
  assertEquals(text(spaced), "分 开");
  const words = Corpus.fromText("to be\nor  not to be", { kind: "word", maxChars: 12 });
  assertEquals([...words.ids], [4, 1, 0, 3, 2]);
  assertEquals(text(words), "to be\nor no");
});

Deno.test("Corpus.fromText() takes the policy for unknown tokens, its own or a given vocabulary's", () => {
  assertEquals(Corpus.fromText("ab", { unknown: "replace" }).vocabulary.tokens, ["a", "b", "\ufffd"]);
  const vocabulary = Vocabulary.fromText("ab");
  const corpus = Corpus.fromText("a?b!", { vocabulary, unknown: "skip" });
  assertEquals([text(corpus), corpus.vocabulary.unknown, vocabulary.unknown], ["ab", "skip", "error"]);
  assertThrows(
    () => Corpus.fromText("a?b", { vocabulary, unknown: "replace" }),
    RangeError,
    'lacks the token that stands for them, "\ufffd": unknown "skip" leaves them out',
  );
  assertThrows(
    () => Corpus.fromText("?!", { vocabulary, unknown: "skip" }),
    RangeError,
    "has nothing of the text",
  );
  assertThrows(() => Corpus.fromText("\t \u3000", { kind: "word" }), RangeError, "nothing but whitespace");
  assertThrows(
    () => Corpus.fromText("a", { vocabulary, kind: "word" }),
    RangeError,
    'kind must be the vocabulary\'s, "character": current value is "word"',
  );
  assertThrows(
    () => Corpus.fromText("a", { vocabulary: vocabulary.withUnknown("skip"), unknown: "error" }),
    RangeError,
    'unknown must be the vocabulary\'s, "skip": current value is "error"',
  );
  assertThrows(() => Corpus.fromText("a", { kind: "line" as "word" }), RangeError, 'current value is "line"');
  assertThrows(() => Corpus.fromText("a", { unknown: "" as "skip" }), RangeError, 'current value is ""');
});

Deno.test("Corpus.ids lie in the narrowest array that holds the vocabulary's ids, and so do its parts", () => {
  const distinct = (count: number) =>
    Array.from({ length: count }, (_, i) => String.fromCodePoint(0x10000 + i)).join("");
  for (const [size, Narrow] of [[2, Uint8Array], [256, Uint8Array], [257, Uint16Array]] as const) {
    const corpus = Corpus.fromText(distinct(size));
    assertEquals(corpus.ids, new Narrow(Array.from({ length: size }, (_, id) => id)));
    for (const part of corpus.split(0.5)) assert(part.ids instanceof Narrow);
  }
  assert(Corpus.fromText(distinct(65_536)).ids instanceof Uint16Array);
  assert(Corpus.fromText(distinct(65_537)).ids instanceof Uint32Array);
  // What decides is the vocabulary, not the text.
  const vocabulary = Vocabulary.fromText(distinct(257));
  assertEquals(Corpus.fromText(distinct(1), { vocabulary }).ids, Uint16Array.of(0));
});

Deno.test("Corpus.split() takes the end of the text, and leaves whole rows to train on", () => {
  const corpus = Corpus.fromText(
    Array.from({ length: 101 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(""),
  );
  for (
    const [fraction, batchSize, size] of [[0.1, 1, 91], [0.1, 8, 88], [0.5, 50, 50], [0.001, 1, 100]] as const
  ) {
    const [training, validation] = corpus.split(fraction, { batchSize });
    assertEquals([training.size, validation.size], [size, 101 - size]);
    assertEquals([...training.ids, ...validation.ids], [...corpus.ids]);
    assertStrictEquals(training.vocabulary, corpus.vocabulary);
    assertStrictEquals(validation.vocabulary, corpus.vocabulary);
  }
  // No fraction is taken for a little more than it is.
  const ten = Corpus.fromText("0123456789");
  for (let i = 1; i < 10; i++) assertEquals(ten.split(i / 10)[1].size, i);
});

Deno.test("Corpus.split() leaves the rows of the training part as they would be without the rest", () => {
  const corpus = Corpus.fromText("0123456789".repeat(10));
  const sizes = { batchSize: 4, numSteps: 5 };
  const [training, validation] = corpus.split(0.25, { batchSize: 4 });
  const alone = corpus.ids.slice(0, training.size);
  const batches = [...consecutiveBatches(training.ids, sizes)];
  assertEquals(batches, [...consecutiveBatches(alone, sizes)]);
  // Row r of a batch goes on where it ended in the one before, and never leaves its part.
  const rows = training.size / 4;
  batches.forEach(({ inputs }, step) =>
    assertEquals(
      inputs,
      Uint32Array.from({ length: 20 }, (_, i) => alone[Math.floor(i / 5) * rows + step * 5 + i % 5]!),
    )
  );
  assertEquals([training.size, validation.size], [72, 28]);
});

Deno.test("Corpus.split() takes the end of each row, and leaves the rows' beginnings to train on", () => {
  const corpus = Corpus.fromText("abcdefghijklmnopqrstuvwxyz");
  const textOf = ({ vocabulary, ids }: Corpus): string => vocabulary.decode(ids);
  for (
    const [fraction, rows, training, validation] of [
      [0.25, 3, "abcdefijklmnqrstuv", "ghopwx"], // 3 rows of 8, y and z in neither
      [0.5, 2, "abcdefnopqrs", "ghijklmtuvwxyz"], // 6.5 of 13 are 7
      [0.01, 13, "acegikmoqsuwy", "bdfhjlnprtvxz"], // one at least
      [0.3, 1, "abcdefghijklmnopqr", "stuvwxyz"],
    ] as const
  ) {
    const parts = corpus.split(fraction, { rows });
    assertEquals(parts.map(textOf), [training, validation]);
    assertEquals(parts.map((part) => part.parts), [rows, rows]);
  }
  assertThrows(() => corpus.split(0.5, { rows: 14 }), RangeError, "left to train on with rows 14");
  assertThrows(() => corpus.split(0.5, { rows: 1.5 }), RangeError, "rows must be a positive integer");
});

Deno.test("Corpus.split() refuses what leaves a part empty", () => {
  const corpus = Corpus.fromText("abcdefghij");
  for (const fraction of [0, 1, -0.1, 1.5, NaN]) {
    assertThrows(
      () => corpus.split(fraction),
      RangeError,
      `above 0 and below 1: current value is ${fraction}`,
    );
  }
  for (const batchSize of [0, 1.5, NaN]) {
    assertThrows(() => corpus.split(0.5, { batchSize }), RangeError, `current value is ${batchSize}`);
  }
  assertThrows(
    () => corpus.split(0.5, { batchSize: 6 }),
    RangeError,
    "nothing would be left to train on with batchSize 6",
  );
  assertThrows(() => Corpus.fromText("a").split(0.5), RangeError, "left to train on: its size is 1");
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
  const [fact, advice = ""] = error.message.split(/: (?:try|name another) encoding/);
  assertEquals(fact, `Cannot read the text as UTF-8: invalid byte 0x${byte} at offset ${offset}`);
  assertEquals(advice.replace(/^ "[a-z\d_-]+"$/, ""), "");
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
    0x00,
    0x61,
    0x7f,
    0x80,
    0x8f,
    0x90,
    0x9f,
    0xa0,
    0xbf,
    0xc0,
    0xc1,
    0xc2,
    0xdf,
    0xe0,
    0xe1,
    0xec,
    0xed,
    0xee,
    0xef,
    0xf0,
    0xf1,
    0xf3,
    0xf4,
    0xf5,
    0xff,
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
