/**
 * Arguments to settings, checked by the table of flags.
 *
 * @module
 */
import { runFolderOf } from "../files/find_run.ts";
import { parseArgs } from "./parse_args.ts";
import { nearest } from "../messages/options.ts";
import { isIn, type NumberRange, wordsOf } from "../ranges.ts";
import { LOG_EVERY_RULE, type LogEvery, rhythmOf } from "../train/log_every.ts";
import {
  type CommandName,
  type Flag,
  flagsOf,
  operandOf,
  placeholder,
  repeats,
  type Settings,
} from "./flags.ts";
import { UnknownFlagError, UsageError } from "./usage_error.ts";
import { quote } from "../messages/quote.ts";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What looks like the file of a text, and not like a run. */
const TEXT_FILE = /^-$|\.(?!safetensors$)[a-z]\w*$/i;

/**
 * The settings of a command.
 *
 * @param command The command.
 * @param args What follows it.
 * @returns Values by the flags' names in camel case.
 * @throws {UsageError} If a flag is unknown, its value missing, of the wrong kind or out of range.
 */
export function parseFlags<C extends CommandName>(command: C, args: readonly string[]): Settings<C> {
  const flags = new Map(flagsOf(command).map(([, name, flag]) => [name, flag]));
  const names = [...flags.keys()];
  const ofKind = (isSwitch: boolean): string[] =>
    names.filter((name) => (flags.get(name)!.kind === "switch") === isSwitch);
  const refuse = (argument: string): never => {
    throw new UnknownFlagError(command, argument);
  };
  const given = parseArgs(joinValues(renamed(command, args), flags, { refuse, command }), {
    boolean: ofKind(true),
    string: [...ofKind(false), "_"],
    collect: names.filter((name) => repeats(flags.get(name)!, command)),
    unknown: (argument: string, key?: string): void => {
      if (key !== undefined) refuse(argument);
    },
  }) as Record<string, unknown>;
  takeWords(command, given);
  const settings = names.map((name) => {
    const flag = flags.get(name)!;
    const value = given[name];
    const absent = value === undefined ? flag[command] ?? undefined : value;
    return [camelCase(name), typeof value === "string" ? valueOf(name, flag, value) : absent];
  });
  return Object.fromEntries(settings) as Settings<C>;
}

/** Arguments in which flags have the names that they have now. */
function renamed(command: CommandName, args: readonly string[]): readonly string[] {
  const before = flagsOf(command).find(([, , { formerly }]) => formerly?.[command] !== undefined);
  if (!before) return args;
  const [, name, { formerly }] = before;
  const old = new RegExp(`^--${formerly![command]}(?==|$)`);
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((word, index) => index < end ? word.replace(old, `--${name}`) : word);
}

/** Words without a flag are the value of the one whose operand they are. */
function takeWords(command: CommandName, given: Record<string, unknown>): void {
  const words = given["_"] as string[];
  const [first] = words;
  if (first === undefined) return;
  const operand = operandOf(command);
  if (operand) {
    const { name, flag } = operand;
    const text = flag.folder && TEXT_FILE.test(first) && runFolderOf(first) === first;
    if (text) {
      throw new UsageError(
        `Unexpected argument ${quote(first)}: did you mean ${quote(`--corpus ${first}`)}?`,
      );
    }
    const [named] = [given[name] ?? []].flat();
    if (named !== undefined) {
      const what = (flag.value ?? name).toLowerCase();
      throw new UsageError(
        `Cannot use ${quote(first)} with ${quote(`--${name} ${named}`)}: both name the ${what}`,
      );
    }
    given[name] = repeats(flag, command) ? words.splice(0) : words.shift();
  }
  const [extra] = words;
  if (extra === undefined) return;
  throw new UsageError(`Unexpected argument ${quote(extra)}: see "${command} --help"`);
}

/**
 * Which flags were written, whatever their values: a default's value may be meant.
 *
 * @param args What follows the command, as parseFlags() took it.
 * @returns Names in camel case.
 */
export function givenFlags(args: readonly string[]): Set<string> {
  const end = args.indexOf("--");
  const words = end < 0 ? args : args.slice(0, end);
  return new Set(
    words.filter((word) => word.startsWith("--")).map((word) => camelCase(word.slice(2).split("=")[0]!)),
  );
}

/**
 * Writes `--flag value` as `--flag=value`, and refuses a second one: parseArgs takes neither an empty value nor one that
 * begins with a hyphen. It would read `--no-seed=1` as `--seed=1`, so unknown flags are refused here.
 */
function joinValues(
  args: readonly string[],
  flags: ReadonlyMap<string, Flag>,
  { refuse, command }: { refuse: (argument: string) => never; command: CommandName },
): string[] {
  const joined: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    const [name = "", value] = argument.replace(/^--/, "").split("=", 2);
    if (argument === "--") return [...joined, ...args.slice(i)];
    const flag = argument.startsWith("--") ? flags.get(name) ?? refuse(argument) : undefined;
    if (flag && !repeats(flag, command) && seen.has(name)) {
      throw new UsageError(`Cannot use "--${name}" more than once: leave one of them`);
    }
    if (flag) seen.add(name);
    if (flag?.kind === "switch" && value !== undefined) {
      throw new UsageError(`Cannot use ${quote(argument)} as --${name} takes no value`);
    }
    if (!flag || flag.kind === "switch" || value !== undefined) {
      joined.push(argument);
      continue;
    }
    const next = args[++i];
    if (next === undefined || next.startsWith("--")) {
      const hyphens = flag.kind === "text"
        ? `, or --${name}=${placeholder(flag)} where it begins with --`
        : "";
      throw new UsageError(
        `Cannot use "--${name}" without a value: write --${name} ${placeholder(flag)}${hyphens}`,
      );
    }
    joined.push(`${argument}=${next}`);
  }
  return joined;
}

function valueOf(name: string, flag: Flag, value: string): string | number {
  if (flag.kind === "text") return flag.folder ? runFolderOf(value) : value;
  if (flag.kind === "duration") return secondsOf(name, value);
  if (flag.kind === "rhythm") return everyOf(name, value);
  if (flag.kind === "choice") {
    if (flag.choices!.includes(value)) return value;
    const meant = nearest(value, flag.choices!);
    throw misuse(name, `one of ${flag.choices!.join(", ")}`, value, meant && `: did you mean "${meant}"?`);
  }
  return numberOf(name, flag as NumberRange, value);
}

/**
 * Reads a number.
 *
 * @param name The flag's name, without hyphens.
 * @param range What the number must be.
 * @param value What was written.
 * @returns The number.
 * @throws {UsageError} If it is none of the range.
 */
export function numberOf(name: string, range: NumberRange, value: string): number {
  const number = NUMBER.test(value) ? Number(value) : NaN;
  if (isIn(range, number)) return number;
  throw misuse(name, wordsOf(range), value);
}

/** A time as people write it: 90s, 5m, 1.5h, or seconds. */
function secondsOf(name: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(value);
  const seconds = match
    ? Number(match[1]) * { s: 1, m: 60, h: 3600, "": 1 }[match[2] as "s" | "m" | "h" | ""]
    : 0;
  if (seconds > 0) return seconds;
  throw misuse(name, "a time above 0 as 90s, 5m or 1.5h", value);
}

/** From one report to the next: epochs, steps or a time. */
function everyOf(name: string, value: string): LogEvery {
  const every = NUMBER.test(value) ? Number(value) : value;
  if (rhythmOf(every, 1)) return every as LogEvery;
  throw misuse(name, LOG_EVERY_RULE, value);
}

function misuse(name: string, needed: string, value: string, hint: string = ""): UsageError {
  return new UsageError(
    `Cannot use "--${name}" as it must be ${needed}: current value is ${quote(value)}${hint}`,
  );
}

/**
 * A flag's name in settings.
 *
 * @param name "hidden-size".
 * @returns "hiddenSize".
 */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * A setting's name as a flag.
 *
 * @param name "hiddenSize".
 * @returns "hidden-size".
 */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
