/**
 * What may be completed, for the scripts of all shells: from the table of flags.
 *
 * @module
 */
import { type CommandName, type Flag, flagsOf, operandOf, repeats, saidOf } from "../flags.ts";
import { COMMANDS } from "../help.ts";

/** What a value is, where no list has its words: a path, a run's folder or a file, or anything else. */
export type Place = "file" | "folder" | "run" | "any";
/** What a value may be. */
export type Values = Place | readonly string[];

/** A flag as a shell completes it. */
export interface FlagWords {
  readonly name: string;
  readonly advice: string;
  /** What stands for its value in texts. */
  readonly value: string;
  /** What that may be; a switch has none. */
  readonly values: Values | undefined;
  readonly repeatable: boolean;
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly name: CommandName;
  readonly advice: string;
  readonly flags: readonly FlagWords[];
  /** What may stand behind the command's name, if anything. */
  readonly operand: Values | undefined;
  /** Whether several may. */
  readonly severalOperands: boolean;
}

/** What flags of a command take, where no word says it. */
const ODD: Readonly<Record<string, Place>> = {
  "runs remove": "run",
  "train out": "folder",
  "sweep out": "folder",
  "import out": "folder",
  "quantize out": "folder",
};

/** What flags take, by the word that stands for their value. */
const PATHS: Readonly<Record<string, Place>> = { FILE: "file", PATH: "file", DIR: "folder", RUN: "run" };

/**
 * All commands with their flags.
 *
 * @returns The commands in the order of the help text.
 */
export function wordsOf(): CommandWords[] {
  return Object.entries(COMMANDS).map(([command, advice]) => {
    const name = command as CommandName;
    const flags = flagsOf(name);
    const operand = operandOf(name);
    return {
      name,
      advice,
      flags: flags.map(([, flagName, flag]) => ({
        name: flagName,
        advice: saidOf(flag.advice, name) ?? "",
        value: flag.value ?? "value",
        values: ODD[`${name} ${flagName}`] ?? valuesOf(flag),
        repeatable: repeats(flag, name),
      })),
      operand: operand && valuesOf(operand.flag),
      severalOperands: operand !== undefined && repeats(operand.flag, name),
    };
  });
}

function valuesOf({ kind, value = "", choices }: Flag): Values | undefined {
  return kind === "switch" ? undefined : choices ?? PATHS[value] ?? "any";
}
