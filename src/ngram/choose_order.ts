/**
 * How long the n-grams of a text shall be: as those that foretell its end best when the rest is counted.
 *
 * @module
 */
import { Mixture } from "./mixture.ts";
import type { CountedText } from "./sorted_text.ts";
import { countGrams } from "./trie.ts";

/** The share of a text that is counted to choose; the rest is foretold. */
const COUNTED = 0.9;

/**
 * Chooses the order of n-grams, by their loss on the last tenth of a text.
 *
 * @param text The text; where it has several parts, its last ones are foretold.
 * @param most The largest order.
 * @returns The order with the least loss; others may have their turn where it yields.
 */
export function* chooseOrder(text: CountedText, most: number): Generator<void, number, void> {
  const { ids, parts, vocabularySize } = text;
  const partLength = ids.length / parts;
  const counted = parts === 1 ? 1 : Math.floor(parts * COUNTED);
  const cut = parts === 1 ? Math.floor(ids.length * COUNTED) : counted * partLength;
  const trie = yield* countGrams({ ...text, ids: ids.subarray(0, cut), parts: counted }, most);
  const mixture = new Mixture(trie, vocabularySize);
  const sums = new Float64Array(most);
  const probabilities = new Float64Array(most);
  for (let place = Math.max(0, cut - most); place < ids.length; place++) {
    if (place % partLength === 0) mixture.begin();
    if (place >= cut) {
      mixture.probabilities(ids[place]!, probabilities);
      for (let order = 0; order < most; order++) sums[order]! -= Math.log(probabilities[order]!);
    }
    mixture.read(ids[place]!);
    if (place % 1024 === 0) yield;
  }
  return 1 + sums.indexOf(Math.min(...sums));
}
