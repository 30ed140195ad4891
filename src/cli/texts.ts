/**
 * What commands read: the corpus, the prefixes, the model.
 *
 * @module
 */
import { readFile } from "../checkpoint/atomic_file.ts";
import { modelPath, RunFolder } from "../checkpoint/run_folder.ts";
import { Corpus } from "../data/corpus.ts";
import { decodeText } from "../data/encoding.ts";
import { LYRICS } from "../data/lyrics.ts";
import type { Vocabulary } from "../data/vocabulary.ts";

/** As many characters of the built-in corpus as the tutorial takes of its own. */
const BUILT_IN_CHARACTERS = 10_000;

/** The tutorial's prefixes. */
const PREFIXES = ["分开", "不分开"];

/** A corpus and where it came from. */
export interface NamedCorpus {
  /** The file's path, or "built-in lyrics". */
  readonly name: string;
  /** The text as ids. */
  readonly corpus: Corpus;
}

/**
 * Reads a corpus.
 *
 * @param settings the file, how much of it, what becomes of line breaks
 * @param vocabulary that of a model; without it the text's own
 * @returns the corpus and its name
 * @throws {RangeError} when the file is missing or empty, or has a character that the vocabulary lacks
 * @throws {SyntaxError} when it is not in that encoding
 */
export async function readCorpus(
  settings: {
    corpus: string | undefined;
    encoding: string;
    maxChars: number | undefined;
    newlines: "space" | "keep";
  },
  vocabulary?: Vocabulary,
): Promise<NamedCorpus> {
  const {
    corpus: path,
    encoding,
    newlines,
    maxChars = path === undefined ? BUILT_IN_CHARACTERS : undefined,
  } = settings;
  const text = path === undefined ? LYRICS : decodeText(await bytesOf(path), encoding);
  if (text === "") throw new RangeError(`Cannot use corpus "${path}" as it is empty`);
  const options = {
    newlines,
    ...(maxChars === undefined ? {} : { maxChars }),
    ...(vocabulary ? { vocabulary } : {}),
  };
  return {
    name: path === "-" ? "standard input" : path ?? "built-in lyrics",
    corpus: Corpus.fromText(text, options),
  };
}

/** The bytes of a file, or of standard input for "-". */
async function bytesOf(path: string): Promise<Uint8Array> {
  return path === "-" ? await new Response(Deno.stdin.readable).bytes() : await readFile(path);
}

/**
 * The prefixes to go on from: those that were given, else those of the tutorial that a vocabulary has.
 *
 * @param given the prefixes of the command line
 * @param vocabulary whose characters they must be
 * @param corpus where two characters may be taken from when the vocabulary has no prefix of the tutorial
 * @returns at least one prefix
 * @throws {RangeError} when one is empty or has a character that the vocabulary lacks, or there is none
 */
export function choosePrefixes(given: readonly string[], vocabulary: Vocabulary, corpus?: Corpus): string[] {
  for (const prefix of given) {
    if (prefix === "") throw new RangeError("Cannot go on from an empty prefix: it must have a character");
    vocabulary.encode(prefix);
  }
  if (given.length > 0) return [...given];
  const known = PREFIXES.filter((prefix) => [...prefix].every((character) => vocabulary.has(character)));
  if (known.length > 0) return known;
  if (corpus) return [vocabulary.decode(corpus.ids.subarray(0, 2))];
  throw new RangeError(
    `Cannot go on from "${PREFIXES[0]}" as the model does not know it: name a text with --prefix`,
  );
}

/**
 * Finds a model file: the one that was named, else that of the newest run, which is then named on standard error.
 *
 * @param given a run's folder or a model file
 * @returns the file's path
 * @throws {RangeError} when there is none
 */
export async function findModel(given: string | undefined): Promise<string> {
  const newest = given ?? await RunFolder.newest();
  if (newest === undefined) {
    throw new RangeError(
      "Cannot find a model as there is no run under runs/: train one, or name one with --model",
    );
  }
  if (given === undefined) console.error(`model: ${newest}`);
  return await modelPath(newest);
}
