/**
 * The command line: which command, and what becomes of errors. Commands, and the texts of help, are loaded when they are
 * asked for.
 *
 * @module
 */
import { tooOld } from "../device/deno_version.ts";
import type { CommandName, Settings } from "./flags.ts";
import { EVERY } from "./flags_device.ts";
import { nameRuns } from "./name_runs.ts";
import { stderr, stdout, takeWarnings } from "./output.ts";
import { givenFlags, parseFlags } from "./parse_flags.ts";
import { askFor, type Paths } from "./permissions.ts";
import { fail, isJson, note, setManner, tell } from "./results.ts";
import { startAgain, takeMark } from "./turbo.ts";
import { UnknownFlagError, UsageError } from "./usage_error.ts";
import { inFlags } from "./wording.ts";
import { VERSION } from "../version.ts";

/**
 * Runs the program.
 *
 * @param args Its arguments.
 * @returns Its exit code: 0, 1 for an error, 2 for misuse, 130 when it was interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  using _ = takeWarnings(note);
  const { words, marked } = takeMark(args);
  const given = givenFlags(words);
  setManner({ json: given.has("json"), quiet: given.has("quiet") });
  try {
    return await dispatch(words, marked);
  } catch (thrown) {
    const error = thrown instanceof UnknownFlagError
      ? (await import("./unknown_flag.ts")).explained(thrown)
      : thrown;
    if (error instanceof Deno.errors.BrokenPipe) return 0; // who reads has read enough
    const message = error instanceof Error ? inFlags(error, commandOf(words)) || error.name : String(error);
    complain(
      message.replace(/\s*\n\s*/g, " "),
      given.has("debug") && error instanceof Error ? error : undefined,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(
  [word = "--help", ...args]: readonly string[],
  marked: boolean,
): Promise<number> {
  const reason = tooOld();
  if (reason !== undefined) throw new Error(reason);
  if (word === "--version" || word === "-V") {
    stdout.lines(`refrain ${VERSION}`);
    return 0;
  }
  const asksHelp = (argument: string | undefined): boolean => argument === "--help" || argument === "-h";
  // A switch before the command, as in "help --turbo train", is passed over.
  const command = word === "help" || asksHelp(word)
    ? args.find((argument) => !argument.startsWith("-") && argument !== "help")
    : word;
  if (command !== undefined && !isCommand(command)) {
    throw (await import("./unknown_flag.ts")).unknownCommand(command);
  }
  if (command === undefined || command !== word || args.some(asksHelp)) {
    stdout.lines(...(await import("./help.ts")).helpFor(command));
    return 0;
  }
  if (!marked && command !== "sweep" && givenFlags(args).has("turbo")) { // its trials compute, each in a process
    const code = await startAgain(command, args);
    if (code !== undefined) return code;
  }
  switch (command) {
    case "train":
      return await (await import("./train.ts")).trainCommand(await allowed(command, args), givenFlags(args));
    case "sweep":
      return await (await import("./sweep.ts")).sweepCommand(args);
    case "generate":
      return await (await import("./generate.ts")).generateCommand(await allowed(command, args));
    case "forecast":
      return await (await import("./forecast.ts")).forecastCommand(await allowed(command, args));
    case "evaluate":
      return await (await import("./evaluate.ts")).evaluateCommand(await allowed(command, args));
    case "score":
      return await (await import("./score.ts")).scoreCommand(await allowed(command, args));
    case "inspect":
      return await (await import("./inspect.ts")).inspectCommand(await allowed(command, args));
    case "runs":
      return await (await import("./runs.ts")).runsCommand(await allowed(command, args));
    case "report":
      return await (await import("./report.ts")).reportCommand(await allowed(command, args));
    case "serve":
      return await (await import("./serve.ts")).serveCommand(await allowed(command, args));
    case "export":
      return await (await import("./export.ts")).exportCommand(await allowed(command, args));
    case "import":
      return await (await import("./import.ts")).importCommand(await allowed(command, args));
    case "quantize":
      return await (await import("./quantize.ts")).quantizeCommand(await allowed(command, args));
    case "info":
      return await (await import("./info.ts")).infoCommand(await allowed(command, args));
    case "verify": {
      const settings = await allowed(command, args);
      const { model } = settings;
      return model === undefined
        ? await (await import("./verify.ts")).verifyCommand(settings)
        : await (await import("./verify_run.ts")).verifyRun({ ...settings, model });
    }
    case "profile":
      return await (await import("./profile.ts")).profileCommand(await allowed(command, args));
    case "completions":
      return (await import("./completions.ts")).completionsCommand(await allowed(command, args));
  }
}

/** The settings of a command that may do what they ask for. */
async function allowed<C extends CommandName>(command: C, args: readonly string[]): Promise<Settings<C>> {
  const settings = await nameRuns(command, parseFlags(command, args));
  await askFor(command, settings as Paths);
  return settings;
}

/** Says what went wrong, as an object where one is asked for and can be written; else the exit code is all that tells. */
function complain(line: string, traced: Error | undefined): void {
  const told = isJson() && isHeard(() => tell({ error: line }));
  if (traced !== undefined) isHeard(() => stderr.lines(...`error: ${traced.stack}`.split("\n")));
  else if (!told) isHeard(() => fail(line));
}

function isHeard(say: () => void): boolean {
  try {
    say();
    return true;
  } catch {
    return false;
  }
}

/** The command that was running; any one where none was. */
function commandOf([word = ""]: readonly string[]): CommandName {
  return isCommand(word) ? word : "train";
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(EVERY, word);
}
