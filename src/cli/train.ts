/**
 * `train`: everything is checked, then the run's folder is made, then work begins.
 *
 * @module
 */
import { RunFolder } from "../files/run_folder.ts";
import { checkFits, stepsPerEpoch } from "../data/batches.ts";
import type { Corpus } from "../data/corpus.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import type { Device } from "../device/device.ts";
import { checkPredictable } from "../train/evaluate.ts";
import { ofValidation } from "../train/reading.ts";
import { generate } from "../generate.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { train, type TrainOptions, type TrainProgress, type TrainReport } from "../train.ts";
import { checkTogether } from "./check_flags.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { Interrupt } from "./interrupt.ts";
import { commandLine } from "./invocation.ts";
import { KeptModel } from "./kept_model.ts";
import { LiveLine } from "./live_line.ts";
import { givenPrefixes, trainPrefixes } from "./prefixes.ts";
import { loadStart, makeModel, makeOptimizer, scheduleOf, sizesOf } from "./start_training.ts";
import { readCorpus } from "./texts.ts";
import { checkLeast, checkPlan, describePlan, type Plan } from "./training_room.ts";
import { VERSION } from "./version.ts";
import { counted, thousands } from "../messages/printable.ts";
import { describeModel, inALine, lineBreaksOf, sizeOfText, unknownOf } from "./wording.ts";

/** Of samples of a text of one's own: the likeliest characters alone soon go round in a circle. */
const TEMPERATURE = 0.8;

/**
 * Trains a model.
 *
 * @param settings The flags' values.
 * @param given Which flags were written, as a default's value may be meant.
 * @returns The exit code.
 */
export async function trainCommand(
  settings: Settings<"train">,
  given: ReadonlySet<string> = new Set(),
): Promise<number> {
  checkTogether(settings);
  using device = await openFor("train", settings);
  const work = await prepare(device, settings, given);
  const { model, vocabulary, prefixes } = work;
  using optimizer = makeOptimizer(model, settings);
  const run = await RunFolder.create(settings.out);
  console.log(opening(work, run, settings));

  using interrupt = new Interrupt();
  using live = new LiveLine();
  const kept = new KeptModel(run, model, vocabulary);
  let trained = false;
  try {
    await run.writeConfig({
      version: VERSION,
      ...settings,
      ...work.preparation,
      ...work.architecture,
      prefix: prefixes,
      temperature: work.temperature,
      ...work.sizes,
      device: device.info.description,
    });
    const onStep = (progress: TrainProgress): void => {
      trained = true;
      if (!settings.trace) live.show(() => signOf(progress));
    };
    const options: TrainOptions = {
      ...optionsOf(work, settings),
      optimizer,
      signal: interrupt.signal,
      onStep,
    };
    for await (const report of train(model, work.training, options)) {
      live.clear();
      console.log(lineOf(report, settings));
      const samples = await sample(work, settings);
      await run.appendLog({ ...report, temperature: work.temperature, samples });
      await kept.write();
    }
  } catch (error) {
    live.clear();
    const failure = error === interrupt.signal.reason ? await kept.stop() : error;
    if (failure === undefined) {
      console.log(`\nStopped; the model of the last finished step is kept in ${run.path}`);
      return 130;
    }
    await kept.afterFailure(trained);
    throw failure;
  } finally {
    await run.close();
  }
  // It goes on from the run's prefixes: no shell takes every text as a word.
  const line = commandLine("generate", { model: run.path });
  console.log(`\nThe run is kept in ${run.path}; to generate from it:\n${line}`);
  return 0;
}

/** What is trained, and on what. */
interface Work {
  readonly device: Device;
  readonly plan: Plan;
  readonly model: RNNModel;
  readonly vocabulary: Vocabulary;
  /** Both parts of the text. */
  readonly corpus: Corpus;
  readonly training: Corpus;
  readonly validation: Corpus | undefined;
  readonly prefixes: readonly string[];
  /** Of samples. */
  readonly temperature: number;
  readonly schedule: TrainOptions["schedule"];
  /** How the text was prepared, as the model's flags say it. */
  readonly preparation: object;
  /** The flags that the model to go on from was made with; empty for a new model. */
  readonly architecture: object;
  /** Facts for config.json. */
  readonly sizes: {
    readonly corpus: string;
    readonly characters: number;
    readonly vocabularySize: number;
    readonly parameters: number;
    readonly stepsPerEpoch: number;
  };
}

/** All that can go wrong before a run's folder is made. */
async function prepare(
  device: Device,
  settings: Settings<"train">,
  given: ReadonlySet<string>,
): Promise<Work> {
  const { initFrom, validationSplit, batchSize, numSteps, sampling } = settings;
  const named = await givenPrefixes(settings);
  const start = initFrom === undefined
    ? undefined
    : await loadStart(device, { ...settings, initFrom }, given);
  if (!start) await checkLeast(device, settings);
  const { name, corpus } = await readCorpus(settings, start?.vocabulary);
  const { vocabulary } = corpus;
  const [training, validation] = validationSplit === undefined ? [corpus] : corpus.split(validationSplit);
  checkFits(training.size, { batchSize, numSteps, sampling, kind: vocabulary.kind });
  if (validation) checkPredictable(validation, "validate");
  const builtIn = settings.corpus.length === 0;
  const prefixes = trainPrefixes(named, corpus, builtIn);
  const perEpoch = stepsPerEpoch(training.size, { batchSize, numSteps, sampling });
  const schedule = scheduleOf(settings, perEpoch);
  const plan: Plan = {
    model: start ? configOf(start.model) : sizesOf(settings, vocabulary.size),
    made: start !== undefined,
    corpus,
    validation,
    samples: prefixes.length,
  };
  checkPlan(device, plan, settings);
  const model = start?.model ?? makeModel(device, settings, vocabulary.size);
  return {
    device,
    plan,
    model,
    vocabulary,
    corpus,
    training,
    validation,
    prefixes,
    temperature: settings.temperature ?? (builtIn ? 0 : TEMPERATURE),
    schedule,
    preparation: { tokenizer: vocabulary.kind, newlines: vocabulary.newlines, unknown: vocabulary.unknown },
    architecture: start?.architecture ?? {},
    sizes: {
      corpus: name,
      characters: corpus.size,
      vocabularySize: vocabulary.size,
      parameters: model.parameterCount(),
      stepsPerEpoch: perEpoch,
    },
  };
}

/** What train() is told by the flags. */
function optionsOf({ schedule, validation }: Work, settings: Settings<"train">): TrainOptions {
  const { epochs, batchSize, numSteps, sampling, carryState, logEvery, seed, clipGradNorm } = settings;
  return {
    epochs,
    batchSize,
    numSteps,
    clipGradNorm: clipGradNorm > 0 ? clipGradNorm : undefined,
    schedule,
    validation,
    sampling,
    carryState,
    logEvery,
    seed,
  };
}

/** What people want to know before they wait. */
function opening(work: Work, run: RunFolder, settings: Settings<"train">): string {
  const { device, model, vocabulary, corpus, training, validation, sizes } = work;
  const { kind } = vocabulary;
  const { initFrom, batchSize, numSteps } = settings;
  const left = training.size - sizes.stepsPerEpoch * batchSize * numSteps;
  return [
    `device  ${device.info.description}`,
    `corpus  ${sizes.corpus}: ${sizeOfText(corpus)}`,
    ...lines("text", lineBreaksOf(corpus)),
    ...lines("unknown", unknownOf(vocabulary, corpus.counts.unknown) ?? untrained(work, settings)),
    ...(validation
      ? [
        `split   ${counted(validation.size, kind)} at its end are for validation: ` +
        ofValidation(validation).words,
      ]
      : []),
    ...(initFrom === undefined
      ? []
      : [`start   ${initFrom}: its weights and its ${counted(vocabulary.size, kind)}`]),
    `model   ${describeModel(model)}`,
    `memory  ${describePlan(device, work.plan, settings)}`,
    `epoch   ${counted(sizes.stepsPerEpoch, "step")} of ${batchSize} × ${numSteps} ${kind}s, ` +
    `${counted(left, kind)} left over`,
    `run     ${run.path}`,
    "",
  ].join("\n");
}

/** Why a model would not know how often an unknown token comes. */
function untrained(
  { vocabulary: { kind, unknown } }: Work,
  { initFrom }: Settings<"train">,
): string | undefined {
  if (unknown !== "replace" || initFrom !== undefined) return undefined;
  return `none in the text, which trains what stands for them: --min-count 2 leaves rare ${kind}s to it`;
}

/** A line of the opening, where there is something to say. */
function lines(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : [name.padEnd(8) + text];
}

/** A sign of life. */
function signOf({ epoch, epochs, step, stepsPerEpoch, tokensPerSecond }: TrainProgress): string {
  const speed = thousands(Math.round(tokensPerSecond));
  return `epoch ${thousands(epoch)} of ${thousands(epochs)}, step ${thousands(step)} of ${
    thousands(stepsPerEpoch)
  }, ${speed} tokens/s`;
}

/** The tutorial's line, and the speed. */
function lineOf(report: TrainReport, { schedule, warmUp }: Settings<"train">): string {
  const { epoch, perplexity, validationPerplexity, seconds, tokensPerSecond, learningRate } = report;
  return [
    `epoch ${epoch}`,
    `perplexity ${perplexity.toFixed(6)}`,
    ...(validationPerplexity === undefined
      ? []
      : [`validation perplexity ${validationPerplexity.toFixed(6)}`]),
    ...(schedule === "constant" && warmUp === 0
      ? []
      : [`learning rate ${Number(learningRate.toPrecision(4))}`]),
    `time ${seconds.toFixed(2)} sec`,
    `${thousands(Math.round(tokensPerSecond))} tokens/s`,
  ].join(", ");
}

/** Prints what the model makes of each prefix, a line each: what `generate` draws with the run's seed. */
async function sample(
  { model, vocabulary, prefixes, temperature }: Work,
  { length, seed }: Settings<"train">,
): Promise<{ prefix: string; text: string }[]> {
  const samples = prefixes.map((prefix) => ({ prefix, text: prefix }));
  const options = { prefixes, length, temperature, seed };
  for await (const { row, text } of generate(model, vocabulary, options)) samples[row]!.text += text;
  for (const { text } of samples) console.log(` - ${inALine(text)}`);
  return samples;
}
