/**
 * The features of a text that units are compared with.
 *
 * Each but the two that look ahead is known once a token has been read, from the text up to there. A feature of which nothing
 * but the token itself tells, such as "is upper case", is not among them: every unit that reads its input has it.
 *
 * @module
 */

/** A feature of a text. */
export interface Feature {
  /** Its name. */
  readonly name: FeatureName;
  /** What it says of a token, for people. */
  readonly meaning: string;
  /** Whether it is 0 or 1; else it is a number. */
  readonly binary: boolean;
  /** Of one that tells of what comes behind the token, which no state knows that has read up to there: its like that looks back. */
  readonly ahead: FeatureName | undefined;
}

/** The names of the features. */
export type FeatureName =
  | "quotes"
  | "single quotes"
  | "brackets"
  | "braces"
  | "tags"
  | "comment"
  | "line position"
  | "line end"
  | "word position"
  | "word end"
  | "capitalised word"
  | "capitals"
  | "number position"
  | "indentation"
  | "sentence position"
  | "paragraph position";

/** The most that a number comes to: what lies further away is all the same. */
export const CAPS = {
  word: 16,
  number: 8,
  depth: 15,
  indentation: 40,
  line: 100,
  sentence: 200,
  paragraph: 500,
};

const inside = (name: FeatureName, meaning: string): Feature => ({
  name,
  meaning,
  binary: true,
  ahead: undefined,
});
const counts = (name: FeatureName, meaning: string): Feature => ({
  name,
  meaning,
  binary: false,
  ahead: undefined,
});

/** All features, in the order in which a walker writes them. */
export const FEATURES: readonly Feature[] = [
  inside("quotes", 'inside quotation marks: " “ « 「 『'),
  inside("single quotes", "inside single quotation marks, which are no apostrophes"),
  inside("brackets", "inside brackets: ( [ （ 【 《"),
  counts("braces", "how many braces are open"),
  inside("tags", "between < and > of a line"),
  inside("comment", "behind # or // of a line"),
  counts("line position", `characters since the line's beginning, at most ${CAPS.line}`),
  { ...counts("line end", `tokens to the line's end, at most ${CAPS.line}`), ahead: "line position" },
  counts("word position", `characters of the word so far, at most ${CAPS.word}`),
  { ...inside("word end", "a word ends here"), ahead: "word position" },
  inside("capitalised word", "within a word that began with a capital"),
  inside("capitals", "within a word of capitals, from its second on"),
  counts("number position", `digits so far, at most ${CAPS.number}`),
  counts("indentation", `columns before the line's first word, at most ${CAPS.indentation}`),
  counts("sentence position", `characters since the sentence's beginning, at most ${CAPS.sentence}`),
  counts("paragraph position", `characters since the last blank line, at most ${CAPS.paragraph}`),
];

/** F: how many there are. */
export const FEATURE_COUNT: number = FEATURES.length;

/** The place of a feature. */
export function placeOf(name: FeatureName): number {
  return FEATURES.findIndex((feature) => feature.name === name);
}
