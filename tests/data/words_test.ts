/** How a text is cut into words and marks, and put together again. @module */
import { assert, assertEquals } from "@std/assert";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { eachWord, isOneWord, ProseSpacing, TOKEN } from "../../src/data/words.ts";
import { Random } from "../../src/random.ts";

function wordsOf(text: string): string[] {
  const words: string[] = [];
  eachWord(text, (word) => words.push(word));
  return words;
}

function together(words: readonly string[]): string {
  const spacing = new ProseSpacing();
  return words.map((word) => (spacing.before(word) ? " " : "") + word).join("");
}

/** Texts, and their tokens with a ¦ between two. */
const CUTS: readonly [text: string, words: string][] = [
  ["The end, he said.", "The¦end¦,¦he¦said¦."],
  ["don't o'er 'tis boys' ’twas isn’t", "don't¦o'er¦'tis¦boys¦'¦’twas¦isn’t"],
  ["well-known re-\n-do U.S.A. e.g. 3.14", "well-known¦re¦-¦\n¦-¦do¦U.S.A¦.¦e.g¦.¦3.14"],
  ["1,000 10:30 a:b a,b 5,c", "1,000¦10:30¦a¦:¦b¦a¦,¦b¦5¦,¦c"],
  ["wait... what--now -- *** ?!", "wait¦...¦what¦--¦now¦--¦***¦?¦!"],
  ['"(so)" [x] {y}', '"¦(¦so¦)¦"¦[¦x¦]¦{¦y¦}'],
  ["<unk>, </s> <|end|> a<b>c a < b", "<unk>¦,¦</s>¦<|end|>¦a¦<b>¦c¦a¦<¦b"],
  ["我们，分开。「歌」……", "我们¦，¦分开¦。¦「¦歌¦」¦…¦…"],
  [
    "naïve cafe\u0301 straße Москва 한국어 हिन्दी ١٢٣ snake_case",
    "naïve¦cafe\u0301¦straße¦Москва¦한국어¦हिन्दी¦١٢٣¦snake_case",
  ],
  [
    "👩\u200d👩\u200d👧 👍🏽👍 🇩🇪🇫🇷 ❤\ufe0f 1\ufe0f\u20e3 𠮷野",
    "👩\u200d👩\u200d👧¦👍🏽¦👍¦🇩🇪¦🇫🇷¦❤\ufe0f¦1\ufe0f\u20e3¦𠮷野",
  ],
  ["a\tb\u00a0c\u3000d\n\n", "a¦b¦c¦d¦\n¦\n"],
];

for (const [text, words] of CUTS) {
  Deno.test(`words and marks of ${JSON.stringify(text)}`, () =>
    assertEquals(wordsOf(text), words.split("¦")));
}

const PROSE = `"Well," said Mr. Smith-Jones (who wasn't sure), "it's 10:30; that's $1,000 lost!"
'Tis true--so true. "Really?" she asked... "Yes: 50% of it, and the boys' hats."

"A new paragraph opens its own quotation,
and goes on 'in the next line',
and doesn't close it.

"Here's another," he said [laughing].
“Curly quotes—and dashes,” she said, ‘too’: and/or more. No. #1, 3.14 or so. See U.S.A. today.

我们，分开。「歌」……`;

Deno.test("prose is put together as it was", () => {
  assertEquals(together(wordsOf(PROSE)), PROSE);
  const vocabulary = Vocabulary.fromText(PROSE, { kind: "word" });
  const ids = vocabulary.encode(PROSE);
  assertEquals(vocabulary.decode(ids), PROSE);
  const decoder = vocabulary.decoder();
  assertEquals(Array.from(ids, (id) => decoder.push(id)).join("") + decoder.end(), PROSE);
  assertEquals(vocabulary.decode(vocabulary.encode("  true ,\n\n  so\ttrue .")), "true,\n\nso true.");
});

/** Random texts of characters at the rules' edges. */
function* texts(): Generator<string, void, void> {
  const random = new Random(0);
  const characters = [..."ab1٣é𠮷_'’-.,:…<>|\"(\u0301\u200d👍🏽🇩🇪 \n\n  \t"];
  for (let i = 0; i < 2000; i++) {
    yield Array.from({ length: random.integer(24) }, () => characters[random.integer(characters.length)])
      .join("");
  }
}

Deno.test("a text that is cut behind a space or a line break has the tokens of its pieces", () => {
  let cuts = 0;
  for (const text of texts()) {
    const pieces = text.match(/[^ \n]*[ \n]|[^ \n]+$/g) ?? [];
    cuts += pieces.length;
    assertEquals(pieces.flatMap(wordsOf), wordsOf(text), JSON.stringify(text));
  }
  assert(cuts > 5000);
});

Deno.test("the loop for ASCII finds what the expression matches", () => {
  for (const text of [...texts(), PROSE, ...CUTS.map(([text]) => text)]) {
    assertEquals(wordsOf(text), text.match(TOKEN) ?? [], JSON.stringify(text));
  }
});

Deno.test("each token is one token by itself, nothing but whitespace is lost, and what is decoded is encoded as it was", () => {
  for (const text of texts()) {
    const words = wordsOf(text);
    assert(words.every(isOneWord), JSON.stringify([text, words]));
    assertEquals(words.join(""), text.replace(/[ \t]/g, ""));
  }
  for (const text of [PROSE, ...CUTS.map(([text]) => text)]) {
    assertEquals(wordsOf(together(wordsOf(text))), wordsOf(text));
  }
});

Deno.test("words with marks in them are of a text that was cut at whitespace alone", () => {
  // The words of a file of an earlier version, or of a corpus that has spaces between its tokens.
  const old = Vocabulary.fromJSON({ kind: "word", tokens: ["The", "end.", "n't", "do"] });
  assertEquals(old.decode(old.encode("do n't\nThe end.")), "do n't The end.");
  assertEquals(old.newlines, "space");
  const kept = Vocabulary.fromTokens(["The", "end.", "\n"], { kind: "word" });
  const text = "The end.\nThe The";
  assertEquals(kept.decode(kept.encode(text)), text);
  const decoder = kept.decoder();
  assertEquals(Array.from(kept.encode(text), (id) => decoder.push(id)).join(""), text);
});
