/**
 * The places of a text, sorted by the tokens from each on: n-grams that are the same then lie side by side.
 *
 * @module
 */
import { type Ids, narrowIds } from "../ids.ts";

/** A text's places in order. */
export interface SortedText {
  /** The text, (N). */
  readonly ids: Ids;
  /** The places, by the K tokens from each on, (N); a text's end comes before any token. */
  readonly places: Uint32Array;
  /** How many tokens a place has in common with the one before it, K at most, (N). */
  readonly common: Ids;
  /** How many tokens there are from a place to the end of its part or line, K at most. */
  lengthAt(place: number): number;
}

/** A text of which n-grams are counted. */
export interface CountedText {
  /** The text, (N). */
  readonly ids: Ids;
  /** How many parts of the same length it has, of which none follows another. */
  readonly parts: number;
  /** V: what ids are below. */
  readonly vocabularySize: number;
  /** Of lines: the token that ends one and begins the next. No n-gram looks across it. */
  readonly lineEnd?: number | undefined;
}

/** How many tokens there are from each place to the end of its part, or to the line break that ends its line. */
function lengthsOf({ ids, parts, lineEnd }: CountedText, most: number): (place: number) => number {
  const { length } = ids;
  if (lineEnd === undefined) {
    const partLength = length / parts;
    return (place) => Math.min(most, partLength - place % partLength);
  }
  const lengths = narrowIds(length, most + 1);
  let left = 0;
  for (let place = length - 1; place >= 0; place--) {
    left = ids[place + 1] === lineEnd ? 2 : left + 1;
    lengths[place] = Math.min(most, left);
  }
  return (place) => lengths[place]!;
}

/**
 * Sorts the places of a text by the tokens from each on: a counting sort for each of the K tokens, the last one first.
 *
 * @param text The text.
 * @param order K: how many tokens are looked at.
 * @returns The places in order; others may have their turn where it yields.
 */
export function* sortText(text: CountedText, order: number): Generator<void, SortedText, void> {
  const { ids, vocabularySize } = text;
  const { length } = ids;
  const lengthAt = lengthsOf(text, order);
  let places = new Uint32Array(length).map((_, place) => place);
  let other = new Uint32Array(length);
  const starts = new Uint32Array(vocabularySize + 2);
  for (let at = order - 1; at >= 0; at--) {
    const keyOf = (place: number): number => at < lengthAt(place) ? ids[place + at]! + 1 : 0;
    starts.fill(0);
    for (let place = 0; place < length; place++) starts[keyOf(place) + 1]!++;
    for (let key = 1; key < starts.length; key++) starts[key]! += starts[key - 1]!;
    yield;
    for (const place of places) other[starts[keyOf(place)]!++] = place;
    [places, other] = [other, places];
    yield;
  }
  const common = narrowIds(length, order + 1);
  for (let index = 1; index < length; index++) {
    const [a, b] = [places[index - 1]!, places[index]!];
    const most = Math.min(lengthAt(a), lengthAt(b));
    let same = 0;
    while (same < most && ids[a + same] === ids[b + same]) same++;
    common[index] = same;
    if (index % 2 ** 16 === 0) yield;
  }
  return { ids, places, common, lengthAt };
}
