/**
 * `train --resume`: the flags of a run as its folder has them, and which of them may be others.
 *
 * @module
 */
import { exists } from "../../files/paths.ts";
import { isGranted } from "../../files/permissions.ts";
import { contradiction } from "../check_flags.ts";
import { flagsOf, type Settings } from "../flags.ts";
import { camelCase } from "../parse_flags.ts";
import { keptSettings } from "./kept_settings.ts";

/** Flags of a run that change nothing of what is learnt. A text may lie elsewhere: its hash says whether it is the same. */
const FREE: ReadonlySet<string> = new Set([
  "resume",
  "corpus",
  "series",
  "epochs",
  "saveEvery",
  "logEvery",
  "length",
  "prefix",
  "prefixFile",
  "temperature",
  "device",
  "threads",
  "deterministic",
  "turbo",
  "acceptChangedWeights",
]);

/**
 * The settings of a run that goes on.
 *
 * @param config What its config.json holds, not trusted.
 * @param settings The flags' values now.
 * @param given Which flags were written now, in camel case.
 * @returns The run's settings, with those that may be others as they were given now.
 * @throws {SyntaxError} If the file is not what `train` writes.
 * @throws {UsageError} If a flag asks for something else than the run's.
 */
export function resumedSettings(
  config: unknown,
  settings: Settings<"train"> & { resume: string },
  given: ReadonlySet<string>,
): Settings<"train"> {
  const flags = flagsOf("train").map(([, name, { passing }]) => {
    const key = camelCase(name);
    return { name, key, isFree: passing || FREE.has(key) };
  });
  const kept = keptSettings(config, `go on with run "${settings.resume}"`);
  const now = settings as Record<string, unknown>;
  const then = kept as Record<string, unknown>;
  const from = `--resume ${settings.resume}`;
  if (given.has("series") && kept.series === undefined) {
    throw contradiction(`--series ${settings.series}`, from, "the run is of a text");
  }
  if (given.has("corpus") && kept.series !== undefined) {
    throw contradiction(`--corpus ${settings.corpus[0]}`, from, "the run is of a series");
  }
  for (const { name, key, isFree } of flags) {
    if (!given.has(key) || isFree || same(now[key], then[key])) continue;
    const value = then[key];
    const of = value === undefined || value === false ? "the run has none" : `the run's is ${String(value)}`;
    throw contradiction(now[key] === true ? `--${name}` : `--${name} ${String(now[key])}`, from, of);
  }
  const changed = flags.filter(({ key, isFree }) => given.has(key) && isFree);
  if (given.has("prefixFile") && !given.has("prefix")) kept.prefix = []; // a file's take the place of the run's
  return {
    ...kept,
    ...Object.fromEntries(changed.map(({ key }) => [key, now[key]])),
    resume: settings.resume,
  } as Settings<"train">;
}

/**
 * The folder from which a run's paths are named.
 *
 * @param config What its config.json holds, not trusted.
 */
export function directoryOf(config: unknown): string | undefined {
  const { directory } = config as { directory?: unknown };
  return typeof directory === "string" ? directory : undefined;
}

/**
 * The settings with the paths at which a run's files are found: from the folder where it was started, else from here.
 *
 * @param settings The run's settings.
 * @param directory The folder from which its paths are named; undefined where that is not known.
 * @throws {RangeError} If its text is at neither place.
 */
export async function located(
  settings: Settings<"train">,
  directory: string | undefined,
): Promise<Settings<"train">> {
  const find = (path: string): Promise<string> => foundFrom(path, directory);
  const { initFrom, vocabulary } = settings;
  const corpus = await Promise.all(settings.corpus.map(find));
  const series = settings.series === undefined ? undefined : await find(settings.series);
  for (const path of series === undefined ? corpus : [series]) {
    if (path === "-" || !isGranted("read", path) || await exists(path)) continue;
    const [what, flag] = series === undefined ? ["text", "--corpus"] : ["series", "--series"];
    throw new RangeError(
      `Cannot go on with run "${settings.resume}" as its ${what} "${path}" is not there: ${flag} says where it is`,
    );
  }
  return {
    ...settings,
    corpus,
    series,
    initFrom: initFrom === undefined ? initFrom : await find(initFrom),
    vocabulary: vocabulary === undefined ? vocabulary : await find(vocabulary),
  };
}

/**
 * The path at which a file of a run is found: from the folder where the run was started, or from here where it is here alone,
 * as far as that may be read.
 *
 * @param path The file as the run names it.
 * @param directory The folder from which its paths are named; undefined where that is not known.
 */
export async function foundFrom(path: string, directory: string | undefined): Promise<string> {
  if (path === "-" || directory === undefined || directory === currentFolder()) return path;
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return path;
  const first = `${directory}/${path}`;
  if (isGranted("read", first) && await exists(first)) return first;
  return isGranted("read", path) && await exists(path) ? path : first;
}

/** The folder from which relative paths are named; undefined where it has been removed. */
export function currentFolder(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
