/**
 * The texts to go on from: those that were given, those of a run, a text's own beginning, or the tutorial's.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { StrictDecoder } from "../data/strict_decoder.ts";
import { quote } from "../messages/quote.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { readConfigBeside } from "../files/find_run.ts";
import { encodePrefix } from "../generate/options.ts";
import { readChunks } from "./file_chunks.ts";
import { note } from "./results.ts";
import { UsageError } from "./usage_error.ts";
import { unknownOf } from "./wording.ts";

/** The tutorial's prefixes. */
const TUTORIAL = ["分开", "不分开"];

/** Lines that are drawn at a report. */
const SAMPLES = 5;

/** Tokens of a text's beginning that are taken at most; its first line may have fewer. */
const BEGINNING = 20;

/** Tokens among which the first line that is not blank is looked for. */
const SEARCHED = 256;

/** Characters of a file that is taken as one prefix, at most. */
const MOST_CHARACTERS = 2 ** 24;

/** The flags that name prefixes. */
interface PrefixFlags {
  readonly prefix: readonly string[];
  readonly prefixFile: readonly string[];
}

/**
 * The prefixes of the command line: those of `--prefix`, then the files.
 *
 * @param settings The flags' values.
 * @returns The texts as they are; none where none was named.
 * @throws {UsageError} If standard input is named twice.
 * @throws {RangeError} If a file cannot be read, or is empty or too long.
 * @throws {SyntaxError} If one is not UTF-8.
 */
export async function givenPrefixes({ prefix, prefixFile }: PrefixFlags): Promise<string[]> {
  if (prefixFile.filter((path) => path === "-").length > 1) {
    throw new UsageError('Cannot use "--prefix-file -" more than once: standard input is read once');
  }
  const texts = [...prefix];
  for (const path of prefixFile) texts.push(await readPrefix(path));
  return texts;
}

async function readPrefix(path: string): Promise<string> {
  const name = path === "-" ? "standard input" : `"${path}"`;
  const chunks = path === "-" ? Deno.stdin.readable : readChunks(path);
  const decoder = new StrictDecoder("utf-8", name);
  let text = "";
  try {
    for await (const chunk of chunks) {
      text += decoder.push(chunk);
      if (text.length > MOST_CHARACTERS) {
        throw new RangeError(
          `Cannot go on from all of ${name} as it has more than ${MOST_CHARACTERS} characters`,
        );
      }
    }
    decoder.end();
  } catch (cause) {
    throw asNoUtf8(cause, "save it as UTF-8");
  }
  if (text === "") throw new RangeError(`Cannot go on from ${name} as it is empty`);
  return text;
}

/**
 * What is wrong with a prefix's bytes. No flag says its encoding: that of train is the corpus's.
 *
 * @param cause What StrictDecoder threw.
 * @param advice What to do instead of naming another encoding.
 * @returns The error to throw.
 */
export function asNoUtf8(cause: unknown, advice: string): unknown {
  if (!(cause instanceof SyntaxError)) return cause;
  const fault = cause.message.replace(/: (?:name another|try) encoding\b.*$/, "");
  return new SyntaxError(`${fault}: ${advice}`, { cause });
}

/**
 * The prefixes from which `train` shows samples: those that were given, else the tutorial's of the built-in corpus, else the
 * text's own beginning.
 *
 * @param given The prefixes of the command line.
 * @param corpus The text, and the vocabulary whose tokens they must be.
 * @param builtIn Whether it is the built-in one.
 * @returns At least one prefix.
 * @throws {RangeError} If one is empty or has a token that the vocabulary lacks.
 */
export function trainPrefixes(given: readonly string[], corpus: Corpus, builtIn: boolean): string[] {
  const { vocabulary } = corpus;
  if (given.length > 0) return checkedPrefixes(given, vocabulary);
  if (vocabulary.newlines === "lines") return Array(SAMPLES).fill("");
  const known = builtIn ? knownOfTutorial(vocabulary) : [];
  return known.length > 0 ? known : [beginningOf(corpus)];
}

/**
 * The prefixes from which `generate` goes on: those that were given, else those of the run that the model lies in, else the
 * tutorial's.
 *
 * @param given The prefixes of the command line.
 * @param vocabulary The model's, whose tokens they must be.
 * @param modelFile The model's file, beside which a run has its settings.
 * @returns At least one prefix.
 * @throws {RangeError} If one is empty or has a token that the vocabulary lacks, or there is none.
 */
export async function generatePrefixes(
  given: readonly string[],
  vocabulary: Vocabulary,
  modelFile: string,
): Promise<string[]> {
  if (given.length > 0) return checkedPrefixes(given, vocabulary);
  const ofRun = prefixesOf(await configBeside(modelFile));
  if (ofRun.length > 0) return checkedPrefixes(ofRun, vocabulary);
  if (vocabulary.newlines === "lines") return [""];
  const known = knownOfTutorial(vocabulary);
  if (known.length > 0) return known;
  throw new RangeError(
    `Cannot go on from "${TUTORIAL[0]}" as the model does not know it: name a text with --prefix`,
  );
}

/** The settings beside a model; a damaged file keeps nobody from going on, and is told. */
async function configBeside(modelFile: string): Promise<unknown> {
  try {
    return await readConfigBeside(modelFile);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    note(`prefix: none of the run's own: ${error.message}`);
    return undefined;
  }
}

/**
 * Checks prefixes, and tells of what in them the model does not know.
 *
 * @param given The texts.
 * @param vocabulary The model's, whose tokens they must be.
 * @returns The texts; to a model of lines a line break at the end is that of a file, and no part of the line.
 * @throws {RangeError} If one is empty or has a token that the vocabulary lacks.
 */
export function checkedPrefixes(given: readonly string[], vocabulary: Vocabulary): string[] {
  const ofLines = vocabulary.newlines === "lines";
  const texts = given.map((text) => ofLines ? text.replace(/(\r\n|[\r\n])$/, "") : text);
  for (const text of texts) {
    encodePrefix(text, vocabulary);
    const lacking = unknownOf(vocabulary, vocabulary.countUnknown(text));
    if (lacking !== undefined) note(`prefix ${quote(text)}: ${lacking}`);
  }
  return texts;
}

function knownOfTutorial(vocabulary: Vocabulary): string[] {
  return TUTORIAL.filter((prefix) => vocabulary.covers(prefix));
}

/** The prefixes in a run's settings; none where a file of that name is something else. */
function prefixesOf(config: unknown): string[] {
  const prefix = (config as { prefix?: unknown } | null | undefined)?.prefix;
  return Array.isArray(prefix) && prefix.every((one) => typeof one === "string" && one !== "") ? prefix : [];
}

/**
 * The beginning of a text: its first line that is not blank, without what stands around it, of that the first tokens.
 *
 * @param corpus The text.
 * @returns At least one token.
 *
 * @example Usage
 * ```ts
 * import { Corpus } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(beginningOf(Corpus.fromText("\n  First Citizen:\nBefore we proceed")), "First Citizen:");
 * assertEquals(beginningOf(Corpus.fromText("It was the best of times, it was")), "It was the best of t");
 * ```
 */
export function beginningOf({ ids, vocabulary }: Corpus): string {
  // Bytes may be no characters, which U+FFFD stands for.
  const whole = vocabulary.kind === "byte" ? /[^\s\ufffd][^\n\r\u2028\u2029\ufffd]*/u : /\S.*/u;
  const [line] = whole.exec(vocabulary.decode(ids.subarray(0, SEARCHED))) ?? [];
  const first = line === undefined ? ids : vocabulary.encode(line.trimEnd());
  const text = vocabulary.decode(first.subarray(0, BEGINNING));
  // The last byte taken may lie within a character.
  return (vocabulary.kind === "byte" && text.replace(/\ufffd+$/, "")) || text;
}
