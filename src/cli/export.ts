/**
 * `export`: a model as a page that plays with it, one file for a browser alone.
 *
 * @module
 */
import { readModel } from "../exchange/read_model.ts";
import { readFile, writeFileAtomic } from "../files/atomic_file.ts";
import { fileError } from "../files/file_error.ts";
import { runFolderOf } from "../files/find_run.ts";
import { isGranted } from "../files/permissions.ts";
import { thousands } from "../messages/printable.ts";
import { BEGINNING } from "../playground/beginning.ts";
import { playgroundPage } from "../playground.ts";
import type { Settings } from "./flags.ts";
import { exportedPage } from "./permissions.ts";
import { tell } from "./results.ts";
import { findModel } from "./texts.ts";
import { UsageError } from "./usage_error.ts";
import { assertReplaceable, runName } from "./written_report.ts";

/**
 * Writes the page of a model.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {UsageError} If nothing says what it is to become.
 * @throws {RangeError} If there is no model, its file cannot be read, or the page cannot be written.
 * @throws {TypeError} If the model has no vocabulary.
 */
export async function exportCommand({ model, html, out }: Settings<"export">): Promise<number> {
  if (!html) throw new UsageError('Cannot export without "--html": it is all that a model becomes so far');
  const file = exportedPage(model, out);
  await assertReplaceable(file, {
    name: "page",
    beginning: BEGINNING,
    elsewhere: "--out FILE writes it elsewhere",
  });
  const path = await findModel(model);
  const bytes = await readFile(path);
  const { vocabulary } = await readModel(bytes); // what is damaged would tell so to a friend alone
  if (!vocabulary) {
    throw new TypeError(`Cannot export "${path}" as it has no vocabulary: a file of refrain has one`);
  }
  const page = new TextEncoder().encode(playgroundPage({ name: runName(runFolderOf(path)), bytes }));
  await write(file, page);
  tell(
    { page: file, bytes: page.length, model: path, modelBytes: bytes.length },
    `The page is in ${file}, ${thousands(page.length)} bytes: a browser opens it, without a network`,
  );
  return 0;
}

/** All of it or nothing, where its folder is granted; a file for which it is not is written as it is. */
async function write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const folder = path.replace(/[^/\\]*$/, "") || ".";
  if (isGranted("write", folder)) return await writeFileAtomic(path, bytes);
  try {
    await Deno.writeFile(path, bytes);
  } catch (error) {
    throw fileError(`write "${path}"`, "folder", error);
  }
}
