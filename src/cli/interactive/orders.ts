/**
 * Orders between beginnings: a line that begins with a colon.
 *
 * @module
 */
import { nearest } from "../../messages/options.ts";
import { quote } from "../../messages/quote.ts";
import { flagsOf, placeholder, type Settings } from "../flags.ts";
import { twoColumns } from "../help/wrap.ts";
import { camelCase, parseFlags } from "../parse_flags.ts";
import { UsageError } from "../usage_error.ts";

/** What an order may change, as the flags of `generate` are called. */
const SETTINGS = ["temperature", "length", "top-k", "top-p", "seed"] as const;
/** One of them. */
type Setting = typeof SETTINGS[number];

/** What an order may do. */
const ACTS = {
  back: "take the last continuation back",
  again: "take it back and draw another one",
  help: "show this text",
  quit: "end, as Ctrl-D does",
} as const;

/** How texts are drawn. */
export type Drawing = Pick<Settings<"generate">, "temperature" | "length" | "topK" | "topP" | "seed">;

/** An order. */
export type Order =
  | { readonly act: keyof typeof ACTS }
  | { readonly name: Setting; readonly value: number | undefined };

/**
 * Reads an order.
 *
 * @param line The line, with its colon.
 * @returns What to do, or a setting with its new value, undefined where it is only asked for.
 * @throws {UsageError} If there is no such order, or its value is wrong.
 *
 * @example Usage
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(orderOf(":top-k 5"), { name: "top-k", value: 5 });
 * assertEquals(orderOf(":back"), { act: "back" });
 * assertThrows(() => orderOf(":bak"), Error, 'Unknown order ":bak": did you mean ":back"?');
 * ```
 */
export function orderOf(line: string): Order {
  const [word = "", ...values] = line.slice(1).trim().split(/\s+/);
  if (isAct(word)) {
    if (values.length === 0) return { act: word };
    throw new UsageError(`Cannot use ":${word}" with a value: write :${word} alone`);
  }
  if (!isSetting(word)) {
    const meant = nearest(word, [...Object.keys(ACTS), ...SETTINGS]);
    const hint = meant === undefined ? ":help lists the orders" : `did you mean ":${meant}"?`;
    throw new UsageError(`Unknown order ${quote(`:${word}`)}: ${hint}`);
  }
  if (values.length === 0) return { name: word, value: undefined };
  return { name: word, value: valueOf(word, values.join(" ")) };
}

/** A value as the flag of that name takes it. */
function valueOf(name: Setting, text: string): number {
  try {
    const settings = parseFlags("generate", [`--${name}=${text}`]) as unknown as Record<string, number>;
    return settings[camelCase(name)]!;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replace(`"--${name}"`, `":${name}"`), { cause: error });
  }
}

function isAct(word: string): word is keyof typeof ACTS {
  return Object.hasOwn(ACTS, word);
}

function isSetting(word: string): word is Setting {
  return SETTINGS.some((name) => name === word);
}

/**
 * What can be ordered, with the settings as they are.
 *
 * @param drawing The settings.
 * @param columns The most that a line may have.
 * @returns Lines.
 */
export function orderHelp(drawing: Drawing, columns: number): string[] {
  const values = drawing as unknown as Record<string, number>;
  const settings = flagsOf("generate").filter(([, name]) => isSetting(name));
  return twoColumns([
    ["TEXT", "a beginning, or more of the text: it is gone on with"],
    ["Enter alone", "go on from where the text stands"],
    ...settings.map(([, name, flag]) =>
      [`:${name} ${placeholder(flag)}`, `now ${values[camelCase(name)]}`] as const
    ),
    ...Object.entries(ACTS).map(([name, advice]) => [`:${name}`, advice] as const),
    ["Ctrl-C", "stop a continuation; without one end"],
  ], columns);
}
