/** Columns of a terminal, and what is cut and aligned by them. @module */
import { assertEquals } from "@std/assert";
import { cutToWidth, displayWidth, padToWidth } from "../../src/cli/display_width.ts";

const WIDTHS: Record<string, number> = {
  "": 0,
  "perplexity 4.5": 14,
  "分开": 4, // Han
  "ひらがな": 8,
  "カタカナ": 8,
  "ｶﾀｶﾅ": 4, // halfwidth forms
  "한국어": 6,
  "한": 2, // a Hangul syllable in parts
  "ＡＢ，。": 8, // fullwidth forms
  "「分」、": 8,
  "㎏": 2,
  "é": 1, // e and a mark
  "ñandú": 5,
  "שָׁלוֹם": 4,
  "สวัสดี": 4,
  "👍": 2,
  "👍🏽": 2, // with a skin tone
  "👩‍👩‍👧": 2, // joined
  "🏳️‍🌈": 2,
  "❤️": 2, // a sign that U+FE0F makes an emoji
  "❤": 1,
  "🇫🇷": 2,
  "1️⃣": 2,
  "a\u200bb": 2,
  "𠮷": 2, // beyond U+FFFF
  "×↵…▁█": 5,
  "␛": 1,
};

Deno.test("each text takes the columns that terminals give it", () => {
  const found = Object.fromEntries(Object.keys(WIDTHS).map((text) => [text, displayWidth(text)]));
  assertEquals(found, WIDTHS);
});

Deno.test("a text is cut between characters as people read them, and never wider than there is room", () => {
  assertEquals(["分开了", "a分开", "👩‍👩‍👧👍", "éa"].map((text) => cutToWidth(text, 3)), [
    "分",
    "a分",
    "👩‍👩‍👧",
    "éa",
  ]);
  assertEquals(cutToWidth("abc", -1), "");
  const texts = Object.keys(WIDTHS);
  const all = texts.join("");
  for (let columns = 0; columns <= 90; columns++) {
    const cut = cutToWidth(all, columns);
    const width = displayWidth(cut);
    assertEquals(
      [all.startsWith(cut), width === columns || width === columns - 1],
      [true, true],
      `${columns}`,
    );
  }
});

Deno.test("cells of a table are as wide as their column", () => {
  for (const text of Object.keys(WIDTHS)) assertEquals(displayWidth(padToWidth(text, 20)), 20);
  assertEquals(padToWidth("分开", 3), "分开");
});
