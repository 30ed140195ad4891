/**
 * All n-grams of a text, up to an order, as a tree: a node at depth n is an n-gram, its children are what came behind it.
 * A depth is a few arrays, so that a text of millions of tokens takes some hundred MiB.
 *
 * @module
 */
import { type Ids, narrowIds } from "../ids.ts";
import type { CountedText, SortedText } from "./sorted_text.ts";
import { sortText } from "./sorted_text.ts";

/** What n-grams are counted by: how often they came, or how many different tokens came before them. */
export type Counting = "occurrences" | "continuations";

/** The n-grams of one length, those with the same tokens in front side by side, and in the order of their last token. */
export interface Depth {
  /** How many there are. */
  readonly size: number;
  /** Their last tokens, (size). */
  readonly tokens: Ids;
  /** Where the children of each begin in the next depth, and where those of the last end, (size + 1). */
  readonly children: Uint32Array;
  /** How often each came, (size). */
  readonly occurrences: Uint32Array;
  /**
   * How many different tokens came before each, a beginning of the text being one more, (size); before those that begin a
   * line none can, so that they have their occurrences.
   */
  readonly continuations: Uint32Array;
}

/** The n-grams of a text; depth 0 has one, the empty one. */
export type Trie = readonly Depth[];

/**
 * Counts the n-grams of a text.
 *
 * @param text The text.
 * @param order The largest n.
 * @returns Depths 0 to n; others may have their turn where it yields.
 */
export function* countGrams(text: CountedText, order: number): Generator<void, Trie, void> {
  const sorted = yield* sortText(text, order);
  const trie = yield* grow(sorted, text.vocabularySize, order);
  for (let depth = 1; depth < order; depth++) yield* countContinuations(trie, { sorted, text, depth });
  if (text.lineEnd !== undefined) countBeginnings(trie, text.lineEnd);
  return trie;
}

/** How many places are walked before others may have their turn. */
const TURN = 2 ** 16;

function* grow(
  { ids, places, common, lengthAt }: SortedText,
  vocabularySize: number,
  order: number,
): Generator<void, Trie, void> {
  const sizes = new Array<number>(order + 1).fill(0);
  sizes[0] = 1;
  for (let index = 0; index < places.length; index++) {
    const length = lengthAt(places[index]!);
    for (let depth = common[index]! + 1; depth <= length; depth++) sizes[depth]!++;
    if (index % TURN === 0) yield;
  }
  const trie = sizes.map((size, depth): Depth => ({
    size,
    tokens: narrowIds(size, vocabularySize),
    children: new Uint32Array(size + 1).fill(depth < order ? sizes[depth + 1]! : 0, size),
    occurrences: new Uint32Array(size),
    continuations: new Uint32Array(depth < order ? size : 0),
  }));
  const made = new Array<number>(order + 2).fill(0);
  made[0] = 1;
  trie[0]!.occurrences[0] = places.length;
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    const length = lengthAt(place);
    for (let depth = common[index]! + 1; depth <= length; depth++) {
      const node = made[depth]!++;
      trie[depth]!.tokens[node] = ids[place + depth - 1]!;
      trie[depth]!.children[node] = depth < order ? made[depth + 1]! : 0;
    }
    for (let depth = 1; depth <= length; depth++) trie[depth]!.occurrences[made[depth]! - 1]!++;
    if (index % TURN === 0) yield;
  }
  return trie;
}

/** Each n-gram one token longer, without its first token, is one that some token came before. */
function* countContinuations(
  trie: Trie,
  { sorted: { places, common, lengthAt }, text, depth }: {
    sorted: SortedText;
    text: CountedText;
    depth: number;
  },
): Generator<void, void, void> {
  const nodes = new Uint32Array(places.length);
  let node = -1;
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    if (lengthAt(place) < depth) continue;
    if (index === 0 || common[index]! < depth) node++;
    nodes[place] = node;
    if (index % TURN === 0) yield;
  }
  const { continuations } = trie[depth]!;
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    if (lengthAt(place) > depth && common[index]! <= depth) continuations[nodes[place + 1]!]!++;
    if (index % TURN === 0) yield;
  }
  const partLength = places.length / text.parts;
  if (depth > partLength || text.lineEnd !== undefined) return;
  const begin = new Set(Array.from({ length: text.parts }, (_, part) => nodes[part * partLength]!));
  for (const first of begin) continuations[first]!++;
}

/** N-grams that begin a line lie side by side. The first line break begins one and ends none: nothing foretells it. */
function countBeginnings(trie: Trie, lineEnd: number): void {
  const first = childOf(trie, 0, 0, lineEnd);
  trie[1]!.occurrences[first]!--;
  let [from, to] = [first, first + 1];
  for (let depth = 2; depth < trie.length - 1; depth++) {
    const { children } = trie[depth - 1]!;
    [from, to] = [children[from]!, children[to]!];
    const { occurrences, continuations } = trie[depth]!;
    continuations.set(occurrences.subarray(from, to), from);
  }
}

/**
 * Finds what came behind an n-gram.
 *
 * @param trie The n-grams.
 * @param depth Its length n.
 * @param node The n-gram.
 * @param token The token behind it.
 * @returns The node of the longer n-gram, at the next depth; -1 where it never came.
 */
export function childOf(trie: Trie, depth: number, node: number, token: number): number {
  const { children } = trie[depth]!;
  const { tokens } = trie[depth + 1]!;
  let low = children[node]!;
  let high = children[node + 1]!;
  const end = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tokens[middle]! < token) low = middle + 1;
    else high = middle;
  }
  return low < end && tokens[low] === token ? low : -1;
}
