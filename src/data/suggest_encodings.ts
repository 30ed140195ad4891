/**
 * Which encodings a text that is not UTF-8 may be in: a guess for an error message, never taken by itself.
 *
 * @module
 */

/** Encodings of texts that people still have, by the scripts that they write. */
const CANDIDATES = ["utf-16le", "utf-16be", "gb18030", "big5", "shift_jis", "windows-1252"];

/** As much of a text as is looked at, in bytes: even, as UTF-16 needs. */
const SAMPLE = 2 ** 16;

/** What a text scores at least: 0.6 to 0.98 were found for texts in five languages, at most 0.47 in a wrong encoding. */
const ENOUGH = 0.5;

/** Characters that fill about a third of any Chinese or Japanese text, in both scripts of Chinese, with kana. */
const FREQUENT = new Set(
  "的一是不了在人有我他这個个們们中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于着著下自之年過过发發后後" +
    "作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心她本前" +
    "开開但因只从從想实實日军軍者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外将將两兩高間间由问問" +
    "很最重并並物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次" +
    "曰子之其而者也乎矣吾何君无此若于风風花山水春秋夜雨云雲白红紅歌爱愛梦夢",
);

/** Where a character that reads as text counts fully. */
const COMMON =
  /[\t\n\r\x20-\x7e\u3040-\u30ff\u3000-\u3002\u300a-\u3011\uff01\uff0c\uff1a\uff1b\uff1f“”‘’—…·]/;
/** Where it may be text, too: letters of Europe, less frequent Han characters, full-width forms. */
const POSSIBLE = /[\u00a0-\u017f\u2010-\u2027\u20ac\u4e00-\u9fff\uff00-\uff60]/;

/**
 * Finds the encodings in which bytes read as a text: they decode without error, and nearly all of the characters are
 * ones that texts have.
 *
 * @param bytes The file's bytes; the first 65,536 are looked at.
 * @returns At most two names for TextDecoder, the likelier first; none where nothing fits.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(suggestEncodings(Uint8Array.of(0xb7, 0xd6, 0xbf, 0xaa)), ["gb18030"]);
 * assertEquals(suggestEncodings(Uint8Array.of(0xff, 0xff, 0xff)), []);
 * ```
 */
export function suggestEncodings(bytes: Uint8Array): string[] {
  const scores = CANDIDATES.map((encoding) => ({ encoding, score: score(bytes, encoding) }));
  const best = scores.filter(({ score }) => score > ENOUGH).sort((a, b) => b.score - a.score);
  return best.filter(({ score }) => score > 0.8 * best[0]!.score).slice(0, 2).map(({ encoding }) => encoding);
}

/** How much bytes read like a text: 0 for not at all, 1 where every character is a frequent one. */
function score(bytes: Uint8Array, encoding: string): number {
  let text: string;
  try {
    // A cut in the middle of a character is no error; the end of the whole text is.
    const cut = bytes.length > SAMPLE;
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(0, SAMPLE), { stream: cut });
  } catch {
    return 0;
  }
  let total = 0;
  let sum = 0;
  let strange = 0;
  for (const character of text) {
    total++;
    if (COMMON.test(character) || FREQUENT.has(character)) sum++;
    else if (POSSIBLE.test(character)) sum += 0.25;
    else strange++;
  }
  return total === 0 || strange > 0.02 * total ? 0 : sum / total;
}

/**
 * Tells whether bytes are a text in UTF-32, of which no browser has a decoder: three of four bytes of English are zero.
 *
 * @param bytes The file's bytes; the first 65,536 are looked at.
 * @returns Whether they are code points of four bytes each.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isUtf32(Uint8Array.of(0x61, 0, 0, 0, 0x62, 0, 0, 0)), true);
 * assertEquals(isUtf32(Uint8Array.of(0x61, 0, 0x62, 0, 0x63, 0, 0x64, 0)), false);
 * ```
 */
export function isUtf32(bytes: Uint8Array): boolean {
  const words = Math.min(bytes.length, SAMPLE) >> 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4 * words);
  return words > 0 && [true, false].some((little) => {
    for (let i = 0; i < words; i++) {
      const codePoint = view.getUint32(4 * i, little);
      if (codePoint === 0 || codePoint > 0x10ffff) return false;
    }
    return true;
  });
}
