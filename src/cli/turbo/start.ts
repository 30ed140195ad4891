/**
 * Starts refrain again with V8's flags: with what its command needs of what this process may do, and no more.
 *
 * @module
 */
import { readTextFile } from "../../files/atomic_file.ts";
import { modelPath, newestRun, RUN_FILES } from "../../files/find_run.ts";
import { exists } from "../../files/paths.ts";
import { type Access, grantingAdvice, grantingFlag, withoutComma } from "../../files/permissions.ts";
import { contradiction } from "../check_flags.ts";
import type { CommandName, Settings } from "../flags.ts";
import { runGrant, specifierOf } from "../invocation.ts";
import { nameRuns } from "../name_runs.ts";
import { givenFlags, parseFlags } from "../parse_flags.ts";
import { askFor, type ModelPaths, needsOf, type Paths, wantsOf } from "../permissions.ts";
import { currentFolder, directoryOf, located, resumedSettings } from "../train/resume.ts";
import { UsageError } from "../usage_error.ts";
import { mark, V8_FLAGS } from "./mark.ts";
import { endAs, relaySignals } from "./relay.ts";

/**
 * The settings of a command that computes.
 *
 * @param command The command.
 * @param args What follows it.
 * @returns The flags' values; undefined of a command that computes nothing, which needs no V8 of another kind.
 * @throws {UsageError} If a flag is wrong, or asks for another device.
 */
export function settingsFor(command: CommandName, args: readonly string[]): Paths | undefined {
  const settings = parseFlags(command, args) as Paths & { device?: string };
  if (settings.device === "webgpu") {
    throw contradiction("--turbo", "--device webgpu", "it makes WebAssembly faster");
  }
  const computesNothing = ["runs", "report", "completions"].includes(command) ||
    (command === "verify" && settings.model !== undefined);
  return computesNothing ? undefined : settings;
}

/**
 * Starts it and waits for its end. It has this process's standard streams, and a session of its own: what a terminal sends
 * comes here alone, and is handed on once, as all that is sent to this process.
 *
 * @param command The command.
 * @param args What follows it.
 * @param asked Its flags' values.
 * @returns Its exit code; a signal that ends it ends this process too.
 * @throws {UsageError} If this is a program of `deno compile`, whose flags are those that it was made with.
 * @throws {RangeError} If a permission is lacking; the sentence has the flags to add.
 */
export async function start(command: CommandName, args: readonly string[], asked: Paths): Promise<number> {
  if (Deno.build.standalone) {
    throw new UsageError(`Cannot use "--turbo" in a compiled program: compile with --v8-flags=${V8_FLAGS}`);
  }
  const settings = await nameRuns(command, asked);
  await askFor(command, settings);
  const found = await resumedPaths(settings, args) ?? settings;
  if (found !== settings) await askFor(command, found);
  const program = await permittedDeno();
  const { module, own } = ownModule();
  const options: Deno.CommandOptions = {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-code-cache", // V8's cache is for one set of flags: either start would have to write that of the other anew
      ...own,
      ...grantsFor(command, found, await modelPaths(command, settings)),
      `--v8-flags=${V8_FLAGS}`,
      module,
      mark(),
      command,
      ...args,
    ],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    detached: Deno.build.os !== "windows", // there a console sends its signals to both, and there are no others
  };
  return await endAs(await statusOf(command, program, options));
}

async function statusOf(
  command: CommandName,
  program: string,
  options: Deno.CommandOptions,
): Promise<Deno.CommandStatus> {
  using _ = relaySignals(command, () => child); // first: no signal may come between
  const child = spawn(program, options);
  return await child.status;
}

function spawn(program: string, options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, options).spawn();
  } catch (error) {
    const { message } = error as Error;
    // Who may start Deno alone may not hand on what loads other code into it.
    const [, variable] = /subprocess with (\w+) environment variable/.exec(message) ?? [];
    const reason = variable === undefined
      ? `: ${message}`
      : ` as ${variable} is set: unset it, or run with --allow-run`;
    throw new RangeError(`Cannot start again for --turbo${reason}`, { cause: error });
  }
}

/** The name by which Deno may be started; on a terminal Deno asks for that. */
async function permittedDeno(): Promise<string> {
  const program = runGrant();
  for (const command of new Set([Deno.execPath(), program])) {
    const { state } = await Deno.permissions.query({ name: "run", command });
    if (state === "granted") return command;
    if (state !== "denied") continue;
    throw new RangeError(`Cannot start again for --turbo as that is forbidden: run without --deny-run`);
  }
  const { state } = await Deno.permissions.request({ name: "run", command: program });
  if (state === "granted") return program;
  throw new RangeError(`Cannot start again for --turbo: ${grantingAdvice([`--allow-run=${program}`])}`);
}

/** This program as `deno run` takes it. A file's deno.json is found beside it; what is published needs none, of others. */
function ownModule(): { module: string; own: string[] } {
  const { mainModule } = Deno;
  if (mainModule.startsWith("file:")) return { module: mainModule, own: [] };
  return { module: specifierOf(mainModule), own: ["--no-config", "--no-lock"] };
}

/** What a run that goes on reads besides its folder, as the process that was started finds it. */
async function resumedPaths(settings: Paths, args: readonly string[]): Promise<Paths | undefined> {
  const { resume } = settings;
  if (resume === undefined) return undefined;
  try {
    const config = JSON.parse(await readTextFile(`${resume}/${RUN_FILES.config}`));
    const given = givenFlags(args);
    const own = resumedSettings(config, { ...settings as Settings<"train">, resume }, given);
    const found = await located(own, given.has("corpus") ? currentFolder() : directoryOf(config));
    const { checkpoint, previous } = RUN_FILES;
    const saved = await exists(`${resume}/${checkpoint}`) || await exists(`${resume}/${previous}`);
    return saved ? { ...found, initFrom: undefined, vocabulary: undefined } : found; // a checkpoint has them
  } catch {
    return undefined; // the process that was started says what is wrong
  }
}

/** What a command finds of its model; what is wrong with it, the process that was started says. */
async function modelPaths(command: CommandName, settings: Paths): Promise<ModelPaths | undefined> {
  if (command !== "generate" && command !== "forecast" && command !== "evaluate" && command !== "inspect") {
    return undefined;
  }
  try {
    const file = await modelPath(settings.model as string | undefined ?? (await newestRun())!);
    if (command === "generate" || command === "forecast") return { file, texts: [] };
    const { textsRead } = await import("../run_of.ts");
    return { file, texts: await textsRead(command, file, settings as Settings<"evaluate" | "inspect">) };
  } catch {
    return undefined;
  }
}

/** The flags of Deno for what a command needs, or uses beside that, each of which this process has been granted. */
function grantsFor(command: CommandName, settings: Paths, model: ModelPaths | undefined): string[] {
  const needs = needsOf(command, settings);
  const wants = wantsOf(command, settings, model);
  const flags = (["read", "write"] as const).flatMap((access) => {
    const needed = needs[access].map(withoutComma).filter((path) => isWhole(access, path));
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
function isWhole(access: Access, path: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name: access, path });
  if (!partial) return state === "granted";
  throw new RangeError(
    `Cannot start again for --turbo as a part of "${path}" is forbidden: run without --deny-${access}`,
  );
}
