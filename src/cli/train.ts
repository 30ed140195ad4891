/**
 * `train`: everything is checked, then the run's folder is made, then work begins.
 *
 * @module
 */
import { RunFolder } from "../checkpoint/run_folder.ts";
import { checkFits, stepsPerEpoch } from "../data/batches.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { type Device, DeviceError } from "../device/device.ts";
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
import { VERSION } from "./version.ts";

const LAYERS = { rnn: RNN, gru: GRU, lstm: LSTM };

/**
 * Trains a model.
 *
 * @param settings the flags' values
 * @returns the exit code
 */
export async function trainCommand(settings: Settings<"train">): Promise<number> {
  const text = await readCorpus(settings), { vocabulary } = text.corpus;
  checkFits(text.corpus.size, settings);
  const prefixes = choosePrefixes(settings.prefix, vocabulary, text.corpus);
  using device = await openDevice(settings.device, { ...settings, job: "train" });
  const model = makeModel(device, settings, vocabulary.size);
  const run = await RunFolder.create(settings.out);
  const sizes = describe(model, settings, text);
  await run.writeConfig({
    ...{ version: VERSION, ...settings, prefix: prefixes },
    ...{ ...sizes, device: device.info.description },
  });
  console.log(opening(device, run, { ...settings, ...sizes }));

  using interrupt = new Interrupt();
  const keep = async (): Promise<void> => run.writeModel(await encodeModel(model, vocabulary));
  let reports = 0;
  try {
    for await (const report of train(model, text.corpus, optionsOf(settings, interrupt.signal))) {
      console.log(lineOf(report));
      const samples = await sample(model, vocabulary, { prefixes, length: settings.length });
      await run.appendLog({ ...report, samples });
      await keep();
      reports++;
    }
  } catch (error) {
    if (error !== interrupt.signal.reason) {
      await rescue(run, reports, { error, keep });
      throw error;
    }
    await keep();
    console.log(`\nStopped; the model of the last finished step is kept in ${run.path}`);
    return 130;
  }
  const words = ["generate", "--model", run.path, "--prefix", prefixes[0]!].map(shellWord).join(" ");
  console.log(`\nThe run is kept in ${run.path}; to generate from it:\n${invocation()} ${words}`);
  return 0;
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

/** Keeps what can be kept of a run that failed: the last good weights; of one that never began, nothing is left. */
async function rescue(
  run: RunFolder,
  reports: number,
  { error, keep }: { error: unknown; keep: () => Promise<void> },
): Promise<void> {
  if (error instanceof DeviceError && reports === 0) {
    await Deno.remove(`${run.path}/config.json`).then(() => Deno.remove(run.path)).catch(() => {});
    return;
  }
  // The first error is the one that matters: a lost device or a full disk fails here again.
  if (await keep().then(() => true, () => reports > 0)) {
    console.error(`The last good model is kept in ${run.path}`);
  }
}

function format(value: number): string {
  return value.toLocaleString("en-US");
}

function count(value: number, unit: string): string {
  return `${format(value)} ${unit}${value === 1 ? "" : "s"}`;
}
