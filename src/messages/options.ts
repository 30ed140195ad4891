/**
 * Names of options: one that is unknown is most likely a typo, which would be left out in silence.
 *
 * @module
 */
import { quote } from "./quote.ts";

/** Each option of a type by its name; what stands there does not matter. */
export type Names<T> = { readonly [name in keyof Required<T>]: unknown };

/**
 * Checks that each option has a known name.
 *
 * @param task For the sentence: "make an RNN".
 * @param options What was given.
 * @param known The options there are, by name.
 * @throws {TypeError} If one is unknown, or they are no object; the message names the first, and the one that was
 * meant.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const options: { hiddenSize?: number } = { hiddensize: 256 } as object;
 * const { hiddenSize = 128 } = options;
 * assertThrows(
 *   () => refuseUnknown("make an RNN", options, { hiddenSize }),
 *   TypeError,
 *   'Cannot make an RNN with unknown option "hiddensize": did you mean "hiddenSize"?',
 * );
 * ```
 */
export function refuseUnknown<T extends object>(task: string, options: T, known: Names<T>): void {
  assertOptions(task, options);
  for (const name in options) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    const meant = nearest(name, names);
    throw new TypeError(
      `Cannot ${task} with unknown option ${quote(name)}: ${
        meant ? `did you mean "${meant}"?` : `known are ${names.join(", ")}`
      }`,
    );
  }
}

/**
 * Checks that options are there, before any is taken out of them.
 *
 * @param task For the sentence: "make an RNN".
 * @param options What was given.
 * @throws {TypeError} If they are no object.
 *
 * @example Usage
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => assertOptions("make an RNN", undefined), TypeError, "options that are not an object");
 * ```
 */
export function assertOptions(task: string, options: unknown): asserts options is object {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(
    `Cannot ${task} with options that are not an object: current value is ${quote(options)}`,
  );
}

/**
 * What somebody meant by a word.
 *
 * @param word What was written.
 * @param known What could have been meant.
 * @returns The nearest known word, or undefined where none is near.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nearest("hidden_size", ["inputSize", "hiddenSize"]), "hiddenSize");
 * ```
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.ceil(word.length / 3);
  // As many letters must be put in or taken out: a long text is compared with nothing.
  const near = known.filter((name) => Math.abs(word.length - name.length) <= limit);
  return near.map((name) => ({ name, distance: editDistance(word, name) }))
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
