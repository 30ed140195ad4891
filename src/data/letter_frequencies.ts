/**
 * How often letters beyond ASCII are in texts of a language, and in which encodings people have such texts: rounded
 * figures of general knowledge, enough to tell which of several readings of the same bytes is a text.
 *
 * @module
 */

import { HAN, HANGUL, HIRAGANA, KANJI, KATAKANA } from "./frequent_characters.ts";

/** A language, or several that share their letters. */
export interface Language {
  /** Names for TextDecoder, the usual one first. */
  readonly encodings: readonly string[];
  /** The share of each letter, lower case; of those of ASCII where the language is written in Latin letters. */
  readonly shares: ReadonlyMap<string, number>;
  /** What letters beyond ASCII may cost on average in a text of the language: minus the logarithms of their shares. */
  readonly allowed: number;
  /** So many of them make a text sure; a character of many counts twice. */
  readonly least: number;
  /** So many of them must be different. */
  readonly distinct: number;
}

const WESTERN = ["windows-1252", "iso-8859-15", "macintosh"];
const CENTRAL = ["windows-1250", "iso-8859-2"];
const BALTIC = ["windows-1257", "iso-8859-13", "iso-8859-4"];
const CYRILLIC = ["windows-1251", "koi8-r", "iso-8859-5", "ibm866", "x-mac-cyrillic"];
const UTF_16 = ["utf-16le", "utf-16be"];

/**
 * Languages of Latin letters: those beyond ASCII, and how many there are in 10,000 letters of a text; then those of ASCII
 * in the order of their frequency.
 */
const LATIN: readonly [encodings: readonly string[], beyond: string, ascii: string][] = [
  [WESTERN, "é4 è1 ê1 ç1 ñ1 ö1 ü1 ï1", "etaoinshrdlcumwfgypbvkjxqz"], // English
  [WESTERN, "é190 à50 è28 ê22 ç9 ù6 ô5 û5 â5 î5 œ2 ë1 ï1", "esaitnruldocmpvqfbghjxyzkw"], // French
  [[...WESTERN, "windows-1250"], "ü65 ä55 ö30 ß30 é1", "enisratdhulcgmobwfkzpvjyxq"], // German
  [WESTERN, "ó85 í70 á50 é45 ñ30 ú17 ü1", "eaosrnidlctumpbgvyqhfzjxkw"], // Spanish, Galician
  [WESTERN, "ã75 á70 ç55 é55 ó40 ê40 í35 õ30 ú15 â15 à10 ô10", "aeosridnmtcuvlpgqbfzhjxkwy"], // Portuguese
  [WESTERN, "à64 è27 ù17 ò10 ì10 é5", "eaionlrtscdupmvghfbqzyxjkw"], // Italian
  [WESTERN, "ë10 é8 ï3 è2 ö2 ê2 ü1 á1 ó1", "enatirodsghlvkmubpwjczfyxq"], // Dutch, Afrikaans
  [WESTERN, "ä180 å135 ö130 é5", "eantrsildomgkvhfupbcyjxwzq"], // Swedish
  [WESTERN, "ø100 å100 æ75 é5", "erndtisalgomkfvubhpyjcxwzq"], // Danish, Norwegian
  [WESTERN, "ä360 ö45 å1", "aitneslokumvrjhypdgbfcwxzq"], // Finnish
  [WESTERN, "ð440 á180 í155 þ146 ó100 æ87 ö78 é65 ú60 ý23 ø50", "anriestulgmkfhovdjbpyxczwq"], // Icelandic, Faroese
  [WESTERN, "à90 é60 è60 ò50 ó50 í45 ú15 ç15 ï12 ü3", "easrlitnodcumpvgbfqhxjyzkw"], // Catalan, Occitan
  [WESTERN, "á150 í120 é100 ó100 ú60", "ainhrestcldogmubfpvkjwxyzq"], // Irish
  [[...WESTERN, "windows-1250"], "ë770 ç70", "etirnashojukmdlpqgvfbyzxcw"], // Albanian
  [[...BALTIC, "windows-1252"], "ä165 õ80 ü80 ö25 š5 ž2", "aiestlnukdmorvhgjpbfyczwxq"], // Estonian
  [WESTERN, "â90 è60 ç50 ê40 î40 û30 ô30 à20 ù20 ì20 ò15 ö5 é5", "eaionlrtscdupmvghfbqzyxjkw"], // Friulian, Romansh
  [WESTERN, "ñ90 ù60 ê20 é5", "eanortizulhvdgsmkcbpwfjyxq"], // Breton, Basque
  [["iso-8859-14", ...WESTERN], "â30 ŵ15 ô15 ê5 î5 ï5 ŷ3 û2", "adynreoiglhtwuscfmbpvkjqxz"], // Welsh
  [["iso-8859-3"], "ħ300 ż130 ġ120 ċ100 à30 ò3 ù3", "ailtnresjumkobdfhpgwqxzvcy"], // Maltese
  [["iso-8859-3"], "ĝ70 ĉ65 ŭ50 ŝ30 ĵ12 ĥ1", "aieonlsrtkjudmpvgfbczhxywq"], // Esperanto
  [[...CENTRAL, "iso-8859-16"], "ł180 ę115 ą100 ó85 ż85 ś65 ć40 ń20 ź6", "aioenzwrcstykdpmuljbghfxvq"], // Polish
  [CENTRAL, "í310 á225 ě165 é130 ř120 ý105 ž100 č95 š80 ů70 ú10 ť4 ň4 ď3 ó2", "eaontvislrkdmpuczjhybgfxwq"], // Czech
  [
    CENTRAL,
    "á185 í120 ž110 č105 ý105 é95 ú90 š85 ť70 ľ40 ď20 ň20 ô15 ä10 ó10 ĺ2 ŕ1",
    "aoeitnsvrlkdmpuczjbyhgfxwq",
  ], // Slovak
  [CENTRAL, "á380 é350 ö110 ó110 ő100 ü60 í60 ú30 ű20", "eatlnskriozmgdbvyjhfpucwxq"], // Hungarian
  [CENTRAL, "ă220 ş140 î120 ţ110 â50", "eiartnuclosdpmvfgbzjhxkyqw"], // Romanian with cedillas
  [["iso-8859-16"], "ă220 ș140 î120 ț110 â50", "eiartnuclosdpmvfgbzjhxkyqw"], // Romanian with commas
  [CENTRAL, "š100 č95 ć60 ž55 đ25", "aioenrjstudkvlmpzgbchfyxqw"], // Croatian, Bosnian, Serbian, Slovene
  [BALTIC, "ė160 š130 ų130 ž80 į50 ū45 č40 ą35 ę25", "iasotrenukmlpvdjgybczfhxwq"], // Lithuanian
  [BALTIC, "ā390 ī170 ē165 š70 ū65 ņ60 ļ40 ž25 ķ15 č15 ģ10", "aisetnrulkodpmvzjgbchfywxq"], // Latvian
  [["windows-1254"], "ı510 ü190 ş180 ç115 ğ110 ö80 İ20 â3 î1", "aeinrlkdmytusobzgvhcpfjwxq"], // Turkish
  [
    ["windows-1258"], // Vietnamese, whose tones are letters of their own there
    "\u0301350 \u0300300 \u0323250 đ220 ư190 á180 ô140 à140 \u0309130 ê120 í100 â100 ó90 ơ80 \u030380 ă60 ú50 é40 ù40 è15",
    "nhticgaumolrvspdeykbqxwzjf",
  ],
];

/** Languages of other scripts: the letters in the order of their frequency. */
const OTHERS: readonly [encodings: readonly string[], letters: string][] = [
  [CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"], // Russian
  [["windows-1251", "koi8-u", "iso-8859-5", "x-mac-cyrillic"], "оаниіветрслкдумпьзябгйчхцжюшєщїфґ"], // Ukrainian
  [["windows-1251", "iso-8859-5", "x-mac-cyrillic"], "аніоетрсялкувдпмзьгыбхчцйшжўюёэф"], // Belarusian
  [CYRILLIC, "аоиетнрсвлкдпмзяъугчбщхцжшйфюь"], // Bulgarian
  [["windows-1251", "iso-8859-5", "x-mac-cyrillic"], "аоиенрсјтвдкпмулгбзчшцћжхљњђџф"], // Serbian
  [["windows-1251", "iso-8859-5", "x-mac-cyrillic"], "аоеитнрвсдлкпмујзгбшцчжќхѓљњфѕџ"], // Macedonian
  [["windows-1253", "iso-8859-7"], "αοιετσνηυρπκμλςωδγίάόέθχήύφβώξζψϊϋΐΰ"], // Greek
  [["windows-1255", "iso-8859-8"], "יוהלארתבשמםנחדקעפטגכסןצזךףץ"], // Hebrew
  [["windows-1256", "iso-8859-6"], "اليمونرتبةعدسفهكقأحجشطصىخإذثئزضغءظؤآ"], // Arabic
  [["windows-1256"], "ايرندهمتوبشسکلزگخفعقجچپحطصغضآذثژظئ"], // Persian
  [["windows-874"], "านรอกเง่้มยลวีัทดตสิะคปบแใหไจุขชโพู็์ถผึซืศณษธภญฟฉำๆฎฏฐฒฬฮ"], // Thai
];

/** Letters of a word. */
const WORD_LENGTH = 6;

/** How many letters of ASCII it takes until one is e times rarer; of other scripts a part of all. */
const ASCII_DECAY = 7;

/** Languages of many characters: groups of them by frequency, and each group's share of a text. */
const MANY: readonly [
  encodings: readonly string[],
  groups: readonly [characters: string, share: number][],
][] = [
  [["gb18030", "big5", ...UTF_16], [[HAN, 0.75]]], // Chinese
  [
    ["shift_jis", "euc-jp", "iso-2022-jp", "gb18030", ...UTF_16],
    [[HIRAGANA, 0.5], [KATAKANA, 0.12], [KANJI, 0.2]],
  ], // Japanese
  [["euc-kr", ...UTF_16], [[HANGUL, 0.85]]], // Korean
];

/** How much more than in these tables letters may cost, as texts differ; and how many make a text sure. */
interface Strictness {
  readonly tolerance: number;
  readonly least: number;
  readonly distinct: number;
}

const STRICTNESS = {
  latin: { tolerance: 0.8, least: 5, distinct: 3 },
  others: { tolerance: 0.4, least: 16, distinct: 5 },
  many: { tolerance: 0.9, least: 8, distinct: 3 },
};

/** A language of so many frequent characters has more. */
const MANY_SIZE = 100;

/** What each of those costs: minus the logarithm of its share. */
export const RARE_COST = 10;

/** How slowly frequencies of many characters fall: the n-th has a share of 1 / (n + this). */
const MANY_OFFSET = 12;

function languageOf(
  encodings: readonly string[],
  shares: ReadonlyMap<string, number>,
  { tolerance, ...least }: Strictness,
): Language {
  let total = 0;
  let cost = 0;
  for (const [letter, share] of shares) {
    if (letter < "\x80") continue;
    total += share;
    cost -= share * Math.log(share);
  }
  // Of many characters some are none of the frequent ones.
  const rare = shares.size > MANY_SIZE ? 1 - total : 0;
  return { encodings, shares, allowed: (cost + rare * RARE_COST) / (total + rare) + tolerance, ...least };
}

/**
 * Shares in words that have a letter beyond ASCII, as others tell nothing: where such letters are few, these words still have
 * one.
 */
function latin(beyond: string, ascii: string): Map<string, number> {
  const entries = beyond.split(" ").map((entry): [string, number] => {
    const [, letter = "", count] = /^(\D+)(\d+)$/.exec(entry) ?? [];
    return [letter, Number(count) / 10_000];
  });
  const share = entries.reduce((sum, [, one]) => sum + one, 0);
  const told = share / (1 - (1 - share) ** WORD_LENGTH);
  return new Map([
    ...[...falling(ascii, ASCII_DECAY)].map(([letter, one]): [string, number] => [letter, one * (1 - told)]),
    ...entries.map(([letter, one]): [string, number] => [letter, one * told / share]),
  ]);
}

/** Shares that fall by a factor from one letter to the next. */
function falling(letters: string, decay: number): Map<string, number> {
  const factor = Math.exp(-1 / decay);
  return new Map([...letters].map((letter, rank) => [letter, (1 - factor) * factor ** rank]));
}

/** Shares that fall as those of words and characters do. (Zipf 1935, Mandelbrot 1953.) */
function zipf(groups: readonly [characters: string, share: number][]): Map<string, number> {
  return new Map(groups.flatMap(([characters, share]) => {
    const distinct = [...new Set(characters)];
    const weights = distinct.map((_, rank) => 1 / (rank + MANY_OFFSET));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return distinct.map((character, rank): [string, number] => [character, share * weights[rank]! / total]);
  }));
}

let languages: readonly Language[] | undefined;

/**
 * The languages, made when they are first asked for.
 *
 * @returns All of them.
 *
 * @example Usage
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const russian = allLanguages().find(({ encodings }) => encodings.includes("koi8-r"))!;
 * assert(russian.shares.get("о")! > 50 * russian.shares.get("ъ")! / 2);
 * ```
 */
export function allLanguages(): readonly Language[] {
  languages ??= [
    ...LATIN.map(([encodings, beyond, ascii]) =>
      languageOf([...encodings, ...UTF_16], latin(beyond, ascii), STRICTNESS.latin)
    ),
    ...OTHERS.map(([encodings, letters]) =>
      languageOf([...encodings, ...UTF_16], falling(letters, letters.length / 3.5), STRICTNESS.others)
    ),
    ...MANY.map(([encodings, groups]) => languageOf(encodings, zipf(groups), STRICTNESS.many)),
  ];
  return languages;
}
