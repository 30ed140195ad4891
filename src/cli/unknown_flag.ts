/**
 * What is said of a flag that a command does not have: what it is called here, or whose it is.
 *
 * @module
 */
import { nearest } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { type CommandName, type Flag, FLAGS, flagsOf } from "./flags.ts";
import { EVERY } from "./flags_device.ts";
import { flagsMeantBy } from "./synonyms.ts";
import { UsageError } from "./usage_error.ts";

/** How many flags a sentence suggests at most. */
const MOST = 2;

/**
 * The error of an unknown flag.
 *
 * @param command The command.
 * @param argument The flag as it was written, with its value or without.
 * @returns An error that names what was meant, where that is known.
 */
export function unknownFlag(command: CommandName, argument: string): UsageError {
  const names = namesOf(command);
  const flag = argument.replace(/=.*$/s, "");
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
  return new UsageError(
    other === undefined
      ? `Unknown flag ${quote(flag)}: see "${command} --help"`
      : `Unknown flag ${quote(flag)} of ${command}: ${other}`,
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
