/** That tools/std/cli, with which a clone starts, answers as the @std/cli that a published refrain asks for. @module */
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";
import { type CommandName, flagsOf } from "../../src/cli/flags.ts";
import { COMMANDS } from "../../src/cli/help.ts";
import { Random } from "../../src/random.ts";
import { type Parse, parseArgs as real } from "../support/std_cli.ts";

/** Words that are no flag of refrain. */
const ODD = [
  "--",
  "-",
  "",
  " ",
  "x",
  "分开",
  "a=b",
  "a\nb",
  "true",
  "false",
  "0",
  "1.5",
  "1e3",
  "0x10",
  "Infinity",
  "-1",
  "-1e-3",
  "-.5",
  "-n",
  "-n5",
  "-n=5",
  "-abc",
  "-a-",
  "-=",
  "---",
  "---x",
  "--=",
  "--=x",
  "--no-",
  "--unknown",
  "--unknown=3",
  "--no-unknown",
  "--no-unknown=3",
  "--a.b=1",
  "--__proto__",
  "--toString",
];

/** A flag in every form. */
function formsOf(name: string): string[] {
  const values = ["", "x", "0", "-1", "true", "false", "a=b", "a\nb", "分开", "--x"];
  return [`--${name}`, `--no-${name}`, `--no-${name}=x`, ...values.map((value) => `--${name}=${value}`)];
}

/** What parseArgs() answers, or the argument that it is told to refuse, as src/cli/parse_flags.ts does it. */
function answerOf(
  parse: Parse,
  command: CommandName,
  { args, words }: { args: string[]; words: boolean },
): unknown {
  const flags = flagsOf(command);
  const isSwitch = ([, , { kind }]: typeof flags[number]): boolean => kind === "switch";
  const name = ([, name]: typeof flags[number]): string => name;
  const told: unknown[] = [];
  class Refused extends Error {}
  const unknown = (argument: string, key?: string): boolean => {
    told.push([argument, key !== undefined]);
    if (key !== undefined) throw new Refused();
    return argument !== "x";
  };
  const options = {
    boolean: flags.filter(isSwitch).map(name),
    string: [...flags.filter((flag) => !isSwitch(flag)).map(name), ...words ? ["_"] : []],
    collect: flags.filter(([, , { repeatable }]) => repeatable).map(name),
    default: { seed: "7" },
    unknown,
  };
  try {
    return { told, parsed: { ...parse([...args], options) } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { told, parsed: undefined };
  }
}

function assertSame(command: CommandName, args: string[]): void {
  for (const words of [true, false]) {
    const [own, other] = [parseArgs, real].map((parse) => answerOf(parse, command, { args, words }));
    assertEquals(own, other, `${command} ${JSON.stringify(args)}`);
  }
}

for (const command of Object.keys(COMMANDS) as CommandName[]) {
  const names = flagsOf(command).map(([, name]) => name);
  const forms = names.flatMap(formsOf);

  Deno.test(`the stand-in for @std/cli reads each flag of ${command} as the real one`, () => {
    for (const word of [...forms, ...ODD]) assertSame(command, [word]);
    for (const name of names) {
      for (const next of ODD) assertSame(command, [`--${name}`, next]);
    }
  });
  Deno.test(`the stand-in for @std/cli reads lines of ${command} as the real one`, () => {
    const random = new Random(command.length);
    const word = (): string => {
      const words = random.integer(3) === 0 ? ODD : forms;
      return words[random.integer(words.length)]!;
    };
    for (let line = 0; line < 500; line++) {
      assertSame(command, Array.from({ length: random.integer(7) }, word));
    }
  });
}
