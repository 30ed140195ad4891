/**
 * What counting gives on the text that a model is measured on.
 *
 * @module
 */
import type { Corpus } from "../../data/corpus.ts";
import { counted } from "../../messages/printable.ts";
import { NGram } from "../../ngram.ts";
import type { EvaluateOptions } from "../../train/evaluate.ts";
import type { Baseline } from "../train/baseline.ts";

/** What is measured, and what the model's loss on it is. */
export interface Measured {
  readonly corpus: Corpus;
  readonly options: EvaluateOptions;
  readonly loss: number;
  /** What is counted, for people. */
  readonly what: string;
  /** Whether the model learned on the way. */
  readonly dynamic: boolean;
}

/**
 * Counts a training text, and measures the n-grams on what the model was measured on.
 *
 * @param training The text.
 * @param measured What the model was measured on, and how.
 * @returns What the n-grams come to, for programs and for people.
 */
export async function baselineBeside(
  training: Corpus,
  { corpus, options, loss, what, dynamic }: Measured,
): Promise<{ facts: Baseline; lines: string[] }> {
  const ngram = await NGram.fromCorpus(training);
  const counting = await ngram.evaluate(corpus, options);
  const { order } = ngram;
  const { kind } = training.vocabulary;
  const gap = Math.abs(counting.loss - loss).toFixed(6);
  const side = counting.loss > loss ? "more" : "less";
  const line = (name: string, value: string): string => name.padEnd(20) + value;
  return {
    facts: { order, loss: counting.loss, perplexity: counting.perplexity },
    lines: [
      line("baseline loss", counting.loss.toFixed(6)),
      line("baseline perplexity", counting.perplexity.toFixed(6)),
      line(
        "counted",
        `${order}-gram (modified Kneser–Ney) of ${what}, ${counted(training.size, kind)}, ` +
          `${
            dynamic ? "which learns nothing on the way" : "measured alike"
          }: ${gap} nats ${side} than the model`,
      ),
    ],
  };
}
