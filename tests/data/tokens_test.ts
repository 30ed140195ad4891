/** Vocabularies of bytes and words, and what becomes of unknown tokens. @module */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Corpus } from "../../src/data/corpus.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import type { TextVocabularyOptions } from "../../src/data/vocabulary_options.ts";

Deno.test("a vocabulary of bytes has 256 tokens and takes any text", () => {
  const bytes = Vocabulary.fromText("a", { kind: "byte" });
  assertEquals(bytes.size, 256);
  for (const text of ["分开", "𠮷 é", "\0\n"]) {
    const ids = bytes.encode(text);
    assertEquals([...ids], [...new TextEncoder().encode(text)]);
    assertEquals(bytes.decode(ids), text);
    const decoder = bytes.decoder();
    assertEquals(Array.from(ids, (id) => decoder.push(id)).join("") + decoder.end(), text);
  }
});

Deno.test("a vocabulary of words splits at whitespace, and line breaks are tokens", () => {
  const words = Vocabulary.fromText("the cat  sat\non the mat", { kind: "word" });
  assertEquals(words.tokens, ["\n", "cat", "mat", "on", "sat", "the"]);
  assertEquals(words.decode(words.encode("the mat\r\n sat")), "the mat\nsat");
  const decoder = words.decoder();
  assertEquals(Array.from(words.encode("cat sat\non"), (id) => decoder.push(id)), [
    "cat",
    " sat",
    "\n",
    "on",
  ]);
  const spaces = Vocabulary.fromText("the cat\nsat", { kind: "word", newlines: "space" });
  assertEquals(spaces.tokens, ["cat", "sat", "the"]);
  assertEquals(spaces.decode(spaces.encode("the\ncat")), "the cat");
});

Deno.test("an unknown token is an error, skipped, or replaced, as the policy says", () => {
  const unknown = (policy: "error" | "skip" | "replace"): Vocabulary =>
    Vocabulary.fromText("ab", { unknown: policy });
  assertThrows(() => unknown("error").encode("a?b"), RangeError, "position 2");
  assertEquals(unknown("skip").decode(unknown("skip").encode("a?b")), "ab");
  assertEquals(unknown("replace").decode(unknown("replace").encode("a?b")), "a\ufffdb");
  const words = Vocabulary.fromText("a b", { kind: "word", unknown: "replace" });
  assertEquals(words.decode(words.encode("a c b")), "a <unk> b");
});

Deno.test("kind and policy travel in JSON", () => {
  for (const kind of ["character", "byte", "word"] as const) {
    for (const unknown of ["error", "skip", "replace"] as const) {
      if (kind === "byte" && unknown !== "error") continue;
      const vocabulary = Vocabulary.fromText("ab cd", { kind, unknown });
      const read = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
      assertEquals([read.kind, read.unknown, read.size], [kind, unknown, vocabulary.size]);
      assertEquals([...read.encode("cd ab")], [...vocabulary.encode("cd ab")]);
    }
  }
});

Deno.test("a decoder gives whole characters only, and U+FFFD for a rest", () => {
  const bytes = Vocabulary.fromJSON({ kind: "byte" });
  const ids = [...bytes.encode("é𠮷\ufeffa")];
  const decoder = bytes.decoder();
  assertEquals(ids.map((id) => decoder.push(id)), ["", "é", "", "", "", "𠮷", "", "", "\ufeff", "a"]);
  assertEquals([0xe5, 0x88].map((id) => decoder.push(id)), ["", ""]);
  assertEquals([decoder.end(), decoder.push(0x62)], ["\ufffd", "b"]);
  assertEquals(bytes.decode(bytes.encode("\ufeffa")), "\ufeffa");
  const marked = bytes.decoder();
  assertEquals([0xef, 0xbb, 0xbf].map((id) => marked.push(id)), ["", "", "\ufeff"]);
  assertEquals([bytes.decode([0x61, 0xe5, 0x62]), bytes.decode([0xff])], ["a\ufffdb", "\ufffd"]);
  for (const vocabulary of [bytes, Vocabulary.fromText("ab"), Vocabulary.fromText("a b", { kind: "word" })]) {
    assertThrows(
      () => vocabulary.decoder().push(256),
      RangeError,
      "Cannot decode id 256 as ids must be from 0",
    );
  }
  const characters = Vocabulary.fromText("𠮷a");
  const one = characters.decoder();
  assertEquals([...characters.encode("𠮷a𠮷")].map((id) => one.push(id)).join("") + one.end(), "𠮷a𠮷");
});

Deno.test("bytes are tokens by their character, or by their number", () => {
  const bytes = Vocabulary.fromText("a", { kind: "byte" });
  assertEquals(["a", "\n", "<0xE5>", "<0xFF>"].map((token) => bytes.id(token)), [97, 10, 229, 255]);
  assertEquals(["é", "<0x61>", "", "ab"].map((token) => bytes.has(token)), [false, false, false, false]);
  assertEquals(new Set(bytes.tokens).size, 256);
  assertThrows(
    () => Vocabulary.fromTokens(["a"], { kind: "byte" }),
    RangeError,
    "bytes are always the same 256",
  );
  assertThrows(() => bytes.encode("a\ud800"), SyntaxError, "position 2: lone surrogate U+D800");
});

Deno.test("words are in code point order, and any whitespace parts them", () => {
  const text = "\u3000b\u00a0～ 😀\r\n\ta\u2003aa ab ";
  const words = Vocabulary.fromText(text, { kind: "word", newlines: "space" });
  assertEquals(words.tokens, ["a", "aa", "ab", "b", "～", "😀"]);
  assertEquals(words.decode([5, 0, 4]), "😀 a～");
  assertThrows(() => words.encode("a b c"), RangeError, 'Cannot encode word "c" at position 3');
  assertThrows(() => words.encode("a \udc00"), SyntaxError, "position 3: lone surrogate U+DC00");
  assertEquals([words.has("aa"), words.has("a a"), words.has(""), words.id("ab")], [true, false, false, 2]);
  const { message } = assertThrows(() => words.encode("x".repeat(1000)), RangeError);
  assert(message.length < 200, message);
  for (const bad of ["", "a b", "a\n", " ", "\ud800"]) {
    assertThrows(
      () => Vocabulary.fromTokens(["a", bad], { kind: "word" }),
      TypeError,
      "must be a word, without whitespace",
    );
  }
  assertThrows(
    () => Vocabulary.fromTokens(["a", "b", "a"], { kind: "word" }),
    RangeError,
    'tokens 0 and 2 are both "a"',
  );
});

Deno.test("withUnknown() changes the policy and keeps the ids", () => {
  const vocabulary = Vocabulary.fromText("ab\ufffd");
  assertStrictEquals(vocabulary.withUnknown("error"), vocabulary);
  assertEquals([...vocabulary.withUnknown("replace").encode("a?b")], [0, 2, 1]);
  assertEquals([...vocabulary.withUnknown("skip").encode("a?b")], [0, 1]);
  assertThrows(
    () => Vocabulary.fromText("ab").withUnknown("replace"),
    RangeError,
    "lacks the token that stands for",
  );
  assertThrows(
    () => Vocabulary.fromText("a", { kind: "word" }).withUnknown("replace"),
    RangeError,
    '"<unk>"',
  );
  assertEquals(Vocabulary.fromText("a", { kind: "byte" }).withUnknown("replace").size, 256);
  assertThrows(
    () => Vocabulary.fromTokens(["a"], { unknown: "replace" }),
    RangeError,
    "Cannot replace unknown tokens",
  );
});

Deno.test("covers() tells whether a text has unknown tokens, whatever becomes of them", () => {
  for (const unknown of ["error", "skip", "replace"] as const) {
    const words = Vocabulary.fromText("to be", { kind: "word", unknown });
    assertEquals(["be to", "", "to see"].map((text) => words.covers(text)), [true, true, false]);
  }
  assert(Vocabulary.fromText("a", { kind: "byte" }).covers("分"));
});

Deno.test("JSON of words and bytes that is not sound is refused in one sentence", () => {
  const cases: unknown[] = [
    { kind: "byte", tokens: [] },
    { kind: "word" },
    { kind: "word", tokens: {} },
    { kind: "word", tokens: [] },
    { kind: "word", tokens: ["a", null] },
    { kind: "word", tokens: ["a", ["b"]] },
    { kind: "word", tokens: ["a".repeat(9999), "a".repeat(9999)] },
    { kind: "word", tokens: ["x ".repeat(9999)] },
    { kind: "word", tokens: ["a"], unknown: "replace" },
    { kind: "word", tokens: ["a"], unknown: "ignore" },
    { kind: "word", tokens: ["a"], unknown: null },
    { kind: "toString", tokens: ["a"] },
    { kind: ["word"], tokens: ["a"] },
    { kind: "x".repeat(9999), tokens: ["a"] },
    JSON.parse('{"__proto__":{"kind":"byte"}}'),
    [{ kind: "byte" }],
  ];
  for (const value of cases) {
    const error = assertThrows(() => Vocabulary.fromJSON(value), Error);
    assert(error instanceof TypeError || error instanceof RangeError, String(error));
    assert(/^Cannot (read|build|replace)[^\n]{10,250}$/.test(error.message), error.message);
  }
});

Deno.test("minCount and maxVocabulary leave rare tokens out", () => {
  const text = "to be or not to be , that is to be\n";
  const tokens = (options: TextVocabularyOptions): readonly string[] =>
    Vocabulary.fromText(text, { kind: "word", ...options }).tokens;
  assertEquals(tokens({ minCount: 2 }), ["<unk>", "be", "to"]);
  assertEquals(tokens({ minCount: 2, unknown: "skip" }), ["be", "to"]);
  // The most frequent ones; of equally frequent ones the first by code points.
  assertEquals(tokens({ maxVocabulary: 5 }), ["\n", ",", "<unk>", "be", "to"]);
  assertEquals(tokens({ maxVocabulary: 3, minCount: 1, unknown: "skip" }), ["\n", "be", "to"]);
  assertEquals(tokens({ maxVocabulary: 100 }).length, 9);
  assertEquals(tokens({ minCount: 1, maxVocabulary: Infinity }).length, 8);
  const characters = Vocabulary.fromText("abcab\ufffd\ufffd", { minCount: 2 });
  assertEquals([characters.tokens, characters.unknown], [["a", "b", "\ufffd"], "replace"]);
  assertEquals([...characters.encode("ca")], [2, 0]);
  const corpus = Corpus.fromText("abcabd", { minCount: 2 });
  assertEquals([corpus.vocabulary.tokens, [...corpus.ids]], [["a", "b", "\ufffd"], [0, 1, 2, 0, 1, 2]]);
  assertEquals(corpus.counts.unknown, 2);
  const skipping = Corpus.fromText("abcabd", { maxVocabulary: 2, unknown: "skip" });
  assertEquals([[...skipping.ids], skipping.counts.unknown], [[0, 1, 0, 1], 2]);
  assertThrows(
    () => tokens({ minCount: 9 }),
    RangeError,
    "nothing of the text would be left in it: lower minCount 9",
  );
  assertThrows(() => tokens({ minCount: 2, maxVocabulary: 1 }), RangeError, "it: raise maxVocabulary 1");
  assertThrows(
    () => tokens({ minCount: 0 }),
    RangeError,
    "minCount must be a positive integer: current value is 0",
  );
  assertThrows(() => tokens({ maxVocabulary: 1.5 }), RangeError, "current value is 1.5");
  assertThrows(
    () => tokens({ minCount: 2, unknown: "error" }),
    RangeError,
    'with minCount 2 and unknown "error": what is left out must be replaced or skipped',
  );
  assertThrows(
    () => Corpus.fromText("a", { kind: "byte", maxVocabulary: 9 }),
    RangeError,
    "Cannot build a vocabulary of bytes with maxVocabulary 9: bytes are always the same 256",
  );
  assertThrows(
    () => Corpus.fromText("a", { vocabulary: characters, minCount: 2 }),
    RangeError,
    "Cannot make a corpus with minCount 2 as its vocabulary is given",
  );
});

Deno.test("a corpus and a vocabulary of counts have the tokens that the text's vocabulary has", () => {
  const text = "'Tis the boys' hat -- 'tis 1,000 <unk> <unk>.\r\nThe end's the end...\n\n";
  for (const kind of ["character", "word"] as const) {
    for (const limits of [{}, { minCount: 2 }, { maxVocabulary: 6 }, { unknown: "replace" }] as const) {
      const options = { kind, ...limits };
      const vocabulary = Vocabulary.fromText(text, options);
      const corpus = Corpus.fromText(text, options);
      assertEquals(JSON.stringify(corpus.vocabulary), JSON.stringify(vocabulary));
      assertEquals([...corpus.ids], [...vocabulary.encode(text)]);
      assertEquals(corpus.counts.unknown, vocabulary.countUnknown(text));
    }
  }
  assertThrows(() => Vocabulary.fromCounts([["a", 1], ["a", 2]]), RangeError, 'tokens 0 and 1 are both "a"');
  assertThrows(() => Vocabulary.fromCounts([["the", 1]]), TypeError, 'token 0 is "the"');
  // Words with marks in them, of a corpus that was cut at whitespace.
  const spaced = Vocabulary.fromJSON(["<unk>", "The", "end.", "n't"]);
  const { ids, counts } = Corpus.fromText("The end.\nIs n't The", { vocabulary: spaced });
  assertEquals([[...ids], counts.unknown], [[1, 2, 0, 3, 1], 1]);
});
