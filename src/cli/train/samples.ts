/**
 * What a model in training writes.
 *
 * @module
 */
import { generate } from "../../generate.ts";
import type { Settings } from "../flags.ts";
import { complain } from "./say.ts";
import type { Work } from "./work.ts";

/** What became of a prefix. */
export interface Sample {
  /** The prefix. */
  prefix: string;
  /** The prefix and what follows. */
  text: string;
}

/**
 * What the model makes of each prefix: what `generate` draws with the run's seed. A sample may be longer than all that was
 * trained on, and overflow where no batch does: then it ends there, and training goes on.
 *
 * @param work The model, its tokens, the prefixes and the temperature.
 * @param settings How many tokens to add, and the seed.
 * @param options `signal` ends it; `between` is called as the text comes, and waited for: the run may be saved there.
 */
export async function sample(
  { model, vocabulary, prefixes, temperature }: Work,
  { length, seed }: Settings<"train">,
  { signal, between }: { signal: AbortSignal; between: () => void | Promise<void> },
): Promise<Sample[]> {
  const samples = prefixes.map((prefix) => ({ prefix, text: prefix }));
  const options = { prefixes, length, temperature, seed, signal };
  for await (const { row, text } of untilBroken(generate(model, vocabulary, options))) {
    samples[row]!.text += text;
    await between();
  }
  return samples;
}

async function* untilBroken<T>(texts: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  try {
    yield* texts;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    complain(`${error.message}; training goes on`);
  }
}
