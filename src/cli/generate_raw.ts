/**
 * `generate --raw`: the bytes that a model of bytes draws, as they are: they need not be a text.
 *
 * @module
 */
import { encodeBytes } from "../data/tokens.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { generate, type GenerateOptions } from "../generate.ts";
import { Stops } from "../generate/stops.ts";
import type { RNNModel } from "../model.ts";
import { contradiction } from "./check_flags.ts";

/** What the flags say of the text. */
type Drawing = Omit<GenerateOptions, "prefix" | "prefixes" | "stop"> & { readonly stop: readonly string[] };

/**
 * Checks that bytes can be written: the model is one of bytes, and there is one text.
 *
 * @param vocabulary The model's.
 * @param model The model's file.
 * @param total How many texts are asked for.
 * @throws {UsageError} If they cannot.
 */
export function checkRaw({ kind }: Vocabulary, model: string, total: number): void {
  if (kind !== "byte") {
    throw contradiction("--raw", `--model ${model}`, `its tokens are ${kind}s, which are written as text`);
  }
  if (total > 1) {
    throw contradiction("--raw", `${total} texts`, "nothing would part their bytes: name one --prefix");
  }
}

/**
 * Goes on from a prefix, byte by byte.
 *
 * @param model A model of bytes.
 * @param vocabulary Its bytes.
 * @param prefix Written first, as it is given.
 * @param drawing How bytes are drawn, and where they end.
 * @param write Takes the bytes.
 */
export async function generateRaw(
  model: RNNModel,
  vocabulary: Vocabulary,
  prefix: string,
  { stop, ...drawing }: Drawing,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  // A byte is a character here, so that stops are found among bytes as they are in texts.
  const stops = new Stops(stop.map((text) => String.fromCharCode(...encodeBytes(text))));
  const writeDecided = async (decided: string): Promise<void> => {
    if (decided !== "") await write(Uint8Array.from(decided, (character) => character.charCodeAt(0)));
  };
  await write(encodeBytes(prefix));
  for await (const { id } of generate(model, vocabulary, { ...drawing, prefix, stop })) {
    await writeDecided(stops.push(String.fromCharCode(id)));
  }
  await writeDecided(stops.end());
}
