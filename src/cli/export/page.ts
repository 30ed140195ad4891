/**
 * `export --html`: a model as a page that plays with it, one file for a browser alone.
 *
 * @module
 */
import { readModel } from "../../exchange/read_model.ts";
import { readFile } from "../../files/atomic_file.ts";
import { runFolderOf } from "../../files/find_run.ts";
import { thousands } from "../../messages/printable.ts";
import { BEGINNING } from "../../playground/beginning.ts";
import { playgroundPage } from "../../playground.ts";
import type { Settings } from "../flags.ts";
import { exportedFile } from "../permissions.ts";
import { tell } from "../results.ts";
import { findModel } from "../texts.ts";
import { assertReplaceable, runName } from "../written_report.ts";
import { write } from "./write.ts";

/**
 * Writes the page of a model.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {RangeError} If there is no model, its file cannot be read, or the page cannot be written.
 * @throws {TypeError} If the model has no vocabulary.
 */
export async function exportPage({ model, out }: Settings<"export">): Promise<number> {
  const file = exportedFile({ model, out, to: undefined });
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
