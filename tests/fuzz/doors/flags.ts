/** Command lines: flags of every kind, right and wrong, through the program's own entry. @module */
import { assertEquals } from "@std/assert";
import { checkProfile, checkSeriesFlags, checkTogether } from "../../../src/cli/check_flags.ts";
import { type CommandName, type Flag, flagsOf, type Settings } from "../../../src/cli/flags.ts";
import { COMMANDS } from "../../../src/cli/help.ts";
import { main } from "../../../src/cli/main.ts";
import { givenFlags, parseFlags } from "../../../src/cli/parse_flags.ts";
import { planOf } from "../../../src/cli/sweep/plan.ts";
import { resumedSettings } from "../../../src/cli/train/resume.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";
import { quote } from "../../../src/messages/quote.ts";
import type { Random } from "../../../src/random.ts";
import type { Door } from "../door.ts";
import { quietly } from "../quietly.ts";
import { drawText, mutateText, oneIn, pick } from "../mutate.ts";

interface Input {
  readonly command: string;
  readonly args: readonly string[];
}

const NAMES = Object.keys(COMMANDS) as CommandName[];
const NUMBERS = [
  ..."0 1 2 5 0.5 0.1 1e-3 64 4294967295 4294967296 9007199254740991 9007199254740993 1e38 3.5e38 1e999"
    .split(" "),
  ..."-1 -0 +1 .5 5. 1e 0x10 1_000 NaN Infinity １ 5m 1.5h 90s 0s 1d 500steps 1.5steps 2m".split(" "),
  "",
  " ",
];

function drawValue(flag: Flag, random: Random): string {
  if (oneIn(5, random)) return drawText(random, 6);
  if (flag.kind === "choice" && !oneIn(4, random)) return pick(flag.choices!, random);
  if (flag.kind === "text" && !oneIn(4, random)) {
    return pick(["a", "-", "--", "--x", "a=b", "runs/a", "分开"], random);
  }
  return pick(NUMBERS, random);
}

/** Draws a flag of a command, right or wrong. */
export function drawFlag(command: CommandName, random: Random): string[] {
  const [, name, flag] = pick(flagsOf(oneIn(20, random) ? pick(NAMES, random) : command), random);
  const written = `--${oneIn(25, random) ? mutateText(name, random) : name}`;
  if (flag.kind === "switch" && !oneIn(12, random)) return [written];
  const value = drawValue(flag, random);
  return oneIn(3, random) ? [`${written}=${value}`] : oneIn(20, random) ? [written] : [written, value];
}

/** Refuses what the command's own checks refuse. */
async function check(command: CommandName, args: readonly string[]): Promise<object> {
  if (command === "sweep") return await planOf(args);
  const settings = parseFlags(command, args);
  if (command === "train") {
    const training = settings as Settings<"train">;
    checkTogether(training);
    if (training.series !== undefined) checkSeriesFlags(training, givenFlags(args));
  }
  if (command === "profile") checkProfile(settings as Settings<"profile">);
  return settings;
}

/** Whether a line names a run to go on with. */
function resumes(command: string, args: readonly string[]): boolean {
  try {
    return command === "train" && parseFlags(command, args).resume !== undefined;
  } catch {
    return false; // it is refused before the run is looked for
  }
}

/** A run that was started with these flags has the same ones when it goes on. */
function holds(args: readonly string[], checked: Settings<"train">): void {
  const settings = { ...checked, validationSplit: checked.validationSplit || undefined }; // 0 holds nothing out
  const config = JSON.parse(JSON.stringify(settings));
  const resumed = resumedSettings(config, { ...settings, resume: "run" }, givenFlags(args));
  assertEquals({ ...resumed, resume: undefined }, { ...settings, resume: undefined });
}

/** The door. */
export const flags: Door<Input> = {
  name: "flags",
  open() {
    return Promise.resolve({
      draw(random) {
        const command = pick(NAMES, random);
        const args = Array.from({ length: random.integer(6) }, () => drawFlag(command, random)).flat();
        if (oneIn(20, random)) args.push(drawText(random, 5));
        if (oneIn(40, random)) args.splice(random.integer(args.length + 1), 0, "--");
        return { command: oneIn(40, random) ? mutateText(command, random) : command, args };
      },
      async use({ command, args }) {
        const isHelp = (argument: string): boolean => argument === "--help" || argument === "-h";
        if (args.some(isHelp) || ["", "-h", "-V"].includes(command)) return;
        try {
          if (!Object.hasOwn(COMMANDS, command)) {
            throw new UsageError(`Unknown command ${quote(command)}`);
          }
          const settings = await check(command as CommandName, args);
          if (command === "train") return () => holds(args, settings as Settings<"train">);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          // A run that is not there is told first, where an error came from takes more lines, and --turbo starts a process.
          const given = givenFlags([command, ...args]);
          const elsewhere = given.has("debug") || given.has("turbo");
          if (elsewhere || resumes(command, args)) throw error;
          const { value: code, said } = await quietly(() => main([command, ...args]));
          // With --json it is an object on standard output.
          const isSentence = given.has("json") ? said === "" : said.startsWith("error: ");
          assertEquals([code, isSentence, said.trimEnd().includes("\n")], [2, true, false], said);
          throw error;
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
