/**
 * What is said of a command or a flag that is not there: what it is called here, or whose it is. Loaded when that is asked.
 *
 * @module
 */
import { nearest } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { type CommandName, type Flag, FLAGS, flagsOf } from "./flags.ts";
import { EVERY } from "./flags_device.ts";
import { commandsMeantBy, flagsMeantBy } from "./synonyms.ts";
import { type UnknownFlagError, UsageError } from "./usage_error.ts";

/** How many flags a sentence suggests at most. */
const MOST = 2;

/**
 * The error of an unknown flag, with what was meant.
 *
 * @param error The error as the parser has it.
 * @returns An error that names what was meant, where that is known.
 */
export function explained(error: UnknownFlagError): UsageError {
  const { command, flag } = error;
  const names = namesOf(command);
  const name = flag.replace(/^-+/, "");
  const instead = insteadOf(command, name);
  if (instead !== undefined) return new UsageError(`Cannot use ${quote(flag)} with ${command}: ${instead}`);
  const meant = flagsMeantBy(name);
  const own = meant.filter((one) => names.includes(nameIn(one)));
  if (own.length > 0) return suggestion(flag, own);
  const owner = ownerOf(name);
  if (owner && !names.includes(name)) {
    return new UsageError(`Unknown flag ${quote(flag)} of ${command}: it is one of ${owner}`);
  }
  const near = nearest(name, names);
  if (near !== undefined) return suggestion(flag, [near]);
  const [other] = meant.flatMap((one) => {
    const owner = ownerOf(nameIn(one));
    return owner ? [`"--${one}" is one of ${owner}`] : [];
  });
  return other === undefined ? error : new UsageError(`Unknown flag ${quote(flag)} of ${command}: ${other}`);
}

/**
 * The error of an unknown command.
 *
 * @param word The first word.
 * @returns An error that names what was meant, where that is known.
 */
export function unknownCommand(word: string): UsageError {
  const names = Object.keys(EVERY);
  const [meant = nearest(word, [...names, "help"])] = commandsMeantBy(word);
  const known = meant ? `did you mean "${meant}"?` : `the first word must be one of ${names.join(", ")}`;
  return new UsageError(
    word.startsWith("-")
      ? `Cannot find a command before ${quote(word)}: ${known}`
      : `Unknown command ${quote(word)}: ${known}`,
  );
}

function suggestion(flag: string, meant: readonly string[]): UsageError {
  const words = meant.slice(0, MOST).map((one) => `"--${one}"`).join(" or ");
  return new UsageError(`Unknown flag ${quote(flag)}: did you mean ${words}?`);
}

/** What a command has in the place of a flag that it had once. */
function insteadOf(command: CommandName, name: string): string | undefined {
  for (const rows of Object.values<Record<string, Flag>>(FLAGS)) {
    if (Object.hasOwn(rows, name)) return rows[name]!.instead?.[command];
  }
  return undefined;
}

/** The first command that has a flag. */
function ownerOf(name: string): CommandName | undefined {
  return (Object.keys(EVERY) as CommandName[]).find((command) => namesOf(command).includes(name));
}

function namesOf(command: CommandName): string[] {
  return flagsOf(command).map(([, name]) => name);
}

/** The flag of "device webgpu". */
function nameIn(meant: string): string {
  return meant.split(" ")[0]!;
}
