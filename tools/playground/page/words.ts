/**
 * What the page says, in the browser's language: one table a language, with the same keys.
 *
 * @module
 */
import { CHINESE } from "./words_zh.ts";
import { ENGLISH } from "./words_en.ts";

const NUMBER = /\d[\d,]*(\.\d+)?/g;

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

/** Words of the library's, in the language where they are known there; "#" stands for a number. */
export function translated(prefix: string, word: string): string {
  const key = `${prefix}:${word.replace(NUMBER, "#")}`;
  const words: Readonly<Record<string, string>> = LANGUAGES[language];
  if (!Object.hasOwn(words, key)) return word;
  const numbers = word.match(NUMBER) ?? [];
  return words[key]!.replace(/#/g, () => numbers.shift() ?? "#");
}
