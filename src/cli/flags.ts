/**
 * Every flag of the command line, once: the parser (parse_flags.ts), the help text (help.ts) and the types of the
 * commands' settings come from this table.
 *
 * @module
 */
import { type NumberRange, RANGES } from "../ranges.ts";
import type { LogEvery } from "../train/log_every.ts";
import { DATA } from "./flags_data.ts";
import { DEVICE, EVERY, RESULTS } from "./flags_device.ts";
import { EXCHANGE } from "./flags_exchange.ts";
import { GENERATION } from "./flags_generation.ts";
import { INSPECTING } from "./flags_inspecting.ts";
import { DYNAMIC, RUNS_FLAGS } from "./flags_measuring.ts";
import { SERIES } from "./flags_series.ts";
import { SERVING } from "./flags_serving.ts";
import { SWEEP } from "./flags_sweep.ts";
import { TRAINING } from "./flags_training.ts";

/** The commands. */
export type CommandName =
  | "train"
  | "sweep"
  | "generate"
  | "forecast"
  | "evaluate"
  | "score"
  | "inspect"
  | "info"
  | "verify"
  | "profile"
  | "runs"
  | "report"
  | "serve"
  | "export"
  | "import"
  | "quantize"
  | "completions";

/** A text for every command, or for some of them each its own, and for the others. */
export type Said = string | Readonly<Partial<Record<CommandName | "others", string>>>;

/**
 * One row of the table. A command that has the flag has a field of its own name in it:
 *
 * | `generate: 200`  | the command has the flag, and 200 is its default                 |
 * | ---------------- | ---------------------------------------------------------------- |
 * | `generate: null` | the command has the flag without a default; see `otherwise`      |
 */
export interface Flag
  extends
    Omit<NumberRange, "kind">,
    Readonly<Partial<Record<CommandName, string | number | boolean | null>>> {
  /** What its value must be, a number of a range of ranges.ts; a switch has none. */
  readonly kind: NumberRange["kind"] | "text" | "choice" | "switch" | "duration" | "rhythm";
  /** What stands for the value in the help text. */
  readonly value?: string;
  /** The values of a choice. */
  readonly choices?: readonly string[];
  /** The flag beside which it has a meaning, and of a choice those of its values. */
  readonly of?: readonly [flag: string, ...values: string[]];
  /** The switch of `train` beside which it has no meaning. */
  readonly without?: "lines";
  /** The commands behind whose name its value may stand alone; several values where it is repeatable. */
  readonly operand?: readonly CommandName[];
  /** What a command called it once, and takes still. */
  readonly formerly?: Readonly<Partial<Record<CommandName, string>>>;
  /** Whether it names a run to work in: of a file of a run its folder is meant. */
  readonly folder?: true;
  /** Whether it may be given more than once, or to which commands. */
  readonly repeatable?: true | readonly CommandName[];
  /** Whether it is of one process and not of the run: the run does not keep it, and one that goes on may have another. */
  readonly passing?: true;
  /** What it does. */
  readonly advice: Said;
  /** What holds without it, where the default is null. */
  readonly otherwise?: Said;
  /** What a command without the flag has instead. */
  readonly instead?: Readonly<Partial<Record<CommandName, string>>>;
}

/** Every flag by its heading in the help text and its name. */
export const FLAGS = {
  ...DATA,
  ...SERIES,
  ...EXCHANGE,
  ...INSPECTING,
  ...RUNS_FLAGS,
  ...SWEEP,
  Model: TRAINING.Model,
  Training: { ...TRAINING.Training, ...DYNAMIC },
  ...GENERATION,
  ...SERVING,
  Output: {
    "steps": {
      ...RANGES.rows,
      profile: 20,
      forecast: null,
      advice: { profile: "how often each kernel is timed", forecast: "how many rows are told" },
      otherwise: "the model's horizon",
    },
    "log-every": {
      kind: "rhythm",
      train: 50,
      advice: "from one report to the next: 50 epochs, 500steps, 30s or 2m; --preset auto takes 1m",
    },
    "save-every": {
      kind: "duration",
      train: 300,
      advice: "time from one save to the next, beside those at reports",
    },
    "out": {
      kind: "text",
      value: "PATH",
      train: null,
      sweep: null,
      report: null,
      export: null,
      import: null,
      quantize: null,
      advice: {
        train: "folder of the run, new or empty",
        sweep: "folder of the sweep: new, or its own",
        import: "folder of the run, new or empty",
        export: "file of the page or model",
        quantize: "folder of the run, new or empty",
        others: "file of the page",
      },
      otherwise: {
        train: "runs/ and the time",
        sweep: "runs/sweep- and what identifies its trials",
        import: "runs/ and the time",
        quantize: "runs/ and the time",
        report: "report.html in the run's folder, of several runs here",
        export: "the run's name and .html, .onnx, .keras or .safetensors, here",
      },
    },
    "html": { kind: "switch", export: false, advice: "as a page: one file, for a browser alone" },
    "overwrite": {
      kind: "switch",
      train: false,
      import: false,
      export: false,
      quantize: false,
      instead: { sweep: "its trials have folders of their own" },
      advice: {
        export: "with --to: take the place of a file that is there",
        others: "remove the files of the run that is in --out",
      },
    },
    "json": {
      kind: "switch",
      ...RESULTS,
      passing: true,
      instead: { completions: "what it prints is a script" },
      advice: "results for programs: an object, or an object a line, and nothing else on standard output",
    },
    "quiet": {
      kind: "switch",
      ...RESULTS,
      passing: true,
      instead: { completions: "it prints its script and no notes" },
      advice: "no notes: results and errors alone",
    },
  },
  ...DEVICE,
  Other: {
    "shell": {
      kind: "choice",
      choices: ["bash", "zsh", "fish"],
      completions: null,
      operand: ["completions"],
      advice: "whose script is printed",
    },
    "seed": {
      ...RANGES.seed,
      train: 0,
      profile: 0,
      generate: 0,
      instead: { sweep: "--seeds names them" },
      advice: "the same seed gives the same result",
    },
    "trace": {
      kind: "switch",
      train: false,
      generate: false,
      forecast: false,
      evaluate: false,
      score: false,
      inspect: false,
      verify: false,
      passing: true,
      advice: "run the device's commands one by one, and print each with its time on standard error",
    },
    "debug": { kind: "switch", ...EVERY, passing: true, advice: "show where an error came from" },
    "help": { kind: "switch", ...EVERY, passing: true, advice: "show this text" },
  },
} as const satisfies Record<string, Record<string, Flag>>;

/** The values of a switch that is swept. */
export const ON_OFF: readonly string[] = ["on", "off"];

/** The table as TypeScript infers it. */
export type Groups = typeof FLAGS;
/** The table as a union of [name, row]. */
export type Row = {
  [Group in keyof Groups]: {
    [Name in keyof Groups[Group]]: [Name, Groups[Group][Name]];
  }[keyof Groups[Group]];
}[keyof Groups];
/** "hidden-size" as "hiddenSize". */
export type CamelCase<Name> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
/** The type of a flag's value. */
export type Content<F> = F extends { kind: "switch" } ? boolean
  : F extends { choices: readonly (infer Choice)[] } ? Choice
  : F extends { kind: "text" } ? string
  : F extends { kind: "rhythm" } ? LogEvery
  : number;

/** Whether a command takes a flag more than once. */
type Repeats<F, C> = F extends { repeatable: true } ? true
  : F extends { repeatable: readonly (infer Taker)[] } ? C extends Taker ? true : false
  : false;

/** What a command is told: the values of its flags, by their names in camel case. */
export type Settings<C extends CommandName> = {
  [R in Row as C extends keyof R[1] ? CamelCase<R[0]> : never]: Repeats<R[1], C> extends true ? string[]
    : Content<R[1]> | (R[1] extends Record<C, null> ? undefined : never);
};

/**
 * The flags of a command.
 *
 * @param command The command.
 * @returns Heading, name and row, in the table's order.
 */
export function flagsOf(command: CommandName): [group: string, name: string, flag: Flag][] {
  return Object.entries(FLAGS).flatMap(([group, rows]) =>
    Object.entries<Flag>(rows).flatMap(([name, flag]): [string, string, Flag][] => {
      const own = command in flag ? flag : command === "sweep" ? axisOf(flag) : undefined;
      return own ? [[group, name, own]] : [];
    })
  );
}

/** A flag of `train` as `sweep` takes it: with several values, of which each is one of the flag's. */
function axisOf(flag: Flag): Flag | undefined {
  if (!("train" in flag) || flag.passing || flag.instead?.sweep !== undefined) return undefined;
  const choices = flag.kind === "switch" ? ON_OFF : flag.choices;
  return {
    kind: "text",
    value: flag.value === "FILE" ? flag.value : "VALUES",
    ...(choices ? { choices } : {}),
    sweep: null,
    advice: saidOf(flag.advice, "sweep") ?? saidOf(flag.advice, "train")!,
  };
}

/**
 * The flag whose value may stand alone behind a command's name.
 *
 * @param command The command.
 * @returns Its name and row, if there is one.
 */
export function operandOf(command: CommandName): { name: string; flag: Flag } | undefined {
  const row = flagsOf(command).find(([, , { operand }]) => operand?.includes(command));
  return row && { name: row[1], flag: row[2] };
}

/**
 * What is said of a flag to those who use a command.
 *
 * @param said What the table has.
 * @param command The command.
 * @returns The text; none where the table has none for it.
 */
export function saidOf(said: Said, command: CommandName): string | undefined {
  return typeof said === "string" ? said : said[command] ?? said.others;
}

/**
 * What stands for a flag's value in texts.
 *
 * @param flag The flag.
 * @returns "N", "space|keep", or nothing for a switch.
 */
export function placeholder(flag: Flag): string {
  const choice = flag.choices?.join("|");
  const usual = {
    integer: "N",
    number: "X",
    text: "TEXT",
    choice,
    switch: "",
    duration: "TIME",
    rhythm: "EVERY",
  };
  return flag.value ?? usual[flag.kind] ?? "";
}

/**
 * Tells whether a command takes a flag more than once.
 *
 * @param flag The flag.
 * @param command The command.
 */
export function repeats({ repeatable = [] }: Flag, command: CommandName): boolean {
  return repeatable === true || repeatable.includes(command);
}
