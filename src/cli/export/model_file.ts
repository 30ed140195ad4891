/**
 * `export --to`: a model as a file of another framework.
 *
 * @module
 */
import { exportedWeights } from "../../exchange/export_model/exported.ts";
import type { ExportFormat } from "../../exchange/export_model/options.ts";
import { readModel } from "../../exchange/read_model.ts";
import { readFile } from "../../files/atomic_file.ts";
import { pathKind } from "../../files/paths.ts";
import { thousands } from "../../messages/printable.ts";
import type { Settings } from "../flags.ts";
import { exportedFile } from "../permissions.ts";
import { tell } from "../results.ts";
import { findModel } from "../texts.ts";
import { write } from "./write.ts";

/** What opens the file of each format. */
const OPENED_BY: Readonly<Record<ExportFormat, string>> = {
  onnx: "onnxruntime takes ids",
  keras: "keras.saving.load_model() opens it",
  safetensors: "safetensors.torch.load_file() gives its state dict",
};

/**
 * Writes the file of a model.
 *
 * @param settings The flags' values.
 * @param to The format.
 * @returns The exit code.
 * @throws {RangeError} If there is no model, its file cannot be read, or another is in the place of the new one.
 * @throws {TypeError} If the format has not what the model has.
 */
export async function exportModelFile(
  { model, out, form = "sequence", overwrite }: Settings<"export">,
  to: ExportFormat,
): Promise<number> {
  const file = exportedFile({ model, out, to });
  await assertFree(file, overwrite);
  const path = await findModel(model);
  const { config, tensors, vocabulary } = await readModel(await readFile(path));
  const bytes = await exportedWeights(config, tensors, { to, form, vocabulary });
  await write(file, bytes);
  tell(
    { file, to, ...to === "onnx" ? { form } : {}, bytes: bytes.length, model: path },
    `The model is in ${file}, ${thousands(bytes.length)} bytes: ${OPENED_BY[to]}`,
  );
  return 0;
}

/** Throws unless nothing is there yet, or it may be replaced. */
async function assertFree(file: string, overwrite: boolean): Promise<void> {
  const refuse = (reason: string): RangeError =>
    new RangeError(`Cannot write the model to "${file}" as ${reason}`);
  if (file === "" || file === "-") throw refuse("that is no file: --out FILE names one");
  const kind = await pathKind(file);
  if (kind === "folder") throw refuse("a folder is there: --out FILE writes it elsewhere");
  if (kind === "nothing" || overwrite) return;
  throw refuse("a file is there: --overwrite takes its place, --out FILE writes it elsewhere");
}
