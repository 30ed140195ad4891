/**
 * Whether trials that are compared have learnt from the same: a file may have been changed between two of them.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import type { Done } from "../../sweep/line.ts";
import type { Ranked } from "../../sweep/ranking.ts";
import { flagsOf } from "../flags.ts";

/** Headings of the flags that say what is read, and how. */
const HEADINGS: readonly string[] = ["Data", "Series"];
/** Their names, and that of a model by whose vocabulary a text is read. */
const READING: ReadonlySet<string> = new Set([
  ...flagsOf("train").flatMap(([heading, name]) => HEADINGS.includes(heading) ? [name] : []),
  "init-from",
]);

/**
 * Looks for trials that were told to read the same, and did not.
 *
 * @param ranked The configurations.
 * @returns A sentence on it; none where there is no such trial.
 */
export function changedTexts(ranked: readonly Ranked[]): string[] {
  const firsts = new Map<string, Done>();
  for (const { configuration, done } of ranked) {
    const reading = JSON.stringify(Object.entries(configuration).filter(([name]) => READING.has(name)));
    for (const trial of done) {
      const first = firsts.get(reading);
      if (first === undefined) firsts.set(reading, trial);
      else if (first.text !== trial.text) return [sentenceOn(first, trial)];
    }
  }
  return [];
}

function sentenceOn(first: Done, other: Done): string {
  const both = `${quote(first.trial)} and ${quote(other.trial)}`;
  return `Trials ${both} cannot be compared as what they read was changed between them: ` +
    "another --out trains all anew";
}
