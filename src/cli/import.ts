/**
 * `import`: a run of a model that another framework trained.
 *
 * @module
 */
import type { Vocabulary } from "../data/vocabulary.ts";
import { readFiles, vocabularyOf } from "../exchange/import_model/read_files.ts";
import { type Language, languageModelOf } from "../exchange/import_model/language_model.ts";
import type { PlainModel } from "../exchange/import_model/plain.ts";
import type { ReadOptions } from "../exchange/import_model/read.ts";
import { dataOf, numbersOf, release } from "../exchange/import_model/release.ts";
import { encodeWeights } from "../exchange/model_file.ts";
import { checkVocabulary } from "../exchange/read_model.ts";
import { RUN_FILES } from "../files/find_run.ts";
import { RunFolder } from "../files/run_folder.ts";
import { missing } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { note, tell } from "./results.ts";
import { readVocabulary } from "./texts.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Makes a run of a model's files.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {UsageError} If no file is named, or --overwrite tells not of which run.
 * @throws {SyntaxError} If a file is damaged.
 * @throws {TypeError} If the model is no language model of refrain's, or the vocabulary is not of its size.
 * @throws {RangeError} If a file cannot be read or written.
 */
export async function importCommand(
  { file, from, vocabulary: tokens, nonlinearity, reset, out, overwrite }: Settings<"import">,
): Promise<number> {
  if (file.length === 0) {
    throw new UsageError('Cannot import without a file: name it, as in "import model.keras"');
  }
  if (overwrite && out === undefined) throw missing("--overwrite", "--out");
  const given = tokens === undefined ? undefined : await readVocabulary(tokens);
  const { bytes, config, notes, framework, version } = await modelOf(file, {
    from,
    nonlinearity,
    reset,
    given,
  });
  const run = await RunFolder.create(out, { overwrite });
  try {
    await run.writeModel(bytes);
  } catch (error) {
    await run.discard();
    throw error;
  }
  await run.close();
  note(...notes.map((line) => `model: ${line}`));
  const wrote = `${framework}${version === undefined ? "" : ` ${version}`}`;
  tell(
    { run: run.path, model: `${run.path}/${RUN_FILES.model}`, framework, version, config, notes },
    `The model of ${wrote} is kept in ${run.path}: generate, evaluate and serve take it`,
  );
  return 0;
}

/** A model's file, made of others, of which nothing outlives it: they may be large. */
interface Made extends Pick<Language, "config" | "notes">, Pick<PlainModel, "framework" | "version"> {
  readonly bytes: Uint8Array;
}

async function modelOf(
  files: readonly string[],
  { given, ...options }: ReadOptions & { given: Vocabulary | undefined },
): Promise<Made> {
  const plain = await readFiles(files, options);
  const vocabulary = given ?? vocabularyOf(plain);
  const { framework, version } = plain;
  const language = languageModelOf(plain, vocabulary?.size);
  if (typeof language === "string") {
    throw new TypeError(
      `Cannot make a run of the model: ${language}; the library's importModel() takes it as layers`,
    );
  }
  const { config, tensors } = language;
  release(numbersOf(plain.layers), dataOf(tensors));
  if (!vocabulary) {
    throw new UsageError(
      `Cannot import the model as its file has no vocabulary: --vocabulary names its ${config.vocabularySize} tokens, ` +
        "a list as JSON in the order of their ids",
    );
  }
  checkVocabulary(vocabulary, config.vocabularySize, "import");
  const written = (): void => release(dataOf(tensors), []);
  const bytes = await encodeWeights(config, tensors, { vocabulary, written });
  return { bytes, config, framework, version, notes: [...plain.notes, ...language.notes] };
}
