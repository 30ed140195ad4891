/**
 * The run that a model is of: what it held out, and the text that it was trained on.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { readConfigBeside } from "../files/find_run.ts";
import type { LoadedModel } from "../exchange/model_file.ts";
import { contradiction } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { askFor, type Paths } from "./permissions.ts";
import { splitText } from "./split_text.ts";
import { type NamedCorpus, readCorpus } from "./texts.ts";
import { keptSettings } from "./train/kept_settings.ts";
import { directoryOf, foundFrom } from "./train/resume.ts";
import { hashOfCorpus } from "./train/work.ts";
import { UsageError } from "./usage_error.ts";
import { placeOf } from "./wording.ts";

/** What a text is split by. */
export interface HeldOut {
  readonly fraction: number;
  /** Rows of which the ends are held out; 1 for the text's end. */
  readonly rows: number;
}

/** A run as its config.json has it. */
export interface Run {
  readonly settings: Settings<"train">;
  /** The folder from which its paths are named. */
  readonly directory: string | undefined;
}

/**
 * Reads the settings of the run that a model is of, where a flag asks for something of it.
 *
 * @param model The model file's path.
 * @param settings The flags' values.
 * @returns The run; undefined where the file is of none, or nothing is asked.
 * @throws {SyntaxError} If its config.json is not what `train` writes.
 */
export async function runOf(model: string, settings: Settings<"evaluate">): Promise<Run | undefined> {
  const { baseline, validationSplit, split, splitRows } = settings;
  if (!baseline && validationSplit === undefined && split === undefined && splitRows === undefined) {
    return undefined;
  }
  return await runBeside(model);
}

/**
 * Reads the settings of the run that a model is of.
 *
 * @param model The model file's path.
 * @returns The run; undefined where the file is of none.
 * @throws {SyntaxError} If its config.json is not what `train` writes.
 */
export async function runBeside(model: string): Promise<Run | undefined> {
  const config = await readConfigBeside(model);
  if (config === undefined) return undefined;
  const kept = keptSettings(config, `read the run of model "${model}"`);
  return { settings: kept, directory: directoryOf(config) };
}

/**
 * The texts of a run that a command reads without a flag that names them.
 *
 * @param command The command.
 * @param model The model file's path.
 * @param settings The flags' values.
 * @returns Their paths from here; none where it reads none.
 * @throws {SyntaxError} If the run's config.json is not what `train` writes.
 */
export async function textsRead(
  command: "evaluate" | "inspect",
  model: string,
  settings: Partial<Settings<"evaluate"> & Settings<"inspect">>,
): Promise<string[]> {
  const { baseline, validationSplit, split, splitRows, text } = settings;
  const reads = command === "inspect"
    ? text === undefined
    : baseline && [validationSplit, split, splitRows].every((one) => one === undefined);
  const run = reads ? await runBeside(model) : undefined;
  return run === undefined || run.settings.corpus.includes("-") ? [] : await textPaths(run);
}

/**
 * What part of a text is to be measured.
 *
 * @param settings The flags' values.
 * @param run The model's run: what no flag says is as it held it out.
 * @returns The part; undefined for the whole text.
 * @throws {UsageError} If something is said by neither, or flags contradict each other.
 */
export function heldOutOf(
  { validationSplit, split, splitRows }: Settings<"evaluate">,
  run: Run | undefined,
): HeldOut | undefined {
  if (validationSplit === undefined && split === undefined && splitRows === undefined) return undefined;
  if (validationSplit === 0) throw contradiction("--validation-split 0", "evaluate", "nothing is measured");
  const own = run && runHeldOut(run);
  const fraction = validationSplit ?? own?.fraction;
  const from = split ?? (splitRows === undefined ? run?.settings.split : "rows") ?? "tail";
  if (fraction === undefined) {
    throw new UsageError(
      `Cannot use "--split ${from}" without "--validation-split": the model's run has none`,
    );
  }
  if (from === "tail" && splitRows !== undefined) {
    throw contradiction(`--split-rows ${splitRows}`, "--split tail", "it belongs to rows");
  }
  const rows = from === "tail" ? 1 : splitRows ?? run?.settings.splitRows;
  if (rows === undefined) {
    throw new UsageError('Cannot use "--split rows" without "--split-rows": the model\'s run has none');
  }
  return { fraction, rows };
}

/** What a run held out. */
function runHeldOut(
  { settings: { validationSplit: fraction, splitRows: rows = 1 } }: Run,
): HeldOut | undefined {
  return fraction === undefined ? undefined : { fraction, rows };
}

/**
 * Tells whether a model was trained on what it is measured on.
 *
 * @param loaded The model.
 * @param measured Its run, what of the text is measured, and the whole text.
 * @returns A sentence; undefined where it was not, or nobody knows.
 */
export async function seenBy(
  { origin }: Pick<LoadedModel, "origin">,
  { run, heldOut, text }: { run: Run | undefined; heldOut: HeldOut | undefined; text: Corpus },
): Promise<string | undefined> {
  if (!run || origin.corpus !== await hashOfCorpus(text)) return undefined;
  const own = runHeldOut(run);
  if (own && heldOut && own.fraction >= heldOut.fraction && own.rows === heldOut.rows) return undefined;
  const { vocabulary } = text;
  return `the model was trained on it, or on much of it: its run held out ${
    own ? `${own.fraction} of this text, ${placeOf({ parts: own.rows, vocabulary })}` : "nothing"
  }`;
}

/**
 * Reads the text that a run was trained on, without what it held out.
 *
 * @param run The run.
 * @param loaded Its model.
 * @param asked The flags' values: what they name is read already.
 * @returns Its training part.
 * @throws {RangeError} If it is not there, may not be read, has changed since, or nobody knows what it was.
 */
export async function trainingTextOf(
  run: Run | undefined,
  loaded: Pick<LoadedModel, "vocabulary" | "origin">,
  asked: Settings<"evaluate">,
): Promise<Corpus> {
  const { corpus } = await wholeTextOf(run, loaded, {
    command: "evaluate",
    asked,
    task: "count the text of the model",
    advice: "--corpus names a text, and --validation-split what of it is measured",
  });
  const own = runHeldOut(run!);
  return own ? splitText(corpus, own)[0] : corpus;
}

/**
 * Reads what a run held out of its text; where that is nothing, its text.
 *
 * @param run The run.
 * @param loaded Its model.
 * @param asked The flags' values: what they name is read already.
 * @returns The part, and its name.
 * @throws {RangeError} If it is not there, may not be read, has changed since, or nobody knows what it was.
 */
export async function validationTextOf(
  run: Run | undefined,
  loaded: Pick<LoadedModel, "vocabulary" | "origin">,
  asked: Settings<"inspect">,
): Promise<NamedCorpus> {
  const { name, corpus } = await wholeTextOf(run, loaded, {
    command: "inspect",
    asked,
    task: "read the text of the model",
    advice: "--text names one",
  });
  const own = runHeldOut(run!);
  return own ? { name: `${name}, what was held out`, corpus: splitText(corpus, own)[1] } : { name, corpus };
}

/** The whole text of a run. */
async function wholeTextOf(
  run: Run | undefined,
  { vocabulary, origin }: Pick<LoadedModel, "vocabulary" | "origin">,
  { command, asked, task, advice }: {
    command: "evaluate" | "inspect";
    asked: Paths;
    task: string;
    advice: string;
  },
): Promise<NamedCorpus> {
  if (run === undefined) {
    throw new RangeError(`Cannot ${task} as no run's config.json beside it names it: ${advice}`);
  }
  const { settings } = run;
  if (settings.corpus.includes("-")) {
    throw new RangeError(`Cannot ${task}'s run as it came from standard input: ${advice}`);
  }
  const paths = await textPaths(run);
  await askFor(command, { ...asked, corpus: [...asked.corpus ?? [], ...paths] });
  const { name, corpus } = await readCorpus({ ...settings, corpus: paths }, vocabulary);
  if (origin.corpus !== undefined && origin.corpus !== await hashOfCorpus(corpus)) {
    throw new RangeError(`Cannot ${task}'s run as it has changed since, ${name}: ${advice}`);
  }
  return { name, corpus };
}

function textPaths({ settings: { corpus }, directory }: Run): Promise<string[]> {
  return Promise.all(corpus.map((path) => foundFrom(path, directory)));
}
