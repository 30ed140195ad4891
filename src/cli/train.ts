/**
 * `train`: everything is checked, then the run's folder is made, then work begins.
 *
 * @module
 */
import { RunFolder } from "../files/run_folder.ts";
import { checkSeriesFlags, checkTogether } from "./check_flags.ts";
import type { Device } from "../device/device.ts";
import { openFor } from "./device.ts";
import { flagsOf, type Settings } from "./flags.ts";
import { commandLine } from "./invocation.ts";
import { camelCase } from "./parse_flags.ts";
import { askFor } from "./permissions.ts";
import { makeOptimizer } from "./start_training.ts";
import { madeBy } from "./train/made_by.ts";
import { pick } from "./train/preset.ts";
import { FollowedRun } from "./train/follow.ts";
import { KeptRun } from "./train/kept_run.ts";
import { labelled } from "./train/lines.ts";
import { saveAtLast } from "./train/save_at_last.ts";
import { announceEnd, announceSave, announceStart } from "./train/events.ts";
import { TrainLoop } from "./train/loop.ts";
import { complain, say, sayPlace } from "./train/say.ts";
import { currentFolder } from "./train/resume.ts";
import { Signals, type Stop } from "./train/signals.ts";
import { cutTo, type Resumed, sayWhatDiffers, takeUp } from "./train/take_up.ts";
import type { Subject } from "./train/subject.ts";
import { Team } from "./train/team.ts";
import { textSubject } from "./train/text_subject.ts";
import { writeReport } from "./train/write_report.ts";
import { VERSION } from "../version.ts";

/**
 * Trains a model.
 *
 * @param asked The flags' values.
 * @param given Which flags were written, as a default's value may be meant.
 * @returns The exit code.
 */
export async function trainCommand(
  asked: Settings<"train">,
  given: ReadonlySet<string> = new Set(),
): Promise<number> {
  using signals = new Signals();
  const team = await teamFor(asked);
  const code = await trainFrom(asked, { given, signals, team });
  team?.ranks.finalize(); // a rank that fails ends without: the others are ended by who has started them
  return code;
}

/** Begins MPI where it is asked for: nothing of it is loaded else. */
async function teamFor(settings: Settings<"train">): Promise<Team | undefined> {
  const { distributed, mpiLibrary: library } = settings;
  if (distributed === undefined) return undefined;
  const { openMpi } = await import("../mpi.ts");
  const team = new Team(openMpi(library === undefined ? {} : { library }));
  await team.checkFlags(settings);
  return team;
}

/** Trains a new run, or one that goes on. */
async function trainFrom(
  asked: Settings<"train">,
  { given, signals, team }: Omit<Asked, "settings">,
): Promise<number> {
  const settings = { ...asked, validationSplit: asked.validationSplit || undefined };
  const { resume } = settings;
  if (settings.series !== undefined) checkSeriesFlags(settings, given);
  if (resume === undefined && settings.series !== undefined) {
    return await trainIn(undefined, { settings, given, signals, team });
  }
  if (resume === undefined) {
    return await trainIn(undefined, { settings: pick(settings, { given }).settings, given, signals, team });
  }
  const taking = takeUp({ ...settings, resume }, given, team);
  signals.undo = async () => {
    await taking.then(({ run }) => run?.close(), () => {}); // whoever waits for it tells why
    return `Stopped before a step was taken; the run stays in ${resume} as it was`;
  };
  const resumed = await taking;
  await signals.pass();
  try {
    if (resumed.settings.series !== undefined) checkSeriesFlags({ ...settings, preset: "auto" }, given);
    const start = resumed.from ? { initFrom: undefined, vocabulary: undefined } : {}; // a checkpoint has them
    await askFor("train", { ...resumed.found, ...start });
    return await trainIn(resumed, { settings: resumed.settings, given: new Set(), signals, team });
  } finally {
    await resumed.run?.close();
  }
}

/** What a training is asked for. */
interface Asked {
  /** Those of a run that goes on; else with what goes together of those that the text decides. */
  readonly settings: Settings<"train">;
  readonly given: ReadonlySet<string>;
  readonly signals: Signals;
  /** The ranks, where there are several. */
  readonly team: Team | undefined;
}

/** Trains in a folder of its own, or in that of a run which goes on. */
async function trainIn(resumed: Resumed | undefined, asked: Asked): Promise<number> {
  const { signals, team } = asked;
  checkTogether(asked.settings);
  using device = await openFor("train", asked.settings);
  await team?.checkDevices(device);
  const subject = await subjectFor(device, resumed, asked);
  const { settings } = subject;
  using optimizer = makeOptimizer(subject.parameters, settings);
  let loop: TrainLoop | undefined;
  using training = subject.begin({
    optimizer,
    signal: (team ?? signals).signal,
    ...(team ? { ranks: team.ranks } : {}),
    onStep: (progress) => loop!.onStep(progress),
    onValidation: (progress) => loop!.onValidation(progress),
  });
  const from = resumed?.from;
  if (from) training.restore(from.state);
  await team?.decide(true); // a rank that has failed by now ends the job before there is a folder
  if (team && !team.leads) {
    const kept = new FollowedRun(training, team, from?.run);
    loop = new TrainLoop({ subject, kept, signals, team });
    const stop = await loop.run(training);
    await kept.saveAtLast();
    return stop?.code ?? 0;
  }
  const config = configOf(subject, { resumed, given: asked.given });
  const run = await folderFor(resumed, config, asked);
  try {
    const [first, ...rest] = subject.opening(run);
    const ranks = team ? [`ranks   ${team.ranks.size}, by ${team.ranks.library}`] : [];
    say(...[first!, ...ranks, ...rest].map(labelled));
    announceStart(subject, run, resumed !== undefined);
    const { info, build } = device;
    const computes = build ? `WebAssembly, build ${build}` : info.description;
    if (resumed) sayWhatDiffers(resumed, computes, subject);
    const onSave = (): void => announceSave(kept.path, training);
    const decide = team && ((due: boolean) => team.decide(due));
    const kept: KeptRun = new KeptRun({ run, training, subject, computes, decide, onSave }, from?.run);
    loop = new TrainLoop({ subject, kept, signals, team });
    loop.moved = from !== undefined;
    const stop = await loop.run(training).catch(async (error) => {
      const rescued = loop!.moved ? await kept.rescue() : undefined;
      if (rescued !== undefined) {
        complain(rescued);
        await writeReport(kept.path, "failed");
      } else if (!resumed) await run.discard();
      throw error;
    });
    const code = await saveAtLast({ kept, signals, config, team });
    const page = await writeReport(kept.path, stop ? "stopped" : "ended");
    const last = code ?? lastWords({ kept, page }, stop, signals, subject);
    announceEnd(kept.path, training, { stop, code: last });
    return last;
  } finally {
    loop?.[Symbol.dispose]();
    await run.close();
  }
}

/** Reads what is trained on: what reads the other kind is not loaded. */
async function subjectFor(device: Device, resumed: Resumed | undefined, asked: Asked): Promise<Subject> {
  if (asked.settings.series === undefined) return await textSubject(device, resumed, asked);
  return await (await import("./train/series_subject.ts")).seriesSubject(device, resumed, asked);
}

/** The run's folder with its config.json: a new one, or the one of a run that goes on. */
async function folderFor(
  resumed: Resumed | undefined,
  config: object,
  { settings: { out, overwrite }, signals }: Asked,
): Promise<RunFolder> {
  const make = async (): Promise<RunFolder> => {
    const run = resumed?.run ?? await RunFolder.create(out, { overwrite });
    try {
      const state = resumed?.from?.run;
      if (state) state.lines = await cutTo(run, state.lines);
      else await run.cut({ log: 0, samples: 0 });
      await run.writeConfig(config);
      return run;
    } catch (error) {
      if (!resumed) await run.discard(); // nothing has begun
      throw error;
    }
  };
  await signals.pass();
  const making = make();
  const { undo } = signals;
  signals.undo = async () => {
    const run = await making.catch(() => undefined); // whoever waits for it tells why
    if (!resumed) await run?.discard();
    return await undo();
  };
  return await making;
}

/** Flags that config.json does not have. */
const UNKEPT: ReadonlySet<string> = new Set([
  ...flagsOf("train").filter(([, , { passing }]) => passing).map(([, name]) => camelCase(name)),
  "resume",
  "overwrite",
  "turbo",
  "prefixFile",
]);

/** What config.json has: every flag as it was resolved, the folder of its paths, and facts for people. */
function configOf(
  subject: Subject,
  { resumed, given }: { resumed: Resumed | undefined; given: ReadonlySet<string> },
): object {
  const { settings, schedule, device } = subject;
  const flags = Object.entries(settings).filter(([name]) => !UNKEPT.has(name));
  return {
    version: VERSION,
    ...Object.fromEntries(flags),
    ...(schedule?.kind === "cosine" ? { tMax: schedule.maxSteps } : {}), // stays when --epochs grows
    ...subject.config(),
    directory: resumed ? resumed.directory : currentFolder(),
    facts: resumed?.facts ?? {
      ...subject.facts(),
      device: device.info.description,
      command: madeBy(settings, given),
    },
  };
}

/** Says where the run is, and gives the exit code. */
function lastWords(
  { kept, page }: { kept: KeptRun; page: string | undefined },
  stop: Stop | undefined,
  signals: Signals,
  { settings: { corpus, series, turbo }, next }: Subject,
): number {
  const { path } = kept;
  if (page !== undefined) say("", `The report of the run is in ${page}`);
  sayPlace(path);
  if (stop) {
    const line = commandLine("train", { resume: path, turbo }, { resume: path, corpus, series });
    const again = corpus.includes("-") || series === "-" ? ", with the same text on standard input" : "";
    say("", `${stop.word}; the run is kept in ${path}; to go on with it${again}:`, line);
    return stop.code;
  }
  // It goes on from the run's prefixes: no shell takes every text as a word.
  const line = commandLine(next, { model: path, turbo }, { model: path });
  say("", `The run is kept in ${path}; to ${next} from it:`, line);
  return signals.stopped?.code ?? 0; // a signal during the last save
}
