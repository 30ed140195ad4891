/**
 * Every flag of the command line, once: the parser (parse_flags.ts), the help text (help.ts) and the types of the
 * commands' settings come from this table.
 *
 * @module
 */
import { type NumberRange, RANGES } from "../ranges.ts";
import type { LogEvery } from "../train/log_every.ts";
import { DEVICE, EVERY } from "./flags_device.ts";
import { GENERATION } from "./flags_generation.ts";
import { MEASURING, NO_BATCHES, RUNS_FLAGS } from "./flags_measuring.ts";
import { TRAINING } from "./flags_training.ts";

/** The commands. */
export type CommandName =
  | "train"
  | "generate"
  | "evaluate"
  | "score"
  | "info"
  | "verify"
  | "profile"
  | "runs"
  | "report";

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
  /** The choice of `train`, and those of its values, beside which it has a meaning. */
  readonly of?: readonly [flag: string, value: string, ...values: string[]];
  /** The commands behind whose name it may stand alone, without its own. */
  readonly operand?: readonly CommandName[];
  /** Whether it may be given more than once, or to which commands. */
  readonly repeatable?: true | readonly CommandName[];
  /** What it does. */
  readonly advice: string;
  /** What holds without it, where the default is null. */
  readonly otherwise?: string;
  /** What a command that had the flag once has instead. */
  readonly instead?: Readonly<Partial<Record<CommandName, string>>>;
}

/** Every flag by its heading in the help text and its name. */
export const FLAGS = {
  Data: {
    "model": {
      kind: "text",
      value: "RUN",
      generate: null,
      evaluate: null,
      score: null,
      info: null,
      operand: ["info"],
      advice: "folder of a run, or a model file",
      otherwise: "the newest run under runs/",
    },
    "accept-changed-weights": {
      kind: "switch",
      train: false,
      generate: false,
      evaluate: false,
      score: false,
      info: false,
      advice: "take a file of refrain that another program wrote again, perhaps with other weights",
    },
    "corpus": {
      kind: "text",
      value: "FILE",
      repeatable: true,
      train: null,
      profile: null,
      evaluate: null,
      score: null,
      advice: "a text, a folder of texts, a gzip or zip file, or - for standard input; may be repeated",
      otherwise: "the built-in lyrics",
    },
    "encoding": {
      kind: "text",
      value: "NAME",
      train: "utf-8",
      profile: "utf-8",
      evaluate: "utf-8",
      score: "utf-8",
      advice: "of the text: utf-8, gb18030, big5, utf-16le, …",
    },
    "max-chars": {
      ...RANGES.count,
      train: null,
      profile: null,
      evaluate: null,
      score: null,
      advice: "take the first N characters only",
      otherwise: "10000 of the built-in lyrics, all of a file",
    },
    "newlines": {
      kind: "choice",
      choices: ["space", "keep"],
      train: null,
      profile: null,
      evaluate: null,
      score: null,
      advice: "line breaks become spaces, or stay; the model knows it",
      otherwise: "the model's; of a new one space for the built-in lyrics, keep for a file",
    },
    "tokenizer": {
      kind: "choice",
      choices: ["character", "byte", "word"],
      train: "character",
      profile: "character",
      advice: "what a token is: a code point, a byte of UTF-8, or a word, marks and line breaks among them",
    },
    "min-count": {
      ...RANGES.count,
      train: 1,
      profile: 1,
      of: ["tokenizer", "character", "word"],
      advice: "how often a token must come to be in the vocabulary; rarer ones train that for unknown ones",
    },
    "max-vocabulary": {
      ...RANGES.count,
      train: null,
      profile: null,
      of: ["tokenizer", "character", "word"],
      advice: "the N most frequent tokens are in the vocabulary, that for unknown ones among them",
      otherwise: "all",
    },
    "unknown": {
      kind: "choice",
      choices: ["error", "skip", "replace"],
      train: null,
      profile: null,
      generate: null,
      evaluate: null,
      score: null,
      advice: "what becomes of tokens that the vocabulary lacks; replace has a token that stands for them",
      otherwise: "the model's; of a new one error, with --min-count or --max-vocabulary replace",
    },
    "vocabulary": {
      kind: "text",
      value: "FILE",
      train: null,
      generate: null,
      evaluate: null,
      score: null,
      info: null,
      advice: "the model's tokens as JSON, for a model file of another program: a list, or tokens and ids",
    },
    "validation-split": {
      ...RANGES.rate,
      below: 1,
      train: null,
      evaluate: null,
      advice: "share of the corpus that is evaluated rather than trained on; of train 0 for none",
      otherwise: "train: none; evaluate: that of the model's run with --split, else all is evaluated",
    },
    "split": {
      kind: "choice",
      choices: ["tail", "rows"],
      train: "tail",
      evaluate: null,
      advice: "where --validation-split is taken: the end of the text, or the end of each of its rows",
      otherwise: "as the model's run has it, else tail",
    },
    "split-rows": {
      ...RANGES.count,
      train: null,
      evaluate: null,
      of: ["split", "rows"],
      advice: "into how many rows the text is cut",
      otherwise: "train: the rows of a step; evaluate: those of the model's run",
    },
    "batch-size": {
      ...RANGES.count,
      train: 32,
      profile: 32,
      instead: { evaluate: NO_BATCHES },
      advice: "rows of a batch",
    },
    "num-steps": {
      ...RANGES.count,
      train: 35,
      profile: 35,
      instead: { evaluate: NO_BATCHES },
      advice: "tokens of a row",
    },
    "accumulate-steps": {
      ...RANGES.count,
      train: 1,
      advice: "batches whose gradients make a step: as one batch of all their rows, in the memory of one",
    },
    "sampling": {
      kind: "choice",
      choices: ["consecutive", "random"],
      train: "consecutive",
      advice: "rows go on in the next batch, or lie anywhere",
    },
    "carry-state": { kind: "switch", train: false, advice: "keep the state from one epoch to the next" },
    "reset-probability": {
      ...RANGES.probability,
      train: 0,
      of: ["sampling", "consecutive"],
      advice: "how likely a row begins a step from a zero state, so that the model learns to begin a text",
    },
  },
  ...MEASURING,
  ...RUNS_FLAGS,
  ...TRAINING,
  ...GENERATION,
  Output: {
    "steps": { ...RANGES.count, profile: 20, advice: "how often each kernel is timed" },
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
      report: null,
      advice: "train: folder of the run, new or empty; report: file of the page",
      otherwise: "train: runs/ and the time; report: report.html in the run's folder, of several runs here",
    },
    "overwrite": { kind: "switch", train: false, advice: "remove the files of the run that is in --out" },
  },
  ...DEVICE,
  Other: {
    "seed": {
      ...RANGES.seed,
      train: 0,
      profile: 0,
      generate: 0,
      advice: "the same seed gives the same result",
    },
    "trace": {
      kind: "switch",
      train: false,
      generate: false,
      evaluate: false,
      score: false,
      verify: false,
      advice: "run the device's commands one by one, and print each with its time on standard error",
    },
    "debug": { kind: "switch", ...EVERY, advice: "show where an error came from" },
    "help": { kind: "switch", ...EVERY, advice: "show this text" },
  },
} as const satisfies Record<string, Record<string, Flag>>;

/** The table with its letters. */
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
    Object.entries<Flag>(rows).filter(([, flag]) => command in flag)
      .map(([name, flag]): [string, string, Flag] => [group, name, flag])
  );
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
