/**
 * What may be completed, for the scripts of all shells: from the table of flags.
 *
 * @module
 */
import { type CommandName, type Flag, flagsOf, repeats, saidOf } from "../flags.ts";
import { COMMANDS } from "../help.ts";

/** What a value may be: words of a list, a path, a run's folder or a file, or anything else. */
export type Values = readonly string[] | "file" | "folder" | "run" | "any" | "none";

/** A flag as a shell completes it. */
export interface FlagWords {
  readonly name: string;
  readonly advice: string;
  /** What stands for its value in texts. */
  readonly value: string;
  /** "none" of a switch. */
  readonly values: Values;
  readonly repeatable: boolean;
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly name: CommandName;
  readonly advice: string;
  readonly flags: readonly FlagWords[];
  /** What may stand behind the command's name. */
  readonly operand: Values;
  /** Whether several may. */
  readonly severalOperands: boolean;
}

/** What flags of a command take, where no word says it. */
const ODD: Readonly<Record<string, Values>> = { "runs remove": "run", "train out": "folder" };

/** What flags take, by the word that stands for their value. */
const PATHS: Readonly<Record<string, Values>> = { FILE: "file", PATH: "file", DIR: "folder", RUN: "run" };

/**
 * All commands with their flags.
 *
 * @returns The commands in the order of the help text.
 */
export function wordsOf(): CommandWords[] {
  return Object.entries(COMMANDS).map(([command, advice]) => {
    const name = command as CommandName;
    const flags = flagsOf(name);
    const operand = flags.find(([, , flag]) => flag.operand?.includes(name));
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
      operand: operand ? valuesOf(operand[2]) : "none",
      severalOperands: operand !== undefined && repeats(operand[2], name),
    };
  });
}

function valuesOf({ kind, value = "", choices }: Flag): Values {
  if (kind === "switch") return "none";
  return choices ?? PATHS[value] ?? "any";
}
