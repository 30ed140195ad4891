/** Features of a text, character by character, and token by token whatever a token is. @module */
import { assertEquals } from "@std/assert";
import { Corpus, type FeatureName, type TokenKind } from "../../mod.ts";
import { FeatureReader, featureRow, tableOf } from "../../src/inspect/feature_reader.ts";
import { placeOf } from "../../src/inspect/features.ts";

/** A feature behind each token of a text but the last, a digit each; what is more than 9 is "+". */
function follow(name: FeatureName, text: string, kind: TokenKind = "character"): string {
  const corpus = Corpus.fromText(text, { kind });
  const reader = new FeatureReader(corpus, tableOf(corpus.vocabulary), { start: 0, end: corpus.size });
  const row = featureRow();
  return Array.from({ length: corpus.size - 1 }, () => {
    reader.next(row);
    const value = row[placeOf(name)]!;
    return value > 9 ? "+" : String(value);
  }).join("");
}

/** A feature, a text, and below each of its characters the feature behind it; the last one is not read. */
const CASES: [name: FeatureName, text: string, expected: string][] = [
  ["quotes", 'I "am" it.', "001110000"],
  ["quotes", 'a "b.\n\nC "d" e', "0011110001100"],
  ["quotes", 'five" "b" c', "0000001100"],
  ["quotes", "“a 「b」 c” d", "1111111100"],
  ["quotes", "“a “b” c", "1111100"],
  ["quotes", '他说"好"。', "00110"],
  ["single quotes", "he 'll' don't 'a b' c", "00001110000000011110"],
  ["single quotes", "so 'tis 'a b' c", "00001110011110"],
  ["single quotes", "‘it’s’ b", "1111110"],
  ["brackets", "a (b [c] d) e", "001111111100"],
  ["brackets", "a (b\n\nc) d", "001110000"],
  ["brackets", `(${"a".repeat(301)}b`, `${"1".repeat(301)}0`],
  ["braces", "{a{b}\n\n}c", "11221110"],
  ["tags", "a<b c>d < e\n<f", "0011100000000"],
  ["comment", "a # b\nc//d", "001110001"],
  ["line position", "ab\ncd", "1201"],
  ["line end", "ab\n\ncd", "21132"],
  ["word position", "it's b", "12010"],
  ["word end", "it is b", "010010"],
  ["capitalised word", "Ab cD E", "110000"],
  ["capitals", "ROM Rom b", "01100000"],
  ["number position", "a 10,300.5 b", "00122345560"],
  ["indentation", "  a\n\tb\nc", "1220440"],
  ["sentence position", 'A.) b? "C!" d', "123012012340"],
  ["sentence position", "好。坏", "12"],
  ["paragraph position", "a\nb\n\nc d", "1234012"],
];

for (const [name, text, expected] of CASES) {
  Deno.test(`${name} of ${JSON.stringify(text)}`, () => {
    assertEquals(follow(name, text), expected);
  });
}

Deno.test("a token of several characters has the features of its end", () => {
  const text = 'he said "it is" so';
  assertEquals(follow("quotes", text, "word"), "001110"); // he said " it is "
  assertEquals(
    follow("single quotes", "'so it is,' he said. 'I don't,' a 'b' 'tis c", "word"),
    "1111100011110111",
  );
  assertEquals(follow("word position", text, "word"), "240220");
  assertEquals(follow("word end", text, "word"), "000000");
});

Deno.test("a byte within a character has the features of the characters before it", () => {
  assertEquals(follow("quotes", "“é” a", "byte"), "001111100");
  assertEquals(follow("line end", "é\nb", "byte"), "212");
});

Deno.test("a copy of a reader goes on where it was made", () => {
  const corpus = Corpus.fromText('a "é b" c\n(d) e\n'.repeat(3), { kind: "byte" });
  const reader = new FeatureReader(corpus, tableOf(corpus.vocabulary), { start: 0, end: corpus.size });
  const row = featureRow();
  for (let at = 0; at < 4; at++) reader.next(row); // within é
  const copy = reader.copy();
  const other = featureRow();
  for (let at = 4; at < corpus.size - 1; at++) {
    reader.next(row);
    copy.next(other);
    assertEquals(other, row);
  }
});
