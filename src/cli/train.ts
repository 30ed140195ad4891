/**
 * `train`: everything is checked, then the run's folder is made, then work begins.
 *
 * @module
 */
import { RunFolder } from "../files/run_folder.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import { decodeCheckpoint } from "../train/checkpoint.ts";
import { Training } from "../train/training.ts";
import { checkTogether } from "./check_flags.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { commandLine } from "./invocation.ts";
import { makeOptimizer } from "./start_training.ts";
import { KeptRun, type RunState } from "./train/kept_run.ts";
import { readRunState } from "./train/run_state.ts";
import { opening } from "./train/lines.ts";
import { saveAtLast } from "./train/save_at_last.ts";
import { TrainLoop } from "./train/loop.ts";
import { complain, say } from "./train/say.ts";
import { resumedSettings } from "./train/resume.ts";
import { Signals, type Stop } from "./train/signals.ts";
import { hashOfCorpus, optionsOf, prepare, type Work } from "./train/work.ts";
import { inFlags } from "./wording.ts";
import { VERSION } from "../version.ts";

/** A run that goes on. */
interface Resumed {
  readonly run: RunFolder;
  readonly settings: Settings<"train">;
  /** What its config.json says of it. */
  readonly facts: unknown;
  /** Where it goes on from; undefined where it was killed before it could keep anything. */
  readonly from: { state: Checkpoint["state"]; run: RunState } | undefined;
}

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
  const { resume } = settings;
  if (resume === undefined) return await trainIn(undefined, settings, given);
  const resumed = await takeUp({ ...settings, resume }, given);
  try {
    return await trainIn(resumed, resumed.settings, new Set());
  } finally {
    await resumed.run.close();
  }
}

/** Takes up the folder of a run that was stopped. */
async function takeUp(
  settings: Settings<"train"> & { resume: string },
  given: ReadonlySet<string>,
): Promise<Resumed> {
  const run = await RunFolder.open(settings.resume);
  try {
    const config = await run.readConfig();
    const own = resumedSettings(config, settings, given);
    const { facts } = config as { facts?: unknown };
    const verify = !settings.acceptChangedWeights;
    const found = await run.readCheckpoint((bytes) => decodeCheckpoint(bytes, { verify }));
    if (found?.instead) {
      const reason = inFlags(found.instead, "train");
      complain(`resume: the checkpoint before the last one is taken: ${reason}`);
    }
    const from = found && { state: found.checkpoint.state, run: readRunState(found.checkpoint.run) };
    return { run, settings: own, facts, from };
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** Trains in a folder of its own, or in that of a run which goes on. */
async function trainIn(
  resumed: Resumed | undefined,
  settings: Settings<"train">,
  given: ReadonlySet<string>,
): Promise<number> {
  checkTogether(settings);
  using device = await openFor("train", settings);
  const from = resumed?.from;
  const vocabulary = from && Vocabulary.fromJSON(from.run.vocabulary);
  const work = await prepare(device, settings, given, vocabulary);
  const corpus = await hashOfCorpus(work.corpus);
  if (from && from.run.corpus !== corpus) {
    throw new RangeError(`Cannot go on with run "${settings.resume}" as its text has changed`);
  }
  using optimizer = makeOptimizer(work.model, settings);
  using signals = new Signals();
  let loop: TrainLoop | undefined;
  using training = new Training(work.model, work.training, {
    ...optionsOf(work, settings),
    optimizer,
    signal: signals.signal,
    onStep: (progress) => loop!.onStep(progress),
  });
  if (from) training.restore(from.state);
  const run = resumed?.run ?? await RunFolder.create(settings.out, { overwrite: settings.overwrite });
  try {
    await run.cut(from?.run.lines ?? { log: 0, samples: 0 });
    const config = configOf(work, settings, resumed?.facts);
    await run.writeConfig(config);
    say(...opening(work, run, settings));
    const { model, vocabulary } = work;
    const { saveEvery } = settings;
    const validated = work.validation !== undefined;
    const kept = new KeptRun({ run, training, model, vocabulary, corpus, saveEvery, validated }, from?.run);
    loop = new TrainLoop({ work, settings, kept, signals });
    loop.moved = from !== undefined;
    const stop = await loop.run(training).catch(async (error) => {
      const rescued = loop!.moved ? await kept.rescue() : undefined;
      if (rescued === undefined) await run.discard();
      else complain(rescued);
      throw error;
    });
    if (stop && !loop.moved) {
      await run.discard();
      say("", "Stopped before the first step: nothing is kept");
      return stop.code;
    }
    const code = await saveAtLast({ kept, signals, config });
    return code ?? lastWords(kept.path, stop);
  } catch (error) {
    if (!resumed && !loop) await run.discard(); // nothing has begun
    throw error;
  } finally {
    loop?.[Symbol.dispose]();
    await run.close();
  }
}

/** Flags of one process, not of the run. */
const PASSING: ReadonlySet<string> = new Set([
  "resume",
  "overwrite",
  "prefixFile",
  "stopAfter",
  "timeBudget",
  "trace",
  "debug",
  "help",
]);

/** What config.json has: every flag as it was resolved, and facts for people. */
function configOf(work: Work, settings: Settings<"train">, facts?: unknown): object {
  const flags = Object.entries(settings).filter(([name]) => !PASSING.has(name));
  return {
    version: VERSION,
    ...Object.fromEntries(flags),
    ...work.preparation,
    ...work.architecture,
    prefix: work.prefixes,
    temperature: work.temperature,
    facts: facts ?? { ...work.sizes, device: work.device.info.description },
  };
}

/** Says where the run is, and gives the exit code. */
function lastWords(path: string, stop: Stop | undefined): number {
  if (stop) {
    const line = commandLine("train", { resume: path });
    say("", `${stop.word}; the run is kept in ${path}; to go on with it:`, line);
    return stop.code;
  }
  // It goes on from the run's prefixes: no shell takes every text as a word.
  const line = commandLine("generate", { model: path });
  say("", `The run is kept in ${path}; to generate from it:`, line);
  return 0;
}
