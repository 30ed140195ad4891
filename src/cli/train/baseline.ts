/**
 * What counting gives on the validation part, known before the first step.
 *
 * @module
 */
import { NGram } from "../../ngram.ts";
import type { Settings } from "../flags.ts";
import type { Work } from "./work.ts";

/** The best n-gram of a training part. */
export interface Baseline {
  /** n. */
  readonly order: number;
  /** Its loss on the validation part, in nats a token. */
  readonly loss: number;
  /** e^loss */
  readonly perplexity: number;
}

/**
 * Counts the training part, where that is asked for.
 *
 * @param work The text's parts.
 * @param settings The flags' values.
 * @returns What the n-grams come to.
 */
export async function baselineOf(
  { training, validation }: Work,
  { baseline }: Settings<"train">,
): Promise<Baseline | undefined> {
  if (!baseline || !validation) return undefined;
  const ngram = await NGram.fromCorpus(training);
  const { loss, perplexity } = await ngram.evaluate(validation);
  return { order: ngram.order, loss, perplexity };
}
