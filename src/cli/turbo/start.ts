/**
 * Starts refrain again with V8's flags.
 *
 * @module
 */
import { readTextFile } from "../../files/atomic_file.ts";
import { modelPath, newestRun, RUN_FILES } from "../../files/find_run.ts";
import { exists } from "../../files/paths.ts";
import { contradiction } from "../check_flags.ts";
import type { CommandName, Settings } from "../flags.ts";
import { nameRuns } from "../name_runs.ts";
import { type Own, permittedDeno, spawnOwn } from "../own_process.ts";
import { givenFlags, parseFlags } from "../parse_flags.ts";
import { askFor, type ModelPaths, type Paths } from "../permissions.ts";
import { currentFolder, directoryOf, located, resumedSettings } from "../train/resume.ts";
import { UsageError } from "../usage_error.ts";
import { V8_FLAGS } from "./mark.ts";
import { endAs, relaySignals } from "./relay.ts";

const TASK = "start again for --turbo";

/**
 * The settings of a command that computes.
 *
 * @param command The command.
 * @param args What follows it.
 * @returns The flags' values; undefined of a command that computes nothing, which needs no V8 of another kind.
 * @throws {UsageError} If a flag is wrong, asks for another device, or for ranks: what starts them must know each process.
 */
export function settingsFor(command: CommandName, args: readonly string[]): Paths | undefined {
  const settings = parseFlags(command, args) as Paths & { device?: string };
  const { distributed } = settings;
  if (distributed !== undefined) {
    const advice = "give each rank's deno the flags of V8 that README names";
    throw contradiction("--turbo", `--distributed ${distributed}`, advice);
  }
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
  const program = await permittedDeno(TASK);
  const model = await modelPaths(command, settings);
  return await endAs(
    await statusOf(program, { command, args, paths: found, model, turbo: true, task: TASK }),
  );
}

/** It has this process's standard streams. */
async function statusOf(program: string, own: Own): Promise<Deno.CommandStatus> {
  using _ = relaySignals(own.command, () => child); // first: no signal may come between
  const child = spawnOwn(program, own, { stdin: "inherit", stdout: "inherit", stderr: "inherit" });
  return await child.status;
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
