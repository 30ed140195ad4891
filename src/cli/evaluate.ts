/**
 * `evaluate`: how well a model knows a text.
 *
 * @module
 */
import { checkFits } from "../data/batches.ts";
import { openDevice } from "../device/open_device.ts";
import { evaluate } from "../evaluate.ts";
import { load } from "../model_file.ts";
import type { Settings } from "./flags.ts";
import { findModel, readCorpus } from "./texts.ts";

/**
 * Measures a model.
 *
 * @param settings the flags' values
 * @returns the exit code
 */
export async function evaluateCommand(settings: Settings<"evaluate">): Promise<number> {
  const path = await findModel(settings.model);
  using device = await openDevice(settings.device, settings);
  const { model, vocabulary } = await load(path, device);
  const { corpus } = await readCorpus(settings, vocabulary);
  checkFits(corpus.size, settings);
  const { loss, perplexity, bitsPerCharacter, characters } = await evaluate(model, corpus, settings);
  console.log(`loss                ${loss.toFixed(6)}`);
  console.log(`perplexity          ${perplexity.toFixed(6)}`);
  console.log(`bits per character  ${bitsPerCharacter.toFixed(6)}`);
  console.log(`characters          ${characters.toLocaleString("en-US")}`);
  return 0;
}
