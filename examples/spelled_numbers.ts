/**
 * Spelled numbers without spaces, "seventeensixtyseven", made at random; each letter has the kind of its word.
 *
 * @module
 */

/** Words up to nine, up to nineteen, and of tens. */
const KINDS = [
  "one two three four five six seven eight nine",
  "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
  "twenty thirty forty fifty sixty seventy eighty ninety",
];
const WORDS = KINDS.flatMap((words, kind) =>
  words.split(" ").map((word) => ({ word, kinds: [...word].map(() => kind) }))
);

/** Texts: of each the letters as ids, and their kinds. */
export interface Texts {
  readonly letters: readonly Uint8Array<ArrayBuffer>[];
  readonly kinds: readonly Uint8Array<ArrayBuffer>[];
}

/** As many texts of 1 to 8 words. */
export function makeTexts(count: number): Texts {
  const word = () => WORDS[Math.floor(WORDS.length * Math.random())]!;
  const texts = Array.from({ length: count }, () => Array.from({ length: 1 + 8 * Math.random() }, word));
  return {
    letters: texts.map((words) => idsOf(words.map(({ word }) => word).join(""))),
    kinds: texts.map((words) => Uint8Array.from(words.flatMap(({ kinds }) => kinds))),
  };
}

/** Ids of letters, from 0 to 25. */
export function idsOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) - 97);
}
