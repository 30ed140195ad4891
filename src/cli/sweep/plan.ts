/**
 * What a command line of `sweep` asks for: which trials, and what each is told. Nothing is read or written.
 *
 * @module
 */
import { thousands } from "../../messages/printable.ts";
import { quote } from "../../messages/quote.ts";
import { type Axis, type Configuration, draw, grid, gridSize } from "../../sweep/configurations.ts";
import { idOf, sweepId, type Trial } from "../../sweep/trial.ts";
import { isList, readSpace, type Space } from "../../sweep/values.ts";
import { checkTogether, contradiction, missing } from "../check_flags.ts";
import { type Flag, flagsOf, ON_OFF, type Settings } from "../flags.ts";
import { camelCase, givenFlags, numberOf, parseFlags } from "../parse_flags.ts";
import { RUNS } from "../../files/find_run.ts";
import { RANGES } from "../../ranges.ts";
import { pick } from "../train/preset.ts";
import { UsageError } from "../usage_error.ts";

/** A trial with what `train` is told. */
export interface PlannedTrial extends Trial {
  /** What follows `train`, without where its run is kept. */
  readonly args: readonly string[];
  readonly settings: Settings<"train">;
}

/** A sweep. */
export interface Plan {
  readonly settings: Settings<"sweep">;
  /** Names of the flags that have several values, in the order of the help text. */
  readonly axes: readonly string[];
  readonly seeds: readonly string[];
  readonly trials: readonly PlannedTrial[];
  /** What identifies it. */
  readonly id: string;
  /** Its folder. */
  readonly folder: string;
  /** Whether its trials compute under turbo's flags. */
  readonly turbo: boolean;
}

/** Trials at most. */
const MOST = 10_000;
/** Digits of an id in the name of a folder. */
const NAME_DIGITS = 8;
/** What changes nothing of what is learnt. */
const FREE: ReadonlySet<string> = new Set(["threads", "turbo", "saveEvery"]);

/** Flags of `train` that a trial may be told, and that no sweep has values for: they are of one process. */
const OF_TRIALS: ReadonlySet<string> = new Set(["time-budget", "stop-after", "turbo"]);

/**
 * Plans a sweep.
 *
 * @param args What follows the command: its own flags, then "--" and those of each trial.
 * @returns The sweep.
 * @throws {UsageError} If a flag is wrong, or trials could not be compared.
 */
export async function planOf(args: readonly string[]): Promise<Plan> {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const fixed = end < 0 ? [] : args.slice(end + 1);
  const settings = parseFlags("sweep", own);
  if (settings.random === undefined && givenFlags(own).has("randomSeed")) {
    throw missing(`--random-seed ${settings.randomSeed}`, "--random");
  }
  checkFixed(fixed);
  const given = axesOf(settings);
  const shared = givenFlags(fixed);
  const twice = given.find(({ name }) => shared.has(camelCase(name)));
  if (twice) throw new UsageError(`Cannot use "--${twice.name}" before and behind "--": leave one of them`);
  const [axes, words] = apart(given);
  const seeds = listOf(readValues("seeds", settings.seeds, { kind: "integer", random: false }));
  for (const seed of seeds) numberOf("seeds", RANGES.seed, seed);
  const configurations = configurationsOf(axes, settings, seeds.length);
  const trials = await trialsOf(configurations, seeds, [...fixed, ...words]);
  const { threads } = trials[0]!.settings;
  if (settings.workers > 1 && threads !== undefined && threads > 1) {
    throw contradiction(
      `--threads ${threads}`,
      `--workers ${settings.workers}`,
      "a trial has one thread each",
    );
  }
  const turbo = settings.turbo || trials[0]!.settings.turbo;
  if (turbo && trials.some((trial) => trial.settings.device === "webgpu")) {
    throw contradiction("--turbo", "--device webgpu", "it makes WebAssembly faster");
  }
  const id = await sweepId(trials);
  const folder = settings.out ?? `${RUNS}/sweep-${id.slice(0, NAME_DIGITS)}`;
  return { settings, axes: axes.map(({ name }) => name), seeds, trials, id, folder, turbo };
}

/** Flags of trials that are for the sweep to say. */
function checkFixed(fixed: readonly string[]): void {
  if (fixed.includes("--")) throw new UsageError('Unexpected argument "--": it stands once');
  const own = new Set(flagsOf("sweep").map(([, name]) => name));
  const given = givenFlags(fixed);
  for (const [, name, flag] of flagsOf("train")) {
    if (!given.has(camelCase(name)) && !(name === "resume" && parseFlags("train", fixed).resume)) continue;
    const instead = flag.instead?.sweep;
    if (instead !== undefined) throw new UsageError(`Cannot use "--${name}" with sweep: ${instead}`);
    if (!flag.passing && name !== "out" || OF_TRIALS.has(name)) continue;
    const where = own.has(name) ? "it belongs before it" : "trials are silent";
    throw new UsageError(`Cannot use "--${name}" behind "--": ${where}`);
  }
}

/** The flags that are swept. */
function axesOf(settings: Settings<"sweep">): Axis[] {
  const values = settings as Record<string, unknown>;
  const train = new Map(flagsOf("train").map(([, name, flag]) => [name, flag]));
  const random = settings.random !== undefined;
  return flagsOf("sweep").flatMap(([, name, { sweep }]) => {
    const text = values[camelCase(name)];
    const flag = train.get(name);
    if (!flag || sweep !== null || name === "out" || typeof text !== "string") return [];
    const space = readValues(name, text, { kind: kindOf(flag), random });
    if (flag.kind === "switch") assertSwitch(name, listOf(space));
    return [{ name, space }];
  });
}

/** The flags that have several values, and the others as every trial is told them. */
function apart(given: readonly Axis[]): [axes: Axis[], words: string[]] {
  const single = (space: Space): boolean => isList(space) && space.length === 1;
  const axes = given.filter(({ space }) => !single(space));
  const free = axes.find(({ name }) => FREE.has(camelCase(name)));
  if (free) {
    throw new UsageError(`Cannot compare trials by "--${free.name}": it changes nothing of what is learnt`);
  }
  const others = given.filter(({ space }) => single(space));
  return [axes, wordsOf(Object.fromEntries(others.map(({ name, space }) => [name, listOf(space)[0]!])))];
}

function kindOf({ kind }: Flag): "integer" | "number" | "other" {
  return kind === "integer" || kind === "number" ? kind : "other";
}

/** The values of a flag; what is wrong with them is misuse. */
function readValues(
  name: string,
  text: string,
  of: { kind: "integer" | "number" | "other"; random: boolean },
): Space {
  return misused(() => readSpace(text, { flag: `--${name}`, ...of }));
}

function misused<R>(body: () => R): R {
  try {
    return body();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

function listOf(space: Space): readonly string[] {
  return space as readonly string[]; // without --random, and of words, there is no span
}

function assertSwitch(name: string, values: readonly string[]): void {
  const wrong = values.find((value) => !ON_OFF.includes(value));
  if (wrong === undefined) return;
  const words = ON_OFF.join(" or ");
  throw new UsageError(`Cannot use "--${name}" as it must be ${words}: current value is ${quote(wrong)}`);
}

function configurationsOf(
  axes: readonly Axis[],
  { random, randomSeed }: Settings<"sweep">,
  seeds: number,
): Configuration[] {
  const count = (random ?? gridSize(axes)) * seeds;
  if (count > MOST) {
    throw new UsageError(`Cannot run ${thousands(count)} trials: ${thousands(MOST)} are the most`);
  }
  return misused(() => random === undefined ? grid(axes) : draw(axes, random, randomSeed));
}

/** All trials: each configuration once before any comes with a second seed. */
async function trialsOf(
  configurations: readonly Configuration[],
  seeds: readonly string[],
  fixed: readonly string[],
): Promise<PlannedTrial[]> {
  const trials: PlannedTrial[] = [];
  const wrong: Error[] = [];
  for (const seed of seeds) {
    for (const configuration of configurations) {
      const args = [...fixed, ...wordsOf(configuration), `--seed=${seed}`];
      const settings = parseFlags("train", args);
      const given = givenFlags(args);
      if (seed === seeds[0]) checkTrial(settings, given, wrong);
      const asked = Object.entries(settings).filter(([name]) => given.has(name) && !FREE.has(name));
      const id = await idOf(asked);
      trials.push({ id, configuration, seed: Number(seed), args, settings });
    }
  }
  if (wrong.length === configurations.length) throw wrong[0]!; // one that contradicts itself fails alone
  return trials;
}

/** What `train` would refuse at once, and what could not be compared. */
function checkTrial(settings: Settings<"train">, given: ReadonlySet<string>, wrong: Error[]): void {
  const { corpus, prefixFile, series } = settings;
  if ([...corpus, ...prefixFile, series].includes("-")) {
    throw new UsageError('Cannot use "-" with sweep: standard input is read once');
  }
  if (series !== undefined) return; // what is picked depends on its rows
  const picked = pick({ ...settings, validationSplit: settings.validationSplit || undefined }, { given });
  if (!picked.settings.validationSplit) {
    throw new UsageError(
      'Cannot compare trials without a validation: write --validation-split 0.1 behind "--"',
    );
  }
  try {
    checkTogether(picked.settings);
  } catch (error) {
    wrong.push(error as Error);
  }
}

/** A configuration as flags. */
function wordsOf(configuration: Configuration): string[] {
  const switches = new Set(
    flagsOf("train").filter(([, , { kind }]) => kind === "switch").map(([, name]) => name),
  );
  return Object.entries(configuration).flatMap(([name, value]) => {
    if (!switches.has(name)) return [`--${name}=${value}`];
    return value === "on" ? [`--${name}`] : [];
  });
}
