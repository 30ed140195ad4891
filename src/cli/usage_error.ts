/**
 * Misuse of the command line, and the nearest name to one that is unknown.
 *
 * @module
 */

/** A command or flag that is not understood; the program exits with 2. */
export class UsageError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = "UsageError";
}

/**
 * What somebody meant by a word.
 *
 * @param word what was written
 * @param known what could have been meant
 * @returns the nearest known word, or undefined where none is near
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.ceil(word.length / 3);
  return known.map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)[0]?.name;
}

/** Insertions, deletions and replacements of a character that turn `a` into `b`. (Levenshtein 1966.) */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
