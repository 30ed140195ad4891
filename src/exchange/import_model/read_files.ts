/**
 * The files of a model, by paths or as bytes, and the plain model in them.
 *
 * @module
 */
import { Vocabulary } from "../../data/vocabulary.ts";
import { readFile } from "../../files/atomic_file.ts";
import { assertFiles } from "../../files/file_error.ts";
import { quote } from "../../messages/quote.ts";
import { typeName } from "../../messages/type_name.ts";
import type { ImportFiles } from "./options.ts";
import type { ImportFile, PlainModel } from "./plain.ts";
import { type ReadOptions, readPlain } from "./read.ts";
import { numbersOf, release } from "./release.ts";

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
