/**
 * Files of other frameworks as a plain model, checked as far as that goes without a device.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import { inTurns } from "../../turn.ts";
import { notFinite } from "../read_model.ts";
import type { Framework, ImportFile, PlainModel } from "./plain.ts";
import { checkSizes } from "./sizes.ts";
import { readerOf } from "./tell.ts";
import { damaged } from "./unfit.ts";

/** What the files do not tell, and what may end the reading early. */
export interface ReadOptions {
  /** The framework, where it is known. */
  readonly from?: Framework | undefined;
  /** The activation of an RNN, where the file does not tell it. */
  readonly nonlinearity?: "tanh" | "relu" | undefined;
  /** Ends it: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a model.
 *
 * @param files The model's files.
 * @param options What they do not tell.
 * @returns The plain model.
 * @throws {SyntaxError} If a file is damaged, or weights are not finite.
 * @throws {TypeError} If no reader knows them, or the model is none of refrain's.
 */
export async function readPlain(
  files: readonly ImportFile[],
  { from, nonlinearity, signal }: ReadOptions,
): Promise<PlainModel> {
  signal?.throwIfAborted();
  const read = readerOf(files, from);
  const model = await read(files, { nonlinearity });
  checkSizes(model.layers);
  for (const layer of model.layers) {
    if (layer.kind === "activation") continue;
    const bad = await inTurns(notFinite(layer.arrays), signal);
    if (bad !== undefined) throw damaged(`in ${quote(layer.name)} ${bad}`);
  }
  return model;
}
