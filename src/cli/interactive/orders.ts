/**
 * Orders between beginnings: a line that begins with a colon.
 *
 * @module
 */
import { nearest } from "../../messages/options.ts";
import { quote } from "../../messages/quote.ts";
import { padToWidth } from "../display_width.ts";
import type { Settings } from "../flags.ts";
import { camelCase, parseFlags } from "../parse_flags.ts";
import { UsageError } from "../usage_error.ts";

/** What an order may change, as the flags of `generate` are called, with what stands for the value. */
const SETTINGS = { temperature: "X", length: "N", "top-k": "N", "top-p": "X", seed: "N" } as const;

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
  | { readonly name: keyof typeof SETTINGS; readonly value: number | undefined };

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
  if (isIn(ACTS, word)) {
    if (values.length === 0) return { act: word };
    throw new UsageError(`Cannot use ":${word}" with a value: write :${word} alone`);
  }
  if (!isIn(SETTINGS, word)) {
    const meant = nearest(word, [...Object.keys(ACTS), ...Object.keys(SETTINGS)]);
    const hint = meant === undefined ? ":help lists the orders" : `did you mean ":${meant}"?`;
    throw new UsageError(`Unknown order ${quote(`:${word}`)}: ${hint}`);
  }
  if (values.length === 0) return { name: word, value: undefined };
  return { name: word, value: valueOf(word, values.join(" ")) };
}

/** A value as the flag of that name takes it. */
function valueOf(name: keyof typeof SETTINGS, text: string): number {
  try {
    const settings = parseFlags("generate", [`--${name}=${text}`]) as unknown as Record<string, number>;
    return settings[camelCase(name)]!;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message.replace(`"--${name}"`, `":${name}"`), { cause: error });
  }
}

function isIn<T extends object>(table: T, word: string): word is keyof T & string {
  return Object.hasOwn(table, word);
}

/**
 * What can be ordered, with the settings as they are.
 *
 * @param drawing The settings.
 * @returns Lines.
 */
export function orderHelp(drawing: Drawing): string[] {
  const values = drawing as unknown as Record<string, number>;
  const rows = [
    ["TEXT", "a beginning, or more of the text: it is gone on with"],
    ["Enter alone", "go on from where the text stands"],
    ...Object.entries(SETTINGS).map((
      [name, value],
    ) => [`:${name} ${value}`, `now ${values[camelCase(name)]}`]),
    ...Object.entries(ACTS).map(([name, advice]) => [`:${name}`, advice]),
    ["Ctrl-C", "stop a continuation; without one end"],
  ];
  const width = Math.max(...rows.map(([first]) => first!.length));
  return rows.map(([first, second]) => `  ${padToWidth(first!, width)}  ${second}`);
}
