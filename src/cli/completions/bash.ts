/**
 * The script of bash, from 3.2 on.
 *
 * @module
 */
import type { CommandWords, Place, Values } from "./words.ts";

/** What comes before the tables: `current` is the word that is being written, `previous` the one before it. */
const HEAD = String.raw`
# Completions of refrain for bash. In ~/.bashrc: source <(refrain completions bash)

_refrain_add() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <("$@" -- "$current")
}

_refrain_files() {
  compopt -o default 2>/dev/null || _refrain_add compgen -f
}

_refrain_folders() {
  compopt -o dirnames 2>/dev/null || _refrain_add compgen -d
}

_refrain_runs() {
  if [[ runs/ == "$current"* ]]; then
    current=runs/ _refrain_add compgen -d
  fi
  if ((${"$"}{#COMPREPLY[@]})); then
    compopt -o filenames 2>/dev/null
  else
    _refrain_files
  fi
}

_refrain() {
  local current=${"$"}{COMP_WORDS[COMP_CWORD]} previous=${"$"}{COMP_WORDS[COMP_CWORD-1]} command=${"$"}{COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $current == "=" ]]; then
    current=
  elif [[ $previous == "=" ]]; then
    previous=${"$"}{COMP_WORDS[COMP_CWORD-2]}
  fi
`.trim().split("\n");

const TAIL = `
}

complete -F _refrain refrain
`.trim().split("\n");

const PLACES: Readonly<Record<Place, string>> = {
  file: "_refrain_files",
  folder: "_refrain_folders",
  run: "_refrain_runs",
  any: ":",
};

/**
 * The script.
 *
 * @param commands What may be completed.
 * @returns Its lines.
 */
export function bashScript(commands: readonly CommandWords[]): string[] {
  const names = commands.map(({ name }) => name);
  return [
    ...HEAD,
    "  if ((COMP_CWORD == 1)); then",
    `    ${offer([...names, "help", "--help", "--version"])}`,
    "    return",
    "  fi",
    '  case "$command $previous" in',
    ...valueCases(commands),
    "  esac",
    "  if [[ $current != -* ]]; then",
    "    case $command in",
    `      help) ${offer(names)}; return ;;`,
    ...commands.flatMap(({ name, operand }) =>
      operand ? [`      ${name}) ${action(operand)}; return ;;`] : []
    ),
    "    esac",
    "  fi",
    "  case $command in",
    ...commands.map(({ name, flags }) => `    ${name}) ${offer(flags.map(({ name }) => `--${name}`))} ;;`),
    "  esac",
    ...TAIL,
  ];
}

/** What is offered behind each flag that takes a value. */
function valueCases(commands: readonly CommandWords[]): string[] {
  const all = commands.flatMap(({ name: command, flags }) =>
    flags.flatMap(({ name, values }) =>
      values ? [{ pattern: `'${command} --${name}'`, action: action(values) }] : []
    )
  );
  return [...Map.groupBy(all, ({ action }) => action)].map(([action, cases]) =>
    `    ${cases.map(({ pattern }) => pattern).join(" | ")}) ${action}; return ;;`
  );
}

function action(values: Values): string {
  return typeof values === "string" ? PLACES[values] : offer(values);
}

/** The words are those of the table of flags, in which a shell finds nothing to expand. */
function offer(words: readonly string[]): string {
  return `_refrain_add compgen -W '${words.join(" ")}'`;
}
