/**
 * `generate`: standard output carries the texts alone, as they come. Several have a line `==> 2 of 4 <==` before each, and a
 * blank one between them. With `--json` it has an object for each.
 *
 * @module
 */
import { generate } from "../generate.ts";
import { generateLines, refuseOfLines } from "./generate_lines.ts";
import { fileSize } from "../files/paths.ts";
import { rowsWithRoom } from "../generate/demand.ts";
import { contradiction } from "./check_flags.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { checkRaw, generateRaw } from "./generate_raw.ts";
import { checkInteractive, interact } from "./interactive.ts";
import { stdout } from "./output.ts";
import { isJson } from "./results.ts";
import { generatePrefixes, givenPrefixes } from "./prefixes.ts";
import { findModel, loadModel } from "./texts.ts";
import { TextsAsObjects } from "./texts_as_objects.ts";
import { TextsInOrder } from "./texts_in_order.ts";
import { UsageError } from "./usage_error.ts";

/** Texts that are drawn side by side, at most: more give little, and take memory. */
const MOST_ROWS = 64;

/** Characters of texts drawn side by side, at most, as all but the first wait in memory. */
const MOST_WAITING = 2 ** 26;

/** Bytes of a model times characters that one thread goes through in 50 ms; another takes 25 to start, and would halve them. */
const BRIEF = 2 ** 32;

/**
 * Generates texts.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 * @throws {UsageError} If a stop is empty.
 */
export async function generateCommand(settings: Settings<"generate">): Promise<number> {
  checkFlags(settings);
  checkInteractive(settings);
  const given = await givenPrefixes(settings);
  const file = await findModel(settings.model);
  using device = await openFor("generate", settings, await areBrief(settings, given, file));
  const { model, vocabulary, path } = await loadModel({ ...settings, model: settings.model ?? file }, device);
  if (settings.interactive && vocabulary.newlines === "lines") {
    throw contradiction("--interactive", `--model ${path}`, "it draws lines, each from its beginning");
  }
  if (settings.interactive) return await interact({ model, vocabulary }, settings);
  if (vocabulary.newlines === "lines") {
    return await generateLines({ model, vocabulary, path }, settings, given);
  }
  refuseOfLines(settings, path);
  const prefixes = await generatePrefixes(given, vocabulary, path);
  const { count, length, temperature, topK, topP, seed, stop } = settings;
  const total = prefixes.length * count;
  if (settings.raw) {
    checkRaw(vocabulary, path, total);
    const drawing = { length, temperature, topK, topP, seed, stop };
    await generateRaw(model, vocabulary, prefixes[0]!, drawing, (bytes) => stdout.bytes(bytes));
    await stdout.endBytes();
    return 0;
  }
  const wanted = Math.min(MOST_ROWS, total, Math.floor(MOST_WAITING / Math.max(1, length)));
  const most = rowsWithRoom(model, { rows: Math.max(1, wanted), length });
  for (let firstRow = 0; firstRow < total; firstRow += most) {
    const rows = Array.from({ length: Math.min(most, total - firstRow) }, (_, row) => firstRow + row);
    const part = rows.map((row) => prefixes[Math.floor(row / count)]!);
    const texts = isJson()
      ? new TextsAsObjects(part, firstRow)
      : new TextsInOrder((text) => stdout.text(text), rows.map((row, i) => headOf(row, total) + part[i]!));
    await texts.flush();
    const options = { prefixes: part, firstRow, length, temperature, topK, topP, seed, stop };
    try {
      for await (const { row, text, end } of generate(model, vocabulary, options)) {
        texts.add(row, text);
        if (end !== undefined) texts.end(row, end);
        await texts.flush();
      }
    } finally {
      await texts.endAll(); // after an error, and without a character, there is no last one
    }
  }
  return 0;
}

/** Whether texts are written before further threads have started. */
async function areBrief(
  { count, length, interactive }: Settings<"generate">,
  prefixes: readonly string[],
  file: string,
): Promise<boolean> {
  if (interactive) return false;
  const texts = Math.max(1, prefixes.length) * count;
  const characters = texts * length + prefixes.join("").length;
  return await fileSize(file) * characters < BRIEF;
}

function checkFlags({ stop, raw, json, interactive }: Settings<"generate">): void {
  if (stop.includes("")) {
    throw new UsageError(
      'Cannot use "--stop" as it must be a text of one character or more: current value is ""',
    );
  }
  if (raw && json) throw contradiction("--raw", "--json", "its bytes need not be a text");
  if (interactive && json) throw contradiction("--interactive", "--json", "people type and read there");
}

/** What stands before a text, where there are several. */
function headOf(row: number, total: number): string {
  if (total === 1) return "";
  return `${row > 0 ? "\n" : ""}==> ${row + 1} of ${total} <==\n`;
}
