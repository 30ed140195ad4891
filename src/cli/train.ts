/**
 * `train`: everything is checked, then the run's folder is made, then work begins.
 *
 * @module
 */
import { RunFolder } from "../checkpoint/run_folder.ts";
import { checkFits, stepsPerEpoch } from "../data/batches.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Device } from "../device/device.ts";
import { openDevice } from "../device/open_device.ts";
import { predict } from "../generate.ts";
import { GRU } from "../layers/gru.ts";
import { LSTM } from "../layers/lstm.ts";
import type { Recurrent } from "../layers/recurrent.ts";
import { RNN } from "../layers/rnn.ts";
import { RNNModel } from "../model.ts";
import { encodeModel } from "../model_file.ts";
import { train, type TrainReport } from "../train.ts";
import type { Settings } from "./flags.ts";
import { Interrupt } from "./interrupt.ts";
import { invocation, shellWord } from "./invocation.ts";
import { choosePrefixes, type NamedCorpus, readCorpus } from "./texts.ts";
import { UsageError } from "./usage_error.ts";
import { VERSION } from "./version.ts";

const LAYERS = { rnn: RNN, gru: GRU, lstm: LSTM };

/**
 * Trains a model.
 *
 * @param settings the flags' values
 * @returns the exit code
 */
export async function trainCommand(settings: Settings<"train">): Promise<number> {
  checkTogether(settings);
  const text = await readCorpus(settings), { vocabulary } = text.corpus;
  checkFits(text.corpus.size, settings);
  const prefixes = choosePrefixes(settings.prefix, vocabulary, text.corpus);
  using device = await openDevice(settings.device, { ...settings, job: "train" });
  const model = makeModel(device, settings, vocabulary.size);
  const run = await RunFolder.create(settings.out);
  const sizes = describe(model, settings, text);
  console.log(opening(device, run, { ...settings, ...sizes }));

  using interrupt = new Interrupt();
  const keep = async (): Promise<void> => run.writeModel(await encodeModel(model, vocabulary));
  let reports = 0;
  try {
    await run.writeConfig({
      ...{ version: VERSION, ...settings, prefix: prefixes },
      ...{ ...sizes, device: device.info.description },
    });
    for await (const report of train(model, text.corpus, optionsOf(settings, interrupt.signal))) {
      console.log(lineOf(report));
      const samples = await sample(model, vocabulary, { prefixes, length: settings.length });
      await run.appendLog({ ...report, samples });
      await keep();
      reports++;
    }
  } catch (error) {
    if (error === interrupt.signal.reason) {
      await keep();
      console.log(`\nStopped; the model of the last finished step is kept in ${run.path}`);
      return 130;
    }
    const kept = await rescue(model, keep) || reports > 0;
    if (kept) console.error(`The last good model is kept in ${run.path}`);
    else await discard(run);
    throw error;
  }
  const words = ["generate", "--model", run.path, "--prefix", prefixes[0]!].map(shellWord).join(" ");
  console.log(`\nThe run is kept in ${run.path}; to generate from it:\n${invocation()} ${words}`);
  return 0;
}

/** Refuses flags that would have no effect beside others. */
function checkTogether({ cell, nonlinearity, sampling, carryState }: Settings<"train">): void {
  if (cell !== "rnn" && nonlinearity !== "tanh") {
    throw new UsageError(
      `Cannot use "--nonlinearity ${nonlinearity}" with "--cell ${cell}": it is one of rnn alone`,
    );
  }
  if (sampling === "random" && carryState) {
    throw new UsageError(
      'Cannot use "--carry-state" with "--sampling random": its batches do not follow each other',
    );
  }
}

function makeModel(device: Device, settings: Settings<"train">, vocabularySize: number): RNNModel {
  const { cell, hiddenSize, numLayers, nonlinearity, dropout, seed } = settings;
  const options = { inputSize: vocabularySize, hiddenSize, numLayers, nonlinearity, dropout, seed };
  return new RNNModel(new LAYERS[cell](device, options) as Recurrent, vocabularySize);
}

function optionsOf(settings: Settings<"train">, signal: AbortSignal): Parameters<typeof train>[2] {
  const { clipGradNorm, ...options } = settings;
  return { ...options, signal, ...(clipGradNorm > 0 ? { clipGradNorm } : {}) };
}

interface Sizes {
  corpus: string;
  characters: number;
  vocabularySize: number;
  parameters: number;
  stepsPerEpoch: number;
}

function describe(model: RNNModel, settings: Settings<"train">, { name, corpus }: NamedCorpus): Sizes {
  return {
    corpus: name,
    characters: corpus.size,
    vocabularySize: corpus.vocabulary.size,
    parameters: model.parameters().reduce((sum, { size }) => sum + size, 0),
    stepsPerEpoch: stepsPerEpoch(corpus.size, settings),
  };
}

/** What people want to know before they wait. */
function opening(device: Device, run: RunFolder, all: Omit<Settings<"train">, "corpus"> & Sizes): string {
  const { cell, nonlinearity, numLayers, hiddenSize, batchSize, numSteps } = all;
  const left = all.characters - all.stepsPerEpoch * batchSize * numSteps;
  const kind = cell === "rnn" ? `RNN (${nonlinearity})` : cell.toUpperCase();
  return [
    `device  ${device.info.description}`,
    `corpus  ${all.corpus}: ${count(all.characters, "character")}, ${format(all.vocabularySize)} distinct`,
    `model   ${kind}, ${count(numLayers, "layer")} of ${hiddenSize}: ${count(all.parameters, "parameter")}`,
    `epoch   ${count(all.stepsPerEpoch, "step")} of ${batchSize} × ${numSteps} characters, ` +
    `${count(left, "character")} left over`,
    `run     ${run.path}`,
    "",
  ].join("\n");
}

/** The tutorial's line, and the speed. */
function lineOf({ epoch, perplexity, seconds, tokensPerSecond }: TrainReport): string {
  const speed = format(Math.round(tokensPerSecond));
  return `epoch ${epoch}, perplexity ${perplexity.toFixed(6)}, time ${
    seconds.toFixed(2)
  } sec, ${speed} tokens/s`;
}

/** Prints what the model makes of each prefix, a line each. */
async function sample(
  model: RNNModel,
  vocabulary: Vocabulary,
  { prefixes, length }: { prefixes: readonly string[]; length: number },
): Promise<{ prefix: string; text: string }[]> {
  const samples: { prefix: string; text: string }[] = [];
  for (const prefix of prefixes) {
    const text = await predict(model, vocabulary, prefix, length);
    console.log(` - ${text.replace(/\r\n|[\r\n]/g, "↵")}`);
    samples.push({ prefix, text });
  }
  return samples;
}

/** Keeps the weights of a run that failed, where they can still be read and are good. */
async function rescue(model: RNNModel, keep: () => Promise<void>): Promise<boolean> {
  try {
    const weights = Object.values(await model.stateDict());
    if (!weights.every(({ data }) => data.every(Number.isFinite))) return false;
    await keep();
    return true;
  } catch {
    return false; // a lost device, a full disk: the first error is the one that matters
  }
}

/** Removes the folder of a run of which nothing was kept. */
async function discard(run: RunFolder): Promise<void> {
  await Deno.remove(`${run.path}/config.json`).then(() => Deno.remove(run.path)).catch(() => {});
}

function format(value: number): string {
  return value.toLocaleString("en-US");
}

function count(value: number, unit: string): string {
  return `${format(value)} ${unit}${value === 1 ? "" : "s"}`;
}
