/**
 * `quantize`: a smaller run of a run.
 *
 * @module
 */
import { quantize } from "../exchange/quantize.ts";
import { readFile } from "../files/atomic_file.ts";
import { RUN_FILES } from "../files/find_run.ts";
import { isSameFile } from "../files/paths.ts";
import { RunFolder } from "../files/run_folder.ts";
import { thousands } from "../messages/printable.ts";
import { missing } from "./check_flags.ts";
import type { Settings } from "./flags.ts";
import { tell } from "./results.ts";
import { findModel } from "./texts.ts";
import { UsageError } from "./usage_error.ts";

/** What weights become, for people. */
const TYPES = { int8: "int8", f16: "float16" } as const;

/**
 * Makes a run whose model is that of another with smaller weights.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {UsageError} If the run would take the place of the one that it is made of, or of one that is not named.
 * @throws {RangeError} If there is no model, a file cannot be read or written, or float16 does not hold a weight.
 * @throws {SyntaxError} If the model's file is damaged.
 * @throws {TypeError} If its weights are int8 already, or it has no vocabulary.
 */
export async function quantizeCommand(
  { model, to, out, overwrite, acceptChangedWeights }: Settings<"quantize">,
): Promise<number> {
  if (overwrite && out === undefined) throw missing("--overwrite", "--out");
  const path = await findModel(model);
  const name = path.replace(/^.*[/\\]/s, "");
  if (out !== undefined && await isSameFile(path, `${out}/${name}`)) {
    throw new UsageError(`Cannot quantize "${path}" into its own folder: --out names another`);
  }
  const bytes = await readFile(path);
  const small = await quantize(bytes, { to, verify: !acceptChangedWeights });
  const run = await RunFolder.create(out, { overwrite });
  try {
    await run.writeModel(small);
  } catch (error) {
    await run.discard();
    throw error;
  }
  await run.close();
  tell(
    {
      run: run.path,
      model: `${run.path}/${RUN_FILES.model}`,
      to,
      bytes: small.length,
      from: path,
      fromBytes: bytes.length,
    },
    `The model with weights of ${TYPES[to]} is kept in ${run.path}, ${
      thousands(small.length)
    } bytes in place of ` +
      `${thousands(bytes.length)}: generate, evaluate and serve take it`,
  );
  return 0;
}
