/**
 * The script of fish.
 *
 * @module
 */
import type { CommandWords, Place, Values } from "./words.ts";

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

/** Switches of a flag with such a value, then where its words come from. */
const PLACES: Readonly<Record<Place, readonly [switches: string, words: string]>> = {
  file: ["-r", "-F"],
  folder: ["-x", "-a '(__fish_complete_directories)'"],
  run: ["-r", "-F -a '(__refrain_runs)'"],
  any: ["-x", ""],
};

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
      ...(operand ? [complete(`__refrain_uses ${command}`, placeOf(operand)[1])] : []),
      ...flags.map(({ name, advice, values }) => {
        const parts = [`-l ${name}`, ...(values ? placeOf(values) : []), `-d ${quoted(advice)}`];
        return complete(`__refrain_uses ${command}`, parts.filter(Boolean).join(" "));
      }),
    ]),
  ];
}

function complete(condition: string, rest: string): string {
  return `complete -c refrain -n ${quoted(condition)} ${rest}`;
}

function placeOf(values: Values): readonly [switches: string, words: string] {
  return typeof values === "string" ? PLACES[values] : ["-x", `-a ${quoted(values.join(" "))}`];
}

/** A word in single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
