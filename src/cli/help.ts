/**
 * The texts of `--help`.
 *
 * @module
 */
import { type CommandName, type Flag, flagsOf, placeholder, repeats } from "./flags.ts";
import { invocation } from "./invocation.ts";
import { grantsOf, needsOf, type Paths } from "./permissions.ts";

/** Every command with what it does. */
export const COMMANDS: Readonly<Record<CommandName, string>> = {
  train: "Train a model on a text, and keep it in a folder of its own",
  generate: "Go on from a text with a trained model",
  evaluate: "Measure a trained model on a text",
  score: "Say how likely a trained model takes each token of a text to be",
  runs: "List the runs under runs/: whether each has ended, its epoch, loss and size",
  report: "Show runs as a page: their curves, samples and settings, side by side",
  info: "Say which devices there are, which one is taken, and what a model is",
  verify: "Check every kernel, layer and optimizer on this machine's devices, or the files of a run",
  profile: "Time a training step by kernel",
};

/** What stands for the files and folders that flags name, in a command's permissions. */
const PLACES: Paths = { corpus: ["CORPUS"], model: "MODEL", out: "OUT" };

/** The permissions of a command, with words in place of paths. */
function permissionsOf(command: CommandName): string[] {
  const names = flagsOf(command).map(([, name]) => name);
  const places = Object.entries(PLACES).filter(([name]) => names.includes(name));
  const page = { run: ["RUN"] }; // which goes into its run's folder
  return grantsOf(needsOf(command, command === "report" ? page : Object.fromEntries(places)));
}

/**
 * The help of the whole program.
 *
 * @returns Its lines.
 */
export function programHelp(): string[] {
  return [
    "refrain: recurrent neural networks that learn a text and go on with it",
    "",
    `Usage: ${invocation(["PERMISSIONS"])} COMMAND [flags]`,
    "",
    "Commands",
    ...columns(Object.entries(COMMANDS)),
    "",
    "Without flags, train trains an RNN on the built-in lyrics, and generate goes on with the newest run.",
    "train --corpus FILE picks what suits the text, and says what it picked.",
    "COMMAND --help lists a command's flags; --version says which version this is.",
    ...(Deno.build.standalone ? [] : [
      "PERMISSIONS let Deno read and write files, as COMMAND --help says; there OUT and MODEL are runs by default.",
    ]),
  ];
}

/**
 * The help of a command.
 *
 * @param command The command.
 * @returns Its lines.
 */
export function commandHelp(command: CommandName): string[] {
  const rows = flagsOf(command).map(([group, name, flag]) => ({
    group,
    texts: [
      `--${name} ${placeholder(flag)}`.trimEnd(),
      ownerOf(flag) + flag.advice + defaultOf(flag, command),
    ] as const,
  }));
  const width = Math.max(...rows.map(({ texts: [flag] }) => flag.length));
  const groups = Map.groupBy(rows, ({ group }) => group);
  return [
    COMMANDS[command],
    "",
    `Usage: ${invocation(permissionsOf(command))} ${command} ${operandOf(command)}[flags]`,
    ...[...groups].flatMap(([group, rows]) => ["", group, ...columns(rows.map(({ texts }) => texts), width)]),
  ];
}

/** What may stand behind the command's name. */
function operandOf(command: CommandName): string {
  const row = flagsOf(command).find(([, , { operand }]) => operand?.includes(command));
  if (!row) return "";
  return `[${placeholder(row[2])}${repeats(row[2], command) ? " …" : ""}] `;
}

function ownerOf({ of }: Flag): string {
  return of ? `with --${of[0]} ${of.slice(1).join(" or ")}: ` : "";
}

function defaultOf(flag: Flag, command: CommandName): string {
  const given = flag[command] ?? flag.otherwise ?? null;
  const value = flag.kind === "duration" && typeof given === "number" ? `${given / 60}m` : given;
  return flag.kind === "switch" || value === null ? "" : ` (default: ${value})`;
}

function columns(
  rows: readonly (readonly [string, string])[],
  width: number = Math.max(...rows.map(([first]) => first.length)),
): string[] {
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}
