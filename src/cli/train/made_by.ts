/**
 * The command that began a run, for people who want to begin it again.
 *
 * @module
 */
import { type Flag, flagsOf, type Settings } from "../flags.ts";
import { commandLine } from "../invocation.ts";
import { camelCase } from "../parse_flags.ts";
import type { Paths } from "../permissions.ts";

/**
 * The command of a run.
 *
 * @param settings The flags' values.
 * @param given Which flags were written, in camel case.
 * @returns A line for a shell.
 */
export function madeBy(settings: Settings<"train">, given: ReadonlySet<string>): string {
  const values = settings as Record<string, unknown>;
  // Where a run may begin, the same comes out without --overwrite.
  const flags = flagsOf("train").filter(([, name, { passing }]) => !passing && name !== "overwrite")
    .filter(([, name]) => given.has(camelCase(name)))
    .map(([, name, flag]) => [name, wordOf(flag, values[camelCase(name)])]);
  return commandLine("train", Object.fromEntries(flags), settings as Paths);
}

/** A share of 0 for none is told as undefined. */
function wordOf({ kind }: Flag, value: unknown): string | boolean | string[] {
  if (kind === "switch") return value === true;
  return Array.isArray(value) ? value.map(String) : String(value ?? 0);
}
