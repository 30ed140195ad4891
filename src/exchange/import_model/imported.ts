/**
 * The model of files, on a device: what importModel() does, and what the command line makes a run of.
 *
 * @module
 */
import { Vocabulary } from "../../data/vocabulary.ts";
import type { Device } from "../../device/device.ts";
import { readFile } from "../../files/atomic_file.ts";
import { assertFiles } from "../../files/file_error.ts";
import { refuseUnknown } from "../../messages/options.ts";
import { quote } from "../../messages/quote.ts";
import { typeName } from "../../messages/type_name.ts";
import type { ImportedModel, ImportFiles, ImportOptions } from "./options.ts";
import { makeModel } from "../make_model.ts";
import { checkVocabulary } from "../read_model.ts";
import { languageModelOf } from "./language_model.ts";
import { networkOf } from "./network.ts";
import { FRAMEWORKS, type ImportFile, type PlainModel } from "./plain.ts";
import { type ReadOptions, readPlain } from "./read.ts";
import { dataOf, numbersOf, release } from "./release.ts";

/** importModel(). */
export async function imported(
  files: ImportFiles,
  device: Device,
  options: ImportOptions,
): Promise<ImportedModel> {
  const { from, nonlinearity, reset, signal } = options;
  refuseUnknown("import the model", options, {
    from,
    vocabulary: options.vocabulary,
    nonlinearity,
    reset,
    signal,
  });
  if (from !== undefined && !FRAMEWORKS.includes(from)) {
    throw new RangeError(
      `Cannot import the model as from must be ${FRAMEWORKS.map(quote).join(" or ")}: current value is ${
        quote(from)
      }`,
    );
  }
  const plain = await readFiles(files, { from, nonlinearity, reset, signal });
  const { framework, version } = plain;
  const vocabulary = options.vocabulary ?? vocabularyOf(plain);
  const language = languageModelOf(plain, vocabulary?.size);
  if (typeof language !== "string") {
    const { config, tensors } = language;
    release(numbersOf(plain.layers), dataOf(tensors));
    if (vocabulary) checkVocabulary(vocabulary, config.vocabularySize, "import");
    const model = makeModel(device, config, tensors);
    return { model, vocabulary, framework, version, notes: [...plain.notes, ...language.notes] };
  }
  if (vocabulary) throw noLanguageModel(language);
  const { network, notes } = networkOf(plain, device);
  return { model: network, vocabulary, framework, version, notes: [...plain.notes, ...notes] };
}

/**
 * The tokens that a file has.
 *
 * @param plain The model.
 * @returns The tokens; undefined of a file that has none.
 * @throws {TypeError} If they are no vocabulary.
 * @throws {RangeError} If their kind is another one, or one comes twice.
 */
export function vocabularyOf({ vocabulary }: PlainModel): Vocabulary | undefined {
  return vocabulary === undefined ? undefined : Vocabulary.fromJSON(vocabulary);
}

/**
 * Makes the error of a model that was to be one of tokens.
 *
 * @param reason Why it is none.
 * @returns The error, to be thrown.
 */
export function noLanguageModel(reason: string): TypeError {
  return new TypeError(
    `Cannot import the model as one of a vocabulary: ${reason}; importModel() without a vocabulary gives its layers`,
  );
}

/**
 * Reads a model.
 *
 * @param files Paths, or bytes by name.
 * @param options What they do not tell.
 * @returns The plain model.
 * @throws {SyntaxError} If a file is damaged, or weights are not finite.
 * @throws {TypeError} If no reader knows them, or the model is none of refrain's.
 * @throws {RangeError} If a file cannot be read.
 */
export async function readFiles(files: ImportFiles, options: ReadOptions): Promise<PlainModel> {
  const all = await readAll(files, options.signal);
  const plain = await readPlain(all, options);
  const own = typeof files === "string" || Array.isArray(files); // bytes that were given are not ours
  if (own) release(all.map(({ bytes }) => bytes), numbersOf(plain.layers));
  return plain;
}

/**
 * Reads the files of a model.
 *
 * @param files Paths, or bytes by name.
 * @param signal What may end it early.
 * @returns Names and bytes, at least one.
 * @throws {TypeError} If there are none, or they are neither.
 * @throws {RangeError} If one cannot be read.
 */
async function readAll(
  files: ImportFiles,
  signal: AbortSignal | undefined,
): Promise<readonly ImportFile[]> {
  const found: ImportFile[] = [];
  if (typeof files === "string" || Array.isArray(files)) {
    for (const path of typeof files === "string" ? [files] : files as readonly string[]) {
      assertFiles(`read ${quote(path)}`);
      found.push({ name: path.replace(/^.*[/\\]/s, ""), bytes: await readFile(path, { signal }) });
    }
  } else for (const [name, bytes] of Object.entries(files ?? {})) found.push({ name, bytes });
  const wrong = found.find(({ bytes }) => !(bytes instanceof Uint8Array));
  if (wrong) {
    throw new TypeError(
      `Cannot import the model as the bytes of ${quote(wrong.name)} must be a Uint8Array: current type is ${
        typeName(wrong.bytes)
      }`,
    );
  }
  if (found.length > 0) return found;
  throw new TypeError("Cannot import the model without a file: name its path, or give its bytes by name");
}
