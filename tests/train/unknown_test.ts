/** What a word costs that a model has never seen. @module */
import { assert } from "@std/assert";
import { Corpus } from "../../src/data/corpus.ts";
import type { CorpusOptions } from "../../src/data/corpus_options.ts";
import { GRU } from "../../src/layers/gru.ts";
import { RNNModel } from "../../src/model.ts";
import { evaluate } from "../../src/train/evaluate.ts";
import { train } from "../../src/train.ts";
import { testEach } from "../support/test_each.ts";

/** Sentences, each with a word that comes nowhere else: a letter, and the sentence's number in other letters. */
function sentences(letter: string): string {
  const name = (i: number): string => [...`${i}`].map((digit) => "abcdefghij"[Number(digit)]).join("");
  return Array.from({ length: 60 }, (_, i) => `the ${letter}${name(i)} is here .\n`).join("");
}

testEach("a model that was trained with rare words left out expects unknown ones", async (device) => {
  const perplexityOf = async (options: CorpusOptions): Promise<number> => {
    const corpus = Corpus.fromText(sentences("x"), { kind: "word", ...options });
    const V = corpus.vocabulary.size;
    using model = new RNNModel(new GRU(device, { inputSize: V, hiddenSize: 16, seed: 0 }), V);
    const sizes = { batchSize: 4, numSteps: 12, learningRate: 0.03, clipGradNorm: 1 };
    for await (const _ of train(model, corpus, { ...sizes, epochs: 12 }));
    const other = Corpus.fromText(sentences("y"), { vocabulary: corpus.vocabulary });
    return (await evaluate(model, other)).perplexity;
  };
  const left = await perplexityOf({ minCount: 2 });
  const untrained = await perplexityOf({ unknown: "replace" });
  assert(left < 1.1, `${left}`);
  assert(untrained > 3, `${untrained}`);
});
