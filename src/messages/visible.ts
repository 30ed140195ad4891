/**
 * Text that a terminal shows and does not obey: each control character has a sign in its place.
 *
 * | characters                                                 | shown as                                 |
 * | ---------------------------------------------------------- | ---------------------------------------- |
 * | U+0000 to U+001F and U+007F, as ESC and NUL                | Unicode's pictures of them: `␛`, `␀`, `␡` |
 * | U+0080 to U+009F, controls of direction, U+2028 and U+2029 | their numbers: `\u{9b}`, `\u{202e}`      |
 *
 * All others stay, those that join the parts of an emoji or a script among them.
 *
 * @module
 */

/** C0, DEL and C1; what turns the direction of writing; separators of lines and paragraphs. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Where Unicode's pictures of U+0000 to U+001F begin, and that of U+007F. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = "\u2421";

/**
 * Makes the control characters of a text visible.
 *
 * @param text Any text.
 * @param kept Control characters that stay as they are.
 * @returns The text with a sign for each other one.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(visible("a\x1b[31m\r\n\x7f"), "a␛[31m␍␊␡");
 * assertEquals(visible("分\u202e开\n\x9b", "\n"), "分\\u{202e}开\n\\u{9b}");
 * ```
 */
export function visible(text: string, kept: string = ""): string {
  return replaceControls(text, (control) => {
    if (kept.includes(control)) return control;
    const code = control.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    return code === 0x7f ? PICTURE_OF_DELETE : `\\u{${code.toString(16)}}`;
  });
}

/**
 * Replaces the control characters of a text.
 *
 * @param text Any text.
 * @param signOf What stands in the place of a control character.
 * @returns The text without them.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(replaceControls("a\x1b分", () => "?"), "a?分");
 * ```
 */
export function replaceControls(text: string, signOf: (control: string) => string): string {
  return text.replace(CONTROLS, signOf);
}
