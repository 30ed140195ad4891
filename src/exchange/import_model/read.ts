/**
 * Files of other frameworks as a plain model, checked as far as that goes without a device.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import { inTurns } from "../../turn.ts";
import { notFinite } from "../read_model.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "./plain.ts";
import { checkSizes } from "./sizes.ts";
import { readerOf } from "./tell.ts";
import { damaged } from "./unfit.ts";

/** How load() begins of a state dict whose names or shapes are no model's, and what importing says instead. */
const OWN_WORDS: readonly [RegExp, string][] = [
  [/^Cannot load (the model|a state dict)/, "Cannot import the model"],
  [/^Cannot load parameter (".*?") as its shape/, "Cannot import the model as the shape of $1"],
];

/** What the files do not tell, and what may end the reading early. */
export interface ReadOptions extends ReaderOptions {
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
  { signal, ...options }: ReadOptions,
): Promise<PlainModel> {
  signal?.throwIfAborted();
  const read = readerOf(files, options.from);
  const model = await inOwnWords(() => read(files, options));
  checkSizes(model.layers);
  for (const layer of model.layers) {
    if (!("arrays" in layer)) continue;
    const bad = await inTurns(notFinite(layer.arrays), signal);
    if (bad !== undefined) throw damaged(`in ${quote(layer.name)} ${bad}`);
  }
  return model;
}

/** Does what may complain of a state dict in load()'s words, which are not those of who imports one. */
async function inOwnWords<T>(body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = OWN_WORDS.reduce((text, [theirs, own]) => text.replace(theirs, own), error.message);
    throw message === error.message ? error : new TypeError(message, { cause: error });
  }
}
