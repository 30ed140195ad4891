/**
 * How this program was started, for commands that people can copy.
 *
 * @module
 */
import { shellWord } from "../messages/shell_word.ts";
import type { CommandName } from "./flags.ts";
import { ownPath } from "./own_path.ts";
import { grantsOf, needsOf, type Paths } from "./permissions.ts";
import { runGrant } from "./run_grant.ts";

/** How a program was started. */
export interface Start {
  /** URL of the main module. */
  readonly module: string;
  /** Path of the Deno that runs it, or of the program that `deno compile` made. */
  readonly program: string;
  /** The current folder. */
  readonly folder: string;
  /** Whether `deno compile` made it. */
  readonly standalone: boolean;
  /** Whether the shell is one of Windows. */
  readonly windows: boolean;
}

/** How this process was started. */
function ownStart(): Start {
  return {
    module: Deno.mainModule,
    program: Deno.execPath(),
    folder: Deno.cwd(),
    standalone: Deno.build.standalone,
    windows: Deno.build.os === "windows",
  };
}

/**
 * The words before the command: `deno run --allow-read=runs mod.ts`.
 *
 * @param grants The flags of Deno that grant what the command needs; a program of `deno compile` takes none.
 * @param start How the program was started. Of a command that `deno install` made nothing tells: it is started as the
 * module that it stands for.
 * @returns The words, with the module as it could be written here.
 */
export function invocation(grants: readonly string[], start: Start = ownStart()): string {
  return invocationWords(grants, start).join(" ");
}

/**
 * The same, word by word.
 *
 * @param grants The flags of Deno that grant what the command needs.
 * @param start How the program was started.
 * @returns The words, each as a shell takes it.
 */
export function invocationWords(grants: readonly string[], start: Start = ownStart()): string[] {
  const { module, program, folder, standalone, windows } = start;
  const word = (text: string): string => shellWord(text, windows);
  if (standalone) return [windows ? `& ${word(program)}`.replace(/^& (?!['"])/, "") : word(program)];
  // npx keeps Deno in a cache of its own, and nothing on the PATH.
  const deno = /[/\\]_npx[/\\]/.test(program) ? ["npx", "-y", `deno@${Deno.version.deno}`] : ["deno"];
  return [...deno, "run", ...grants.map(word), word(specifierOf(module, folder))];
}

/**
 * A module as `deno run` takes it.
 *
 * @param module Its URL.
 * @param folder The current folder.
 * @returns A path, a specifier of JSR, or the URL.
 */
export function specifierOf(module: string, folder: string = Deno.cwd()): string {
  const published = /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\/mod\.ts$/.exec(module);
  if (published) return `jsr:${published[1]}@${published[2]}`;
  return ownPath(module, folder) ?? module;
}

/**
 * A command that people can copy into a shell, with the permissions that it needs and no others.
 *
 * @param command The command.
 * @param flags Values by the names of their flags, a list for one that is repeated; a switch has true, or false where it was
 * not given.
 * @param needs The paths that it reads and writes.
 * @returns The line.
 */
export function commandLine(
  command: CommandName,
  flags: Readonly<Record<string, string | boolean | readonly string[]>>,
  needs: Paths,
): string {
  const windows = Deno.build.os === "windows";
  const words = Object.entries(flags).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--${name}`] : [];
    return [value].flat().flatMap((one) =>
      one === "" || one.startsWith("-") ? [`--${name}=${one}`] : [`--${name}`, one]
    );
  });
  const grants = grantsOf(needsOf(command, needs));
  const start = invocation(flags["turbo"] === true ? [...grants, `--allow-run=${runGrant()}`] : grants);
  return [start, command, ...words.map((word) => shellWord(word, windows))].join(" ");
}
