/**
 * What `examples/classify.ts` and `examples/tagger.ts` learn, in one form.
 *
 * @module
 */
import type { SequenceColumn } from "../../mod.ts";
import { fetchJapaneseVowels, type Utterances } from "../../examples/japanese_vowels.ts";
import { makeTexts, type Texts } from "../../examples/spelled_numbers.ts";

/** Sequences and what is to be told of them: a class each, or one a step. */
export interface Labelled {
  /** A list of (T, 12), or of ids (T). */
  readonly x: readonly unknown[] & SequenceColumn;
  readonly target: SequenceColumn;
}

/** An example's data and numbers. */
export interface Task {
  readonly name: string;
  readonly train: Labelled;
  readonly test: Labelled;
  /** Whether there is a class for each step. */
  readonly eachStep: boolean;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly classes: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly clipGradNorm: number;
}

const COMMON = { hiddenSize: 32, clipGradNorm: 1 };

/** Both tasks. */
export async function makeTasks(): Promise<Task[]> {
  const utterances = ({ x, speaker }: Utterances): Labelled => ({ x, target: speaker });
  const texts = ({ letters, kinds }: Texts): Labelled => ({ x: letters, target: kinds });
  const { train, test } = await fetchJapaneseVowels();
  const classify = { inputSize: 12, classes: 9, epochs: 30, batchSize: 10, learningRate: 3e-3 };
  const tagger = { inputSize: 26, classes: 3, epochs: 10, batchSize: 20, learningRate: 1e-2 };
  return [
    {
      name: "classify",
      train: utterances(train),
      test: utterances(test),
      eachStep: false,
      ...classify,
      ...COMMON,
    },
    {
      name: "tagger",
      train: texts(makeTexts(1000)),
      test: texts(makeTexts(200)),
      eachStep: true,
      ...tagger,
      ...COMMON,
    },
  ];
}
