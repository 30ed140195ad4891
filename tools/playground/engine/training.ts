/**
 * A small model trained on a text that somebody has pasted.
 *
 * @module
 */
import { Corpus, type Device, GRU, LSTM, RNN, RNNModel, type RNNOptions, train } from "../../../mod.ts";
import type { TrainWish } from "../protocol.ts";
import type { Call } from "./answers.ts";
import { deviceFacts, deviceFor } from "./devices.ts";
import { modelFacts, train as hold } from "./models.ts";

/** Milliseconds between two signs of progress. */
const BEAT = 200;
/** A model of each kind. */
const MAKERS: Record<
  Required<TrainWish>["kind"],
  (device: Device, options: RNNOptions, size: number) => RNNModel
> = {
  rnn: (device, options, size) => new RNNModel(new RNN(device, options), size),
  gru: (device, options, size) => new RNNModel(new GRU(device, options), size),
  lstm: (device, options, size) => new RNNModel(new LSTM(device, options), size),
};

/** Trains, telling how it goes, until epochs or steps are over, or it is stopped: the model stays to be adopted. */
export async function trainOn(text: string, wish: TrainWish, { say, signal, gate }: Call): Promise<void> {
  const { kind = "gru", hiddenSize = 128, numLayers = 1, seed = 0, epochs = 20 } = wish;
  const { numSteps = 32, learningRate = 3e-3, clipGradNorm = 1, logEvery = "1s", maxSteps = Infinity } = wish;
  const corpus = Corpus.fromText(text);
  const { size } = corpus.vocabulary;
  // Rows of a short text are as many as make some steps of each.
  const { batchSize = Math.max(1, Math.min(16, Math.floor(corpus.size / (4 * numSteps)))) } = wish;
  const device = await deviceFor(wish);
  signal.throwIfAborted();
  const made = MAKERS[kind](device, { inputSize: size, hiddenSize, numLayers, seed }, size);
  const model = hold({ model: made, vocabulary: corpus.vocabulary });
  say({ kind: "training", device: deviceFacts(device), facts: modelFacts(model) });
  const enough = new AbortController();
  let steps = 0;
  let last = 0;
  const options = {
    epochs,
    batchSize,
    numSteps,
    learningRate,
    clipGradNorm,
    seed,
    logEvery,
    signal: AbortSignal.any([signal, enough.signal]),
    async onStep(at: { epoch: number; stepsPerEpoch: number; tokensPerSecond: number }): Promise<void> {
      steps++;
      if (steps >= maxSteps) enough.abort();
      else if (performance.now() - last < BEAT && !gate.opened) return;
      last = performance.now();
      const { epoch, stepsPerEpoch, tokensPerSecond } = at;
      const totalSteps = Math.min(epochs * stepsPerEpoch, maxSteps);
      say({ kind: "progress", progress: { epoch, epochs, steps, totalSteps, tokensPerSecond } });
      if (gate.opened) say({ kind: "paused" });
      await gate.opened;
    },
  };
  try {
    for await (const report of train(model.model, corpus, options)) say({ kind: "report", report });
  } catch (error) {
    if (!enough.signal.aborted || signal.aborted) throw error;
  }
  say({ kind: "done" });
}
