/**
 * What refrain needs of jsr:@std/cli/parse-args, so that a clone starts without network. A published refrain asks for the
 * real one; a test holds both to the same answers. Node's parseArgs() would split as well, but to load Node's modules takes
 * a twentieth of a command's time to its first character.
 *
 * @module
 */

/** What parseArgs() makes of the arguments. */
export interface ParseOptions {
  /** Flags without a value. */
  readonly boolean?: readonly string[];
  /** Flags whose value stays a string; "_" stands for arguments that are no flags. */
  readonly string?: readonly string[];
  /** Flags that may be repeated; their value is an array. */
  readonly collect?: readonly string[];
  /** Values of flags that are not given. */
  readonly default?: Readonly<Record<string, unknown>>;
  /** Called for what is not declared; the argument is left out when it returns false. */
  readonly unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

/** Flags by name, and the other arguments under `_`. */
export type Args = Record<string, unknown> & { _: (string | number)[] };

/**
 * Splits command line arguments into flags and the rest. Flags are long: of `-abc` each letter is a flag without a value.
 *
 * @param args What follows the command.
 * @param options The flags that there are.
 * @returns Values by the flags' names.
 */
export function parseArgs(args: string[], options: ParseOptions = {}): Args {
  const { boolean = [], string = [], collect = [], unknown } = options;
  const declared = [...boolean, ...string, ...collect];
  const end = args.indexOf("--");
  const words = end < 0 ? args : args.slice(0, end);
  const rest: (string | number)[] = [];
  const given: Record<string, unknown> = {};
  const tokens = words.flatMap(tokensOf);
  for (let i = 0; i < tokens.length; i++) {
    const { word, name, inline } = tokens[i]!;
    if (name === undefined) {
      if (unknown?.(word) !== false) rest.push(string.includes("_") ? word : numberOr(word));
      continue;
    }
    // The real one reads --no-x=1 as --x=1.
    const key = inline === undefined ? name : name.replace(/^no-/, "");
    const next = word.startsWith("--") && inline === undefined ? tokens[i + 1] : undefined;
    let value: unknown = inline ?? (string.includes(key) ? "" : true);
    if (next && next.name === undefined && mayBeValue(next.word, boolean.includes(key))) {
      value = next.word;
      i++;
    }
    if (boolean.includes(key)) value = value !== "false";
    if (!declared.includes(key) && unknown?.(word, key, value) === false) continue;
    if (typeof value === "string" && !string.includes(key)) value = numberOr(value);
    given[key] = collect.includes(key) ? [...given[key] as unknown[] ?? [], value] : value;
  }
  if (end >= 0) rest.push(...args.slice(end + 1));
  return { ...absent(options), ...options.default, ...given, _: rest };
}

/** A flag or another argument: the word, the flag's name, and the value behind its `=`. */
interface Token {
  readonly word: string;
  readonly name?: string;
  readonly inline?: string;
}

/** A word as tokens: `-abc` is three flags. */
function tokensOf(word: string): Token[] {
  if (word === "-" || !word.startsWith("-")) return [{ word }];
  if (!word.startsWith("--")) return [...word.slice(1)].map((name) => ({ word, name }));
  const at = word.indexOf("=", 3);
  return [
    at < 0 ? { word, name: word.slice(2) } : { word, name: word.slice(2, at), inline: word.slice(at + 1) },
  ];
}

/** Whether a word behind a flag is its value: a switch takes none but true and false. */
function mayBeValue(word: string, isSwitch: boolean): boolean {
  return isSwitch ? word === "true" || word === "false" : word !== "" && word !== "-";
}

function numberOr(word: string): string | number {
  return /\S/.test(word) && Number.isFinite(Number(word)) ? Number(word) : word;
}

/** What stands for a flag that is not given and has no default. */
function absent({ boolean = [], string = [], collect = [] }: ParseOptions): Record<string, unknown> {
  const switches = boolean.map((key) => [key, collect.includes(key) ? [] : false]);
  const lists = string.filter((key) => collect.includes(key)).map((key) => [key, []]);
  return Object.fromEntries([...switches, ...lists]);
}
