import { assert, assertEquals, assertThrows } from "@std/assert";
import { Vocabulary } from "../../src/data/vocabulary.ts";

Deno.test("Vocabulary.fromText() orders characters by code point, not by UTF-16 unit", () => {
  // U+20BB7 is stored as the units D842 DFB7, which sort before U+FF5E.
  const vocabulary = Vocabulary.fromText("𠮷～ba😀a\n");
  assertEquals(vocabulary.tokens, ["\n", "a", "b", "～", "😀", "𠮷"]);
  assertEquals(vocabulary.size, 6);
});

Deno.test("Vocabulary.encode() and decode() are inverse, one id a character", () => {
  const text = "分开 𠮷野家 😀 e\u0301 分";
  const vocabulary = Vocabulary.fromText(text);
  const ids = vocabulary.encode(text);
  assert(ids instanceof Uint32Array);
  assertEquals(ids.length, [...text].length);
  assertEquals([...ids].map((id) => vocabulary.tokens[id]), [...text]);
  assertEquals(vocabulary.decode(ids), text);
  assertEquals(vocabulary.decode([...ids]), text);
  assertEquals(vocabulary.encode(""), new Uint32Array(0));
  assertEquals(vocabulary.decode([]), "");
});

Deno.test("Vocabulary.encode() names an unknown character and counts its place in characters", () => {
  const vocabulary = Vocabulary.fromText("不分开𠮷");
  assertThrows(
    () => vocabulary.encode("𠮷分龘开"),
    RangeError,
    'Cannot encode character "龘" (U+9F98) at position 3 as the vocabulary does not have it: unknown "skip" leaves it out',
  );
  assertThrows(() => vocabulary.encode("分\n"), RangeError, 'character "\\n" (U+000A) at position 2');
  assertThrows(() => vocabulary.encode("😀"), RangeError, 'character "😀" (U+1F600) at position 1');
});

Deno.test("Vocabulary refuses half a character with its place", () => {
  const high = "𠮷".slice(0, 1);
  const low = "𠮷".slice(1);
  const vocabulary = Vocabulary.fromText("a𠮷");
  for (
    const use of [(text: string) => vocabulary.encode(text), (text: string) => Vocabulary.fromText(text)]
  ) {
    assertThrows(() => use(`𠮷a${high}`), SyntaxError, "at position 3: lone surrogate U+D842");
    assertThrows(() => use(`${high}a`), SyntaxError, "at position 1: lone surrogate U+D842");
    assertThrows(() => use(`a${low}${high}`), SyntaxError, "at position 2: lone surrogate U+DFB7");
  }
  assertThrows(() => Vocabulary.fromTokens(["a", high]), TypeError, 'token 1 is "\\ud842"');
  assertEquals(vocabulary.has(high), false);
});

Deno.test("Vocabulary.fromTokens() keeps the order of the tokens", () => {
  const vocabulary = Vocabulary.fromTokens(["b", "𠮷", "a"]);
  assertEquals(vocabulary.tokens, ["b", "𠮷", "a"]);
  assertEquals([...vocabulary.encode("a𠮷b")], [2, 1, 0]);
});

Deno.test("Vocabulary.fromTokens() refuses what is not a list of distinct characters", () => {
  const refuse = (tokens: unknown, type: typeof TypeError | typeof RangeError, message: string) => {
    assertThrows(() => Vocabulary.fromTokens(tokens as string[]), type, message);
  };
  refuse([], RangeError, "there are no tokens");
  refuse(["a", ""], TypeError, 'token 1 is ""');
  refuse(["ab"], TypeError, 'token 0 is "ab"');
  refuse(["e\u0301"], TypeError, "token 0 is");
  refuse(["a", 1], TypeError, "token 1 is 1");
  refuse(["a", null], TypeError, "token 1 is null");
  refuse(["分", "a", "分"], RangeError, 'tokens 0 and 2 are both "分" (U+5206)');
});

Deno.test("Vocabulary keeps its own copy of the tokens", () => {
  const tokens = ["a", "b"];
  const vocabulary = Vocabulary.fromTokens(tokens);
  tokens[0] = "c";
  assertEquals(vocabulary.tokens, ["a", "b"]);
  assertThrows(() => (vocabulary.tokens as string[]).push("c"), TypeError);
});

Deno.test("Vocabulary.decode() names an unknown id and its place", () => {
  const vocabulary = Vocabulary.fromText("abc");
  for (const id of [3, -1, 0.5, NaN]) {
    assertThrows(
      () => vocabulary.decode([0, id]),
      RangeError,
      `Cannot decode id ${id} at position 2 as ids must be from 0 to 2`,
    );
  }
});

Deno.test("Vocabulary.has() and id() look up one character", () => {
  const vocabulary = Vocabulary.fromText("ab𠮷");
  assertEquals(["a", "𠮷", "c", "", "ab", "__proto__"].map((token) => vocabulary.has(token)), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
  assertEquals(["a", "b", "𠮷"].map((token) => vocabulary.id(token)), [0, 1, 2]);
  assertThrows(() => vocabulary.id("c"), RangeError, 'Cannot look up token "c"');
  assertThrows(() => vocabulary.id("ab"), RangeError, 'Cannot look up token "ab"');
});

Deno.test("Vocabulary survives JSON", () => {
  const vocabulary = Vocabulary.fromTokens(["分", "\n", "𠮷", '"']);
  const json = JSON.stringify(vocabulary);
  assertEquals(json, '{"kind":"character","tokens":["分","\\n","𠮷","\\""],"newlines":"keep"}');
  assertEquals(Vocabulary.fromJSON(JSON.parse(json)).tokens, vocabulary.tokens);
});

Deno.test("what becomes of line breaks belongs to the vocabulary, and travels in JSON", () => {
  for (const kind of ["character", "byte", "word"] as const) {
    for (const newlines of ["keep", "space"] as const) {
      const vocabulary = Vocabulary.fromText("a\r\nb c", { kind, newlines });
      const read = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)));
      assertEquals([read.newlines, read.withUnknown("skip").newlines], [newlines, newlines]);
      assertEquals(read.encode("b\nc\r\na"), vocabulary.encode("b\nc\r\na"));
    }
  }
  const keep = Vocabulary.fromText("a\r\nb");
  assertEquals([keep.newlines, keep.tokens], ["keep", ["\n", "a", "b"]]);
  assertEquals([keep.decode(keep.encode("b\r\r\na")), keep.covers("a\rb\r\n")], ["b\n\na", true]);
  const space = Vocabulary.fromText("a\r\nb", { newlines: "space" });
  assertEquals([space.newlines, space.tokens], ["space", [" ", "a", "b"]]);
  assertEquals([space.decode(space.encode("b\r\r\na")), space.covers("a\rb\r\n")], ["b  a", true]);
});

Deno.test("tokens tell what became of line breaks where a file does not say it", () => {
  const newlines = (tokens: string[]): string => Vocabulary.fromJSON({ kind: "character", tokens }).newlines;
  assertEquals([["a", "\n"], ["\r", "a"], ["a", " "]].map(newlines), ["keep", "keep", "space"]);
  assertEquals(Vocabulary.fromJSON({ kind: "byte" }).newlines, "keep");
  assertEquals(Vocabulary.fromTokens(["a", " "], { newlines: "keep" }).newlines, "keep");
  // A file whose text had been taken with its carriage returns.
  const raw = Vocabulary.fromTokens(["\n", "\r", "a"]);
  assertEquals(raw.decode(raw.encode("a\r\na")), "a\r\na");
});

Deno.test("Vocabulary.countUnknown() counts tokens, whatever becomes of them", () => {
  for (const unknown of ["error", "skip", "replace"] as const) {
    const vocabulary = Vocabulary.fromText("ab\n", { unknown });
    assertEquals(["", "ab\r\n", "a𠮷?b"].map((text) => vocabulary.countUnknown(text)), [0, 0, 2]);
  }
});

Deno.test("Vocabulary.fromJSON() refuses another shape or kind", () => {
  for (const value of [null, 1, "abc", {}]) {
    assertThrows(
      () => Vocabulary.fromJSON(value),
      TypeError,
      "must be a list of tokens, an object of tokens",
    );
  }
  assertThrows(() => Vocabulary.fromJSON({ kind: "character" }), TypeError, 'its "tokens" must be an array');
  assertThrows(() => Vocabulary.fromJSON([]), RangeError, "there are no tokens");
  assertThrows(
    () => Vocabulary.fromJSON({ kind: "sentence", tokens: ["a"] }),
    RangeError,
    'its "kind" must be "character", "byte" or "word": current value is "sentence"',
  );
  assertThrows(
    () => Vocabulary.fromJSON({ kind: "character", tokens: ["a"], newlines: "drop" }),
    RangeError,
    'its "newlines" must be "space", "keep" or "lines": current value is "drop"',
  );
  assertThrows(() => Vocabulary.fromJSON({ kind: "character", tokens: "ab" }), TypeError, "must be an array");
  assertThrows(() => Vocabulary.fromJSON({ kind: "character", tokens: ["a", 1] }), TypeError, "token 1 is 1");
});

Deno.test("Vocabulary refuses an empty text and what is not text", () => {
  assertThrows(() => Vocabulary.fromText(""), RangeError, "the text is empty");
  assertThrows(() => Vocabulary.fromText(7 as unknown as string), TypeError, "current type is number");
  assertThrows(() => Vocabulary.fromText("a").encode(undefined as unknown as string), TypeError, "undefined");
});
