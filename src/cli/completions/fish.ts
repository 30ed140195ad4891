/**
 * The script of fish.
 *
 * @module
 */
import type { CommandWords, Values } from "./words.ts";

const HEAD = `
# Completions of refrain for fish: refrain completions fish > ~/.config/fish/completions/refrain.fish

function __refrain_begins
  test (count (commandline -opc)) -eq 1
end

function __refrain_uses
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test "$words[2]" = $argv[1]
end

function __refrain_runs
  for run in runs/*/
    string replace -r '/$' '' -- $run
  end
end

complete -c refrain -f
`.trim().split("\n");

/**
 * The script.
 *
 * @param commands What may be completed.
 * @returns Its lines.
 */
export function fishScript(commands: readonly CommandWords[]): string[] {
  return [
    ...HEAD,
    ...commands.flatMap(({ name, advice }) => [
      complete("__refrain_begins", `-a ${name} -d ${quoted(advice)}`),
      complete("__refrain_uses help", `-a ${name} -d ${quoted(advice)}`),
    ]),
    complete("__refrain_begins", `-a help -d ${quoted("Show what a command does")}`),
    complete("__refrain_begins", "-l help"),
    complete("__refrain_begins", "-l version"),
    ...commands.flatMap(({ name: command, flags, operand }) => [
      ...(operand === "none"
        ? []
        : [complete(`__refrain_uses ${command}`, places(operand).replace(/^-[rx] /, ""))]),
      ...flags.map(({ name, advice, values }) => {
        const value = values === "none" ? "" : `${places(values)} `;
        return complete(`__refrain_uses ${command}`, `-l ${name} ${value}-d ${quoted(advice)}`);
      }),
    ]),
  ];
}

function complete(condition: string, rest: string): string {
  return `complete -c refrain -n ${quoted(condition)} ${rest}`;
}

/** What may stand in the place of a value. */
function places(values: Values): string {
  switch (values) {
    case "file":
      return "-r -F";
    case "folder":
      return "-x -a '(__fish_complete_directories)'";
    case "run":
      return "-r -F -a '(__refrain_runs)'";
    case "any":
    case "none":
      return "-x";
    default:
      return `-x -a ${quoted(values.join(" "))}`;
  }
}

/** A word in single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
