/**
 * What commands read: the corpus, the model.
 *
 * @module
 */
import { readFile } from "../files/atomic_file.ts";
import { modelPath, newestRun } from "../files/find_run.ts";
import { Corpus } from "../data/corpus.ts";
import type { CorpusOptions } from "../data/corpus_options.ts";
import { decodeText } from "../data/encoding.ts";
import { LYRICS } from "../data/lyrics.ts";
import type { Newlines } from "../data/line_breaks.ts";
import { isUtf8 } from "../data/strict_decoder.ts";
import type { TokenKind } from "../data/tokens.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import type { UnknownPolicy } from "../data/vocabulary_options.ts";
import type { Device } from "../device/device.ts";
import { load, type LoadedModel } from "../exchange/model_file.ts";
import { listed } from "../model/config.ts";
import { errorNaming, sentenceOf } from "../messages/naming.ts";
import { firstOf } from "../messages/printable.ts";
import { checkPreparation } from "./check_flags.ts";
import { openCorpus } from "./corpus_files.ts";
import { note } from "./results.ts";
import { UsageError } from "./usage_error.ts";

/** As many characters of the built-in corpus as the tutorial takes of its own. */
const BUILT_IN_CHARACTERS = 10_000;

/** How many names a line lists. */
const MOST_NAMES = 10;

/** A corpus and where it came from. */
export interface NamedCorpus {
  /** The file's path, or "built-in lyrics". */
  readonly name: string;
  /** The text as ids. */
  readonly corpus: Corpus;
}

/**
 * Reads a corpus, and says on standard error what was left out of it.
 *
 * @param settings Its files, how much of them, what becomes of line breaks and unknown tokens, and what a token is.
 * @param vocabulary That of a model; without it the text's own.
 * @returns The corpus and its name.
 * @throws {RangeError} If a file is missing or empty, or has a token that the vocabulary lacks.
 * @throws {SyntaxError} If one is not in that encoding.
 * @throws {UsageError} If a flag has no effect, or standard input is named twice.
 */
export async function readCorpus(
  settings: {
    corpus: readonly string[];
    encoding: string;
    maxChars: number | undefined;
    newlines: Newlines | undefined;
    lines?: boolean;
    tokenizer?: TokenKind;
    unknown: UnknownPolicy | undefined;
    minCount?: number;
    maxVocabulary?: number | undefined;
  },
  vocabulary?: Vocabulary,
): Promise<NamedCorpus> {
  const { corpus: paths, encoding, unknown, tokenizer: kind, minCount, maxVocabulary } = settings;
  const builtIn = paths.length === 0;
  const ownWay = settings.lines ? "lines" : builtIn ? "space" : "keep";
  const { newlines = ownWay, maxChars = builtIn ? BUILT_IN_CHARACTERS : undefined } = settings;
  const options = {
    ...(maxChars === undefined ? {} : { maxChars }),
    ...(vocabulary ? { vocabulary } : { kind, newlines, minCount, maxVocabulary }),
    ...(unknown ? { unknown } : {}),
  };
  checkPaths(paths, encoding);
  if (builtIn) return { name: "built-in lyrics", corpus: builtInCorpus(options) };
  const asTheyStand = (vocabulary?.kind ?? kind) === "byte" && isUtf8(encoding);
  const { name, pieces, leftOut } = openCorpus(paths, { encoding: asTheyStand ? undefined : encoding });
  const corpus = await Corpus.fromStream(pieces, options);
  if (leftOut.length > 0) note(`corpus: left out ${firstOf(leftOut, MOST_NAMES)}`);
  return { name, corpus };
}

/** The built-in lyrics: who named no text is told which one was read. */
function builtInCorpus(options: CorpusOptions): Corpus {
  try {
    return Corpus.fromText(LYRICS, options);
  } catch (error) {
    if (!(error instanceof RangeError) || !error.message.startsWith("Cannot encode")) throw error;
    const advice = "--corpus names a text in place of the built-in lyrics";
    throw errorNaming(RangeError, (option) => `${sentenceOf(error, option)}, and ${advice}`, {
      cause: error,
    });
  }
}

/** Flags without effect, or that cannot be done, in words of the command line. */
function checkPaths(paths: readonly string[], encoding: string): void {
  if (paths.length === 0 && !isUtf8(encoding)) {
    throw new UsageError(`Cannot use "--encoding ${encoding}" without "--corpus": it belongs to files`);
  }
  if (paths.filter((path) => path === "-").length > 1) {
    throw new UsageError('Cannot use "--corpus -" more than once: standard input is read once');
  }
}

/**
 * Finds a model file: the one that was named, else that of the newest run, which is then named on standard error.
 *
 * @param given A run's folder or a model file.
 * @returns The file's path.
 * @throws {RangeError} If there is none.
 */
export async function findModel(given: string | undefined): Promise<string> {
  const newest = given ?? await newestRun();
  if (newest === undefined) {
    throw new RangeError(
      "Cannot find a model as there is no run under runs/: train one, or name one with --model",
    );
  }
  if (given === undefined) note(`model: ${newest}`);
  return await modelPath(newest);
}

/**
 * Loads a model, with the policy for unknown tokens that was asked for.
 *
 * @param settings A run's folder or a model file (without one, the newest run), a vocabulary for it, how texts are to be
 * prepared, the activation of an RNN of another program, whether weights may have been changed by one.
 * @param device The device on which it shall compute.
 * @param flag The flag that names the model.
 * @returns The model and its tokens.
 * @throws {RangeError} If there is none, or no token stands for unknown ones.
 * @throws {UsageError} If a flag prepares texts in another way than the model's.
 */
export async function loadModel(
  settings: {
    model: string | undefined;
    vocabulary: string | undefined;
    newlines?: Newlines | undefined;
    tokenizer?: TokenKind | undefined;
    unknown?: UnknownPolicy | undefined;
    nonlinearity?: "tanh" | "relu" | undefined;
    acceptChangedWeights?: boolean;
  },
  device: Device,
  flag: string = "--model",
): Promise<LoadedModel & { path: string }> {
  const path = await findModel(settings.model);
  const given = settings.vocabulary === undefined
    ? {}
    : { vocabulary: await readVocabulary(settings.vocabulary) };
  const { nonlinearity, acceptChangedWeights = false } = settings;
  const options = { ...given, ...(nonlinearity ? { nonlinearity } : {}), verify: !acceptChangedWeights };
  const loaded = await load(path, device, options);
  if (loaded.formatVersion === 1) {
    note(`model: ${path} is a file of refrain 0.1, which has no checksum against damage`);
  }
  note(...notesOn(loaded).map((line) => `model: ${line}`));
  const { unknown } = settings;
  const { vocabulary } = loaded;
  checkPreparation(settings, vocabulary, `${flag} ${settings.model ?? path}`);
  return { ...loaded, vocabulary: unknown ? vocabulary.withUnknown(unknown) : vocabulary, path };
}

/** What people should know of a file of another program. */
function notesOn({ supposed: { nonlinearity, stack, zeroBias }, leftAside }: LoadedModel): string[] {
  return [
    ...(nonlinearity
      ? [`${nonlinearity} is supposed, as the file does not tell its activation: else --nonlinearity relu`]
      : []),
    ...(stack ? [`${listed(stack)} are supposed to be the layers of one stack, in this order`] : []),
    ...(zeroBias ? [`${zeroBias} is supposed to be zero, as the file has one bias a layer`] : []),
    ...(leftAside.length > 0 ? [`left aside, as the model needs them not: ${listed(leftAside)}`] : []),
  ];
}

/**
 * Reads a vocabulary, of refrain or another program.
 *
 * @param path A file of JSON.
 * @returns The vocabulary.
 * @throws {RangeError} If the file cannot be read, or the tokens make no vocabulary.
 * @throws {SyntaxError} If it is not JSON.
 */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  const bytes = await readFile(path);
  let value: unknown;
  try {
    value = JSON.parse(decodeText(bytes));
  } catch {
    throw new SyntaxError(
      `Cannot read the vocabulary "${path}" as it is not JSON: write ["a", "b"], its tokens in the order of their ids`,
    );
  }
  return Vocabulary.fromJSON(value);
}
