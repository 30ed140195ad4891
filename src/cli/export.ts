/**
 * `export`: a model as one file for others, a page or a file of another framework.
 *
 * @module
 */
import { contradiction, missing } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Writes a model as what was asked for.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {UsageError} If nothing says what it is to become, or two flags contradict each other.
 * @throws {RangeError} If there is no model, its file cannot be read, or the new one cannot be written.
 * @throws {TypeError} If the model has no vocabulary, or the format has not what the model has.
 */
export async function exportCommand(settings: Settings<"export">): Promise<number> {
  const { html, to, form, overwrite } = settings;
  if (!html && to === undefined) {
    throw new UsageError(
      'Cannot export without "--html" or "--to": a page, or a file of onnx, keras or safetensors',
    );
  }
  if (form !== undefined && to !== "onnx") throw missing(`--form ${form}`, "--to onnx");
  if (to === undefined) {
    if (overwrite) throw missing("--overwrite", "--to");
    return await (await import("./export/page.ts")).exportPage(settings);
  }
  if (html) throw contradiction("--html", `--to ${to}`, "a model becomes one of them at a time");
  return await (await import("./export/model_file.ts")).exportModelFile(settings, to);
}
