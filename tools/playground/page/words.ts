/**
 * What the page says, in the browser's language: one table a language, with the same keys.
 *
 * @module
 */
import { CHINESE } from "./words_zh.ts";
import { ENGLISH } from "./words_en.ts";

/** What the page can say. */
export type Words = Readonly<Record<keyof typeof ENGLISH, string>>;

/** Every language. */
export const LANGUAGES: Readonly<Record<"en" | "zh", Words>> = { en: ENGLISH, zh: CHINESE };

/** The language that is shown. */
export const language: "en" | "zh" = globalThis.navigator?.language.toLowerCase().startsWith("zh")
  ? "zh"
  : "en";

/**
 * What is said.
 *
 * @param key Which sentence.
 * @param values What stands in place of its {names}.
 */
export function say(key: keyof Words, values: Readonly<Record<string, string | number>> = {}): string {
  return LANGUAGES[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** A word of the library's, in the language where it is known there. */
export function translated(prefix: string, word: string): string {
  const key = `${prefix}:${word}`;
  const words: Readonly<Record<string, string>> = LANGUAGES[language];
  return Object.hasOwn(words, key) ? words[key]! : word;
}
