/**
 * What a model and a text must be to each other, whatever is done to them.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { assertBelow } from "../ids.ts";
import { counted, thousands } from "../messages/printable.ts";
import { typeName } from "../messages/type_name.ts";

/** What is done to a text, for sentences. */
const PHRASES = {
  train: "train on",
  count: "count",
  validate: "validate on",
  evaluate: "evaluate on",
  score: "score",
  inspect: "inspect the model on",
};
/** What needs a token to predict. */
type MeasuringTask = Exclude<keyof typeof PHRASES, "train" | "count">;

/**
 * Checks that a model can be measured on a text: it has the model's tokens, and one that can be predicted.
 *
 * @throws {TypeError} If the vocabularies have different sizes.
 * @throws {RangeError} If an id is not of the vocabulary, or there are fewer than two.
 */
export function checkText(
  corpus: Corpus,
  model: { vocabularySize: number },
  task: MeasuringTask,
): void {
  checkPredictable(corpus, task);
  checkTokens(corpus, model, task);
}

/**
 * Checks that a text has a token that could be predicted.
 *
 * @throws {TypeError} If it is no corpus.
 * @throws {RangeError} If there is none.
 */
export function checkPredictable(corpus: Corpus, task: MeasuringTask): void {
  requireCorpus(corpus, task);
  const { size, parts, vocabulary: { kind } } = corpus;
  if (size >= 2 * parts) return;
  const all = parts > 1 ? ` in ${thousands(parts)} parts` : "";
  throw new RangeError(
    `Cannot ${PHRASES[task]} ${counted(size, kind)}${all}: at least ${
      thousands(2 * parts)
    } ${kind}s are needed`,
  );
}

/**
 * Checks that a text has the tokens of a model: other ids would be read from where no weights are. Its ids are an array that
 * anybody may write to.
 *
 * @throws {TypeError} If it is no corpus, or the vocabularies have different sizes.
 * @throws {RangeError} If an id is not of the vocabulary.
 */
export function checkTokens(
  corpus: Corpus,
  model: { vocabularySize: number },
  task: keyof typeof PHRASES,
): void {
  requireCorpus(corpus, task);
  requireModel(model, task);
  const { ids, vocabulary } = corpus;
  const { vocabularySize } = model;
  if (vocabulary.size === vocabularySize) return assertBelow(ids, vocabularySize);
  throw new TypeError(
    `Cannot ${
      PHRASES[task]
    } the text as its vocabulary must have the model's ${vocabularySize} tokens: current size is ${vocabulary.size}`,
  );
}

/** A string in place of a corpus is told what it lacks: ids. */
function requireCorpus(corpus: Partial<Corpus> | null, task: keyof typeof PHRASES): void {
  if (corpus?.vocabulary !== undefined) return;
  throw new TypeError(
    `Cannot ${
      PHRASES[task]
    } the text as it must be a Corpus: Corpus.fromText(text, { vocabulary }) makes one`,
  );
}

/** Nothing, or a layer without a vocabulary, in place of a model. */
function requireModel(model: { vocabularySize?: number } | null, task: keyof typeof PHRASES): void {
  if (model?.vocabularySize !== undefined) return;
  throw new TypeError(
    `Cannot ${PHRASES[task]} the text as the model must be an RNNModel: current type is ${typeName(model)}`,
  );
}
