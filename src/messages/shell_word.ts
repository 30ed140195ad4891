/**
 * Words of commands that people can copy into a shell.
 *
 * @module
 */
import { replaceControls, visible } from "./visible.ts";

/**
 * A word as a shell reads it back.
 *
 * @param word Any text.
 * @param windows Whether the shell is one of Windows: PowerShell, or cmd where the word has no sign that the two read
 * differently.
 * @returns The word, in quotes where it needs them. One with control characters is written `$'…'`, as bash, zsh, ksh and
 * POSIX since 2024 read it, so that a terminal shows the word and does not obey it.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const words = ["a.txt", "it's", "a\nb\x1b"].map((word) => shellWord(word));
 * assertEquals(words, ["a.txt", `'it'\\''s'`, "$'a\\012b\\033'"]);
 * assertEquals(["a b", "$it's"].map((word) => shellWord(word, true)), ['"a b"', "'$it''s'"]);
 * ```
 */
export function shellWord(word: string, windows: boolean = false): string {
  if (windows) return windowsWord(word);
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

/** PowerShell makes a list of what has a comma, and takes "@" and "%" for signs of its own. */
function windowsWord(word: string): string {
  if (/^[\p{L}\p{N}_.\/\\:+-][\p{L}\p{N}_.\/\\:+=-]*$/u.test(word)) return word;
  // Both shells take double quotes, in which PowerShell reads "$" and "`", and cmd "%".
  return /^[^"“”„$`%]*[^"“”„$`%\\]$/u.test(word) ? `"${word}"` : `'${word.replaceAll(/['‘’‚‛]/g, "$&$&")}'`;
}
