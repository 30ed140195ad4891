/**
 * How this program was started, for commands that people can copy.
 *
 * @module
 */
import { replaceControls, visible } from "../messages/visible.ts";
import type { CommandName } from "./flags.ts";

/**
 * The words before the command: `deno run -A mod.ts`.
 *
 * @param module URL of the main module.
 * @param deno Path of the Deno that runs it.
 * @param folder The current folder.
 * @returns The words, with the module as it could be written here.
 */
export function invocation(
  module: string = Deno.mainModule,
  deno: string = Deno.execPath(),
  folder: string = Deno.cwd(),
): string {
  // npx keeps Deno in a cache of its own, and nothing on the PATH.
  const program = /[/\\]_npx[/\\]/.test(deno) ? `npx -y deno@${Deno.version.deno}` : "deno";
  return `${program} run -A ${shellWord(specifierOf(module, folder))}`;
}

function specifierOf(module: string, folder: string): string {
  const published = /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\/mod\.ts$/.exec(module);
  if (published) return `jsr:${published[1]}@${published[2]}`;
  const url = new URL(module);
  if (url.protocol !== "file:") return module;
  const path = decodeURIComponent(url.pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  const here = `${folder.replaceAll("\\", "/").replace(/\/$/, "")}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}

/**
 * A command that people can copy into a shell.
 *
 * @param command The command.
 * @param flags Values by the names of their flags.
 * @returns The line.
 */
export function commandLine(command: CommandName, flags: Readonly<Record<string, string>>): string {
  const words = Object.entries(flags).flatMap(([name, value]) =>
    value === "" || value.startsWith("--") ? [`--${name}=${value}`] : [`--${name}`, value]
  );
  return [invocation(), command, ...words.map(shellWord)].join(" ");
}

/**
 * A word as a shell reads it back.
 *
 * @param word Any text.
 * @returns The word, in quotes where it needs them. One with control characters is written `$'…'`, as bash, zsh, ksh and
 * POSIX since 2024 read it, so that a terminal shows the word and does not obey it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["a.txt", "it's", "a\nb\x1b"].map(shellWord), ["a.txt", `'it'\\''s'`, "$'a\\012b\\033'"]);
 * ```
 */
export function shellWord(word: string): string {
  const escaped = replaceControls(word.replace(/['\\]/g, "\\$&"), inOctal);
  if (visible(word) !== word) return `$'${escaped}'`;
  return /^[\p{L}\p{N}_./:@%+,-][\p{L}\p{N}_./:@%+=,-]*$/u.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A character's bytes as `$'…'` has them. */
function inOctal(character: string): string {
  const bytes = new TextEncoder().encode(character);
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
