// The part of the types of @std/cli/parse-args that refrain relies on.

/** What parseArgs() shall make of the arguments. */
export interface ParseOptions {
  /** Flags without a value. */
  boolean?: readonly string[];
  /** Flags whose value stays a string. */
  string?: readonly string[];
  /** Flags that may be repeated; their value is an array. */
  collect?: readonly string[];
  /** Boolean flags that `--no-…` turns off. */
  negatable?: readonly string[];
  /** Other names of flags. */
  alias?: Record<string, string | readonly string[]>;
  /** Values of flags that are not given. */
  default?: Record<string, unknown>;
  /** Called for what is not declared; the argument is left out when it returns false. */
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}
/** Flags by name, and the other arguments under `_`. */
export type Args = Record<string, unknown> & { _: (string | number)[] };
/** Splits command line arguments into flags and the rest. */
export function parseArgs(args: string[], options?: ParseOptions): Args;
