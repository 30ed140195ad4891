/**
 * What refrain needs of jsr:@std/cli/parse-args, made of Node's parseArgs(), so that a clone starts without network. A
 * published refrain asks for the real one; a test holds both to the same answers.
 *
 * @module
 */

// Not imported at the top: a bundle of mod.ts would not load in a browser, which has no such module.
const { parseArgs: split } = await import("node:util");

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
  const { tokens } = split({ args: words, strict: false, allowPositionals: true, tokens: true });
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const word = words[token.index]!;
    if (token.kind !== "option") {
      if (unknown?.(word) !== false) rest.push(string.includes("_") ? word : numberOr(word));
      continue;
    }
    // The real one reads --no-x=1 as --x=1.
    const key = token.inlineValue ? token.name.replace(/^no-/, "") : token.name;
    const next = token.rawName.startsWith("--") && !token.inlineValue ? tokens[i + 1] : undefined;
    let value: unknown = token.inlineValue ? token.value : string.includes(key) ? "" : true;
    if (next?.kind === "positional" && mayBeValue(next.value, boolean.includes(key))) {
      value = next.value;
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
