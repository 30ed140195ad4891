/**
 * `generate` of a model of lines: each is drawn from its beginning and ends by itself, a line of standard output each. Lines
 * that are not wanted are drawn anew, so often as the table here says.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { generate } from "../generate.ts";
import { rowsWithRoom } from "../generate/demand.ts";
import { encodePrefix } from "../generate/options.ts";
import { counted, thousands } from "../messages/printable.ts";
import { quote } from "../messages/quote.ts";
import type { RNNModel } from "../model.ts";
import { contradiction } from "./check_flags.ts";
import { openCorpus } from "./corpus_files.ts";
import type { Settings } from "./flags.ts";
import { stdout } from "./output.ts";
import { kebabCase } from "./parse_flags.ts";
import { checkedPrefixes } from "./prefixes.ts";
import { isJson, tell } from "./results.ts";

/** Lines that are drawn side by side, at most. */
const MOST_ROWS = 64;
/** How often lines are drawn, where not every one is wanted, for each that is found; and in all at least. */
const TRIES = { each: 20, least: 1000 };

/** The flags that lines alone have. */
const OF_LINES = ["startsWith", "minLength", "maxLength", "unique", "notIn"] as const;

/** What lines are drawn by. */
interface Lines {
  readonly model: RNNModel;
  readonly vocabulary: Vocabulary;
  /** The model's file. */
  readonly path: string;
}

/** A line that was drawn. */
interface Drawn {
  text: string;
  /** The length, too, where there was nothing to draw. */
  end: "stop" | "length";
}

/**
 * Refuses what a model of running text cannot do.
 *
 * @param settings The flags' values.
 * @param path The model's file.
 * @throws {UsageError} If a flag of lines was given.
 */
export function refuseOfLines(settings: Settings<"generate">, path: string): void {
  const name = OF_LINES.find((name) => {
    const { [name]: value } = settings;
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
  if (name === undefined) return;
  const reason = "it was trained on running text, and train --lines makes models of lines";
  throw contradiction(`--${kebabCase(name)}`, `--model ${path}`, reason);
}

/**
 * Draws lines.
 *
 * @param lines The model and its tokens.
 * @param settings The flags' values.
 * @param prefixes What --prefix and --prefix-file say: lines begin with that too.
 * @returns The exit code.
 * @throws {UsageError} If two lengths contradict each other.
 * @throws {RangeError} If there are not as many lines that are wanted, in so many tries; those that were found are printed.
 */
export async function generateLines(
  { model, vocabulary, path }: Lines,
  settings: Settings<"generate">,
  prefixes: readonly string[],
): Promise<number> {
  checkLengths(settings, path);
  const { count, startsWith, unique, notIn } = settings;
  const beginnings = checkedPrefixes([...startsWith, ...prefixes], vocabulary);
  if (beginnings.length === 0) beginnings.push("");
  const sizes = beginnings.map((beginning) => lengthsOf(beginning, vocabulary, settings));
  const unwanted = await linesIn(notIn, vocabulary);
  const filtered = unique || notIn.length > 0;
  const triesFor = (found: number): number => Math.max(TRIES.least, TRIES.each * found);
  const tries = filtered ? triesFor(count) : count;
  let row = 0;
  for (const [index, beginning] of beginnings.entries()) {
    let found = 0;
    let tried = 0;
    for await (
      const line of drawn(model, vocabulary, {
        ...settings,
        ...sizes[index]!,
        beginning,
        tries,
        first: index * tries,
      })
    ) {
      tried++;
      if (unwanted.has(line.text)) {
        if (tried >= triesFor(found + 1)) break;
        continue;
      }
      if (unique) unwanted.add(line.text);
      found++;
      if (isJson()) tell({ row, prefix: beginning, ...line });
      else await stdout.text(`${line.text}\n`);
      row++;
      if (found === count) break;
    }
    if (found < count) throw tooFew({ found, tried, beginning }, settings);
  }
  return 0;
}

/** How a line is drawn. */
interface Drawing
  extends Pick<Settings<"generate">, "temperature" | "topK" | "topP" | "seed" | "stop" | "count"> {
  readonly beginning: string;
  readonly length: number;
  readonly minLength: number | undefined;
  /** Lines to draw, at most. */
  readonly tries: number;
  /** Which of the seed's sequences the first one is drawn by. */
  readonly first: number;
}

/** Lines one after the other, drawn side by side: how many at once decides nothing. */
async function* drawn(
  model: RNNModel,
  vocabulary: Vocabulary,
  { beginning, tries, first, count, minLength, ...drawing }: Drawing,
): AsyncGenerator<Drawn, void, void> {
  const { length, temperature, topK, topP, seed, stop } = drawing;
  const bar = minLength === undefined ? {} : { minLength };
  const options = { prefix: beginning, length, temperature, topK, topP, seed, stop, ...bar };
  const most = rowsWithRoom(model, { rows: Math.min(MOST_ROWS, tries, Math.max(count, 1)), length });
  for (let tried = 0; tried < tries; tried += most) {
    const lines = Array.from(
      { length: Math.min(most, tries - tried) },
      (): Drawn => ({ text: beginning, end: "length" }),
    );
    const rows = { count: lines.length, firstRow: first + tried };
    for await (const { row, text, end } of generate(model, vocabulary, { ...options, ...rows })) {
      const line = lines[row]!;
      line.text += text;
      line.end = end ?? line.end;
    }
    yield* lines;
  }
}

function checkLengths({ minLength, maxLength, raw }: Settings<"generate">, path: string): void {
  if (raw) throw contradiction("--raw", `--model ${path}`, "it draws lines, a line of standard output each");
  if (minLength === undefined || maxLength === undefined || minLength <= maxLength) return;
  throw contradiction(`--min-length ${minLength}`, `--max-length ${maxLength}`, "no line could end");
}

/** Tokens to draw behind a beginning, at most, and those of a line, at least. */
function lengthsOf(
  beginning: string,
  vocabulary: Vocabulary,
  { length, minLength, maxLength }: Settings<"generate">,
): { length: number; minLength: number | undefined } {
  const begun = encodePrefix(beginning, vocabulary).length - 1;
  if (maxLength === undefined) {
    if (minLength === undefined || minLength <= begun + length) return { length, minLength };
    throw contradiction(`--min-length ${minLength}`, `--length ${length}`, "lines would have fewer");
  }
  if (begun <= maxLength) return { length: maxLength - begun, minLength };
  throw contradiction(
    `--starts-with ${beginning}`,
    `--max-length ${maxLength}`,
    `it has ${counted(begun, vocabulary.kind)}`,
  );
}

/** The lines of texts, as a model of these tokens would write them. */
async function linesIn(paths: readonly string[], vocabulary: Vocabulary): Promise<Set<string>> {
  const lines = new Set<string>();
  if (paths.length === 0) return lines;
  let rest = "";
  for await (const piece of openCorpus(paths, { encoding: "utf-8" }).pieces) {
    const parts = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop()!;
    for (const line of parts) lines.add(asWritten(line, vocabulary));
  }
  return lines.add(asWritten(rest.replace(/\r$/, ""), vocabulary));
}

/** Decoded words have the spaces that a reader expects. */
function asWritten(line: string, vocabulary: Vocabulary): string {
  return vocabulary.kind === "word" && vocabulary.covers(line)
    ? vocabulary.decode(vocabulary.encode(line))
    : line;
}

/** The error of lines that were not found. */
function tooFew(
  { found, tried, beginning }: { found: number; tried: number; beginning: string },
  { count, unique, notIn }: Settings<"generate">,
): RangeError {
  const one = count === 1;
  const wanted = [
    ...(unique ? [one ? "differs from the others" : "differ from each other"] : []),
    ...(notIn.length > 0 ? [`${one ? "is" : "are"} not in ${notIn.map(quote).join(", ")}`] : []),
  ].join(" and ");
  const from = beginning === "" ? "" : ` from ${quote(beginning)} on`;
  return new RangeError(
    `Cannot find ${counted(count, "line")}${from} that ${wanted}: ` +
      `${thousands(found)} ${found === 1 ? "was" : "were"} found in ${thousands(tried)} tries, ` +
      "and a higher --temperature finds others",
  );
}
