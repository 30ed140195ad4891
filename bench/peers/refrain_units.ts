/**
 * What is timed of refrain, in Deno and in a browser: what its users call, train() and generate().
 *
 * @module
 */
import type { Corpus } from "../../src/data/corpus.ts";
import type { Vocabulary } from "../../src/data/vocabulary.ts";
import { generate } from "../../src/generate.ts";
import type { RNNModel } from "../../src/model.ts";
import { train, type TrainReport } from "../../src/train.ts";
import { corpusOf } from "../workloads.ts";
import type { Ready, Settings } from "./protocol.ts";
import type { GenerationFile, TrainingFile } from "./workload_files.ts";

/** A training without end: a batch is an epoch. */
function reports(model: RNNModel, corpus: Corpus, workload: TrainingFile, logEvery: number) {
  const { batchSize, numSteps, learningRate, clipGradNorm } = workload;
  const settings = { epochs: 2 ** 30, logEvery, batchSize, numSteps, learningRate, clipGradNorm };
  return train(model, corpus, { ...settings, carryState: true });
}

async function next(training: AsyncGenerator<TrainReport, void, void>): Promise<number> {
  return (await training.next()).value!.loss;
}

/** Steps of training, by train(). */
export async function startTraining(
  { model, workload, check, reportEvery }: Settings & { model: RNNModel; workload: TrainingFile },
): Promise<Omit<Ready, "version">> {
  const corpus = corpusOf(workload, 1);
  const losses: number[] = [];
  const weights = await model.stateDict();
  const checked = reports(model, corpus, workload, 1);
  while (losses.length < check) losses.push(await next(checked));
  await checked.return();
  await model.loadStateDict(weights);
  const training = reports(model, corpus, workload, reportEvery);
  return { losses, unit: async () => void await next(training) };
}

/** Generations, by generate(). */
export async function startGeneration(
  { model, vocabulary, workload }: { model: RNNModel; vocabulary: Vocabulary; workload: GenerationFile },
): Promise<Omit<Ready, "version">> {
  const prefixes = workload.ids.map((id) => vocabulary.decode([id]));
  const options = { prefixes, length: workload.length, temperature: 0 };
  const ids: number[][] = prefixes.map(() => []);
  for await (const { row, id } of generate(model, vocabulary, options)) ids[row]!.push(id);
  return {
    ids,
    async unit(): Promise<void> {
      for await (const _ of generate(model, vocabulary, options));
    },
  };
}
