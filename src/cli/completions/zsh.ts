/**
 * The script of zsh.
 *
 * @module
 */
import { shellWord } from "../../messages/shell_word.ts";
import type { CommandWords, FlagWords, Place, Values } from "./words.ts";

const HEAD = `
#compdef refrain
# Completions of refrain for zsh. In ~/.zshrc, behind compinit: source <(refrain completions zsh)

_refrain_runs() {
  local -a runs
  runs=(runs/*(/N))
  (( $#runs )) && compadd -a runs
  _files
}

_refrain() {
  local -a commands
  commands=(
`.trim().split("\n");

const MIDDLE = `
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
    (help)
      _describe command commands
      ;;
`.slice(1, -1).split("\n");

const TAIL = `
  esac
}

if [[ $funcstack[1] == _refrain ]]; then
  _refrain "$@"
else
  compdef _refrain refrain
fi
`.slice(1, -1).split("\n");

const PLACES: Readonly<Record<Place, string>> = {
  file: "_files",
  folder: "_files -/",
  run: "_refrain_runs",
  any: "",
};

/**
 * The script.
 *
 * @param commands What may be completed.
 * @returns Its lines.
 */
export function zshScript(commands: readonly CommandWords[]): string[] {
  return [
    ...HEAD,
    ...commands.map(({ name, advice }) => `    ${shellWord(`${name}:${advice}`)}`),
    `    ${shellWord("help:Show what a command does")}`,
    ...MIDDLE,
    ...commands.flatMap((command) => [
      `    (${command.name})`,
      `      _arguments \\`,
      ...specsOf(command).map((spec, index, all) =>
        `        ${shellWord(spec)}${index < all.length - 1 ? " \\" : ""}`
      ),
      "      ;;",
    ]),
    ...TAIL,
  ];
}

/** What _arguments() is told: flags, then what may stand behind the command. */
function specsOf({ flags, operand, severalOperands }: CommandWords): string[] {
  const place = severalOperands ? "*" : "1";
  return [
    ...flags.map(specOf),
    ...(operand ? [`${place}:value:${action(operand)}`] : []),
  ];
}

function specOf({ name, advice, value, values, repeatable }: FlagWords): string {
  const text = `[${advice.replace(/[\\:[\]]/g, "\\$&")}]`;
  const start = `${repeatable ? "*" : ""}--${name}`;
  return values ? `${start}=${text}:${value}:${action(values)}` : start + text;
}

function action(values: Values): string {
  return typeof values === "string" ? PLACES[values] : `(${values.join(" ")})`;
}
