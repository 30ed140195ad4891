/**
 * The texts of `--help`.
 *
 * @module
 */
import {
  type CommandName,
  type Flag,
  FLAGS,
  flagsOf,
  operandOf,
  placeholder,
  repeats,
  saidOf,
} from "./flags.ts";
import { COMMON, EXAMPLES } from "./help/common.ts";
import { commandLines, twoColumns, wrap } from "./help/wrap.ts";
import { invocation, invocationWords } from "./invocation.ts";
import { stdout } from "./output.ts";
import { grantsOf, needsOf, type Paths } from "./permissions.ts";

/** Every command with what it does. */
export const COMMANDS: Readonly<Record<CommandName, string>> = {
  train: "Train a model on a text or a series, and keep it in a folder of its own",
  sweep: "Train with many settings and seeds, each a run of its own, and say which are the best",
  generate: "Go on from a text with a trained model",
  forecast: "Go on with a series of numbers, as CSV, by a model that train --series made",
  evaluate: "Measure a trained model on a text or a series",
  score: "Say how likely a trained model takes each token of a text to be",
  inspect: "Say which units of a trained model follow what of a text, as quotation marks or lines",
  runs: "List the runs under runs/: whether each has ended, its epoch, loss and size",
  report: "Show runs as a page: their curves, samples and settings, side by side",
  serve: "Answer programs and browsers with trained models, in the shape of OpenAI's interface",
  export: "Write a model as one file: a page that plays with it, or as ONNX, Keras or PyTorch have it",
  import: "Make a run of a model that another framework saved",
  quantize: "Make a smaller run of a run: weights of int8, a quarter of the file, or of float16",
  info: "Say which devices there are, which one is taken, and what a model is",
  verify: "Check every kernel, layer and optimizer on this machine's devices, or the files of a run",
  profile: "Time a training step by kernel",
  completions: "Print what makes a shell complete commands, flags, files and runs",
};

/** Columns of a line where no terminal says how wide it is, and the most that is easy to read. */
const USUAL = 80;
const MOST = 100;

/** What stands for the files and folders that flags name, in a command's permissions. */
const PLACES: Paths = {
  corpus: ["CORPUS"],
  series: "SERIES",
  from: "FROM",
  text: "TEXT",
  model: "MODEL",
  file: ["FILE"],
  out: "OUT",
};

/**
 * The help that was asked for, as wide as the terminal.
 *
 * @param command The command; the whole program where undefined.
 * @returns Its lines.
 */
export function helpFor(command: CommandName | undefined): string[] {
  const columns = stdout.isTerminal() ? Math.min(MOST, stdout.columns) : USUAL;
  return command === undefined ? programHelp(columns) : commandHelp(command, columns);
}

/** The permissions of a command, with words in place of paths. */
function permissionsOf(command: CommandName): string[] {
  if (command === "verify") return grantsOf(needsOf(command, {})); // which reads a run instead
  const names = flagsOf(command).map(([, name]) => name);
  const places = Object.entries(PLACES).filter(([name]) => names.includes(name));
  const page = { model: ["RUN"] }; // which goes into its run's folder
  if (command === "serve") return grantsOf(needsOf(command, { ...page, host: "127.0.0.1", port: 8000 }));
  return grantsOf(needsOf(command, command === "report" ? page : Object.fromEntries(places)));
}

/**
 * The help of the whole program.
 *
 * @param columns The most that a line may have.
 * @returns Its lines.
 */
export function programHelp(columns: number = USUAL): string[] {
  const notes = [
    "Without flags, train trains an RNN on the built-in lyrics, and generate goes on with the newest run.",
    "train --corpus FILE picks what suits the text, and says what it picked.",
    "COMMAND --help lists a command's flags; --version says which version this is.",
    ...(Deno.build.standalone ? [] : [
      "PERMISSIONS let Deno read and write files, as COMMAND --help says; there OUT and MODEL are runs by default.",
    ]),
  ];
  return [
    ...wrap("refrain: recurrent neural networks that learn a text and go on with it", columns),
    "",
    ...usage(`${invocation(["PERMISSIONS"])} COMMAND [flags]`, columns),
    "",
    "Commands",
    ...twoColumns(Object.entries(COMMANDS), columns),
    "",
    ...notes.flatMap((line) => wrap(line, columns)),
  ];
}

/**
 * The help of a command.
 *
 * @param command The command.
 * @param columns The most that a line may have.
 * @returns Its lines: usage, examples, common flags, then all others by their headings.
 */
export function commandHelp(command: CommandName, columns: number = USUAL): string[] {
  const rows = new Map(
    flagsOf(command).map(([group, name, flag]) => {
      const advice = ownerOf(flag) + saidOf(flag.advice, command) + defaultOf(flag, command);
      return [name, { group, row: [`--${name} ${placeholder(flag)}`.trimEnd(), advice] as const }];
    }),
  );
  const common = COMMON[command].map((name) => rows.get(name)!.row);
  const others = [...rows].filter(([name]) => !COMMON[command].includes(name)).map(([, row]) => row);
  const names = [...rows.values()].map(({ row: [name] }) => name);
  const under = (heading: string, rows: readonly (readonly [string, string])[]): string[] =>
    rows.length === 0 ? [] : ["", heading, ...twoColumns(rows, columns, names)];
  return [
    ...wrap(COMMANDS[command], columns),
    "",
    ...usage(`${invocation(permissionsOf(command))} ${command} ${operandText(command)}[flags]`, columns),
    "",
    "Examples",
    ...examplesOf(command).flatMap((words) => commandLines(words, columns, Deno.build.os === "windows")),
    ...under("Common", common),
    ...Object.keys(FLAGS).flatMap((group) =>
      under(group, others.filter((row) => row.group === group).map(({ row }) => row))
    ),
  ];
}

/**
 * Commands to begin with, with the permissions that they need.
 *
 * @param command The command.
 * @returns The words of each, as a shell takes them.
 */
export function examplesOf(command: CommandName): string[][] {
  return EXAMPLES[command].map(([text, paths]) => {
    const start = invocationWords(grantsOf(needsOf(command, paths)));
    return [...start, command, ...text.split(" ").filter(Boolean)];
  });
}

function usage(line: string, columns: number): string[] {
  return wrap(`Usage: ${line}`, columns, ["", "  "]);
}

/** What may stand behind the command's name. */
function operandText(command: CommandName): string {
  const flag = operandOf(command)?.flag;
  return flag ? `[${placeholder(flag)}${repeats(flag, command) ? " …" : ""}] ` : "";
}

function ownerOf({ of }: Flag): string {
  return of ? `with --${of[0]} ${of.slice(1).join(" or ")}: ` : "";
}

function defaultOf(flag: Flag, command: CommandName): string {
  const given = flag[command] ?? saidOf(flag.otherwise ?? {}, command) ?? null;
  const value = flag.kind === "duration" && typeof given === "number" ? `${given / 60}m` : given;
  return flag.kind === "switch" || value === null ? "" : ` (default: ${value})`;
}
