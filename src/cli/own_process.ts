/**
 * refrain in another process: with what its command needs of what this process may do, and no more. It has a session of
 * its own, and ends when the process that started it has gone.
 *
 * @module
 */
import { type Access, grantingAdvice, grantingFlag, withoutComma } from "../files/permissions.ts";
import type { CommandName } from "./flags.ts";
import { specifierOf } from "./invocation.ts";
import { type ModelPaths, needsOf, type Paths, wantsOf } from "./permissions.ts";
import { runGrant } from "./run_grant.ts";
import { mark, V8_FLAGS } from "./turbo/mark.ts";

/** What another process shall do. */
export interface Own {
  readonly command: CommandName;
  /** What follows the command. */
  readonly args: readonly string[];
  /** What it reads and writes. */
  readonly paths: Paths;
  /** What it has found of its model. */
  readonly model?: ModelPaths | undefined;
  /** Whether its V8 has turbo's flags. */
  readonly turbo: boolean;
  /** What it is started for, as sentences have it: "start again for --turbo". */
  readonly task: string;
}

/**
 * Starts it.
 *
 * @param program What permittedDeno() gave.
 * @param own What it shall do.
 * @param streams Its standard streams.
 * @returns The process.
 * @throws {RangeError} If it cannot be started, or a part of what it needs is forbidden.
 */
export function spawnOwn(
  program: string,
  own: Own,
  streams: Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">,
): Deno.ChildProcess {
  // On Windows a console sends its signals to both, and there are no others.
  const detached = Deno.build.os !== "windows";
  const options = { args: wordsOf(own), ...streams, detached };
  try {
    return new Deno.Command(program, options).spawn();
  } catch (error) {
    const { message } = error as Error;
    // Who may start Deno alone may not hand on what loads other code into it.
    const [, variable] = /subprocess with (\w+) environment variable/.exec(message) ?? [];
    const reason = variable === undefined
      ? `: ${message}`
      : ` as ${variable} is set: unset it, or run with --allow-run`;
    throw new RangeError(`Cannot ${own.task}${reason}`, { cause: error });
  }
}

/** The words behind the program. */
function wordsOf(own: Own): string[] {
  const { command, args, turbo } = own;
  if (Deno.build.standalone) return [mark(), command, ...args];
  const { module, flags } = ownModule();
  return [
    "run",
    "--quiet",
    "--no-prompt",
    // V8's cache is for one set of flags: either start would have to write that of the other anew.
    ...(turbo ? ["--no-code-cache"] : []),
    ...flags,
    ...grantsFor(own),
    ...(turbo ? [`--v8-flags=${V8_FLAGS}`] : []),
    module,
    mark(),
    command,
    ...args,
  ];
}

/**
 * The name by which Deno may be started; on a terminal Deno asks for that.
 *
 * @param task What it is started for.
 * @throws {RangeError} If it may not be; the sentence has the flag to add.
 */
export async function permittedDeno(task: string): Promise<string> {
  const program = runGrant();
  for (const command of new Set([Deno.execPath(), program])) {
    const { state } = await Deno.permissions.query({ name: "run", command });
    if (state === "granted") return command;
    if (state !== "denied") continue;
    throw new RangeError(`Cannot ${task} as that is forbidden: run without --deny-run`);
  }
  const { state } = await Deno.permissions.request({ name: "run", command: program });
  if (state === "granted") return program;
  throw new RangeError(`Cannot ${task}: ${grantingAdvice([`--allow-run=${program}`])}`);
}

/** This program as `deno run` takes it. A file's deno.json is found beside it; what is published needs none, of others. */
function ownModule(): { module: string; flags: string[] } {
  const { mainModule } = Deno;
  if (mainModule.startsWith("file:")) return { module: mainModule, flags: [] };
  return { module: specifierOf(mainModule), flags: ["--no-config", "--no-lock"] };
}

/** The flags of Deno for what a command needs, or uses beside that, each of which this process has been granted. */
function grantsFor({ command, paths, model, task }: Own): string[] {
  const needs = needsOf(command, paths);
  const wants = wantsOf(command, paths, model);
  const flags = (["read", "write"] as const).flatMap((access) => {
    const needed = needs[access].map(withoutComma).filter((path) => isWhole(access, path, task));
    const wanted = wants[access].map(withoutComma).filter((path) => isWanted(access, path));
    const granted = [...new Set([...needed, ...wanted])];
    return granted.length > 0 ? [grantingFlag(access, granted)] : [];
  });
  for (const host of needs.net ?? []) {
    if (Deno.permissions.querySync({ name: "net", host }).state === "granted") {
      flags.push(`--allow-net=${host}`);
    }
  }
  // Mesa's; whether a terminal is dumb.
  const variables = ["XDG_RUNTIME_DIR", "TERM"].filter((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted"
  );
  return variables.length > 0 ? [...flags, `--allow-env=${variables.join(",")}`] : flags;
}

/** Whether a path that a command can do without has been granted with all below it. */
function isWanted(access: Access, path: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name: access, path });
  return state === "granted" && !partial;
}

/** Whether a path has been granted with all below it. */
function isWhole(access: Access, path: string, task: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name: access, path });
  if (!partial) return state === "granted";
  throw new RangeError(
    `Cannot ${task} as a part of "${path}" is forbidden: run without --deny-${access}`,
  );
}
