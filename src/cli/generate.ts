/**
 * `generate`: standard output carries the text alone, as it comes.
 *
 * @module
 */
import { generate } from "../generate.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { choosePrefixes, loadModel } from "./texts.ts";

/**
 * Generates text, prefix by prefix.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export async function generateCommand(settings: Settings<"generate">): Promise<number> {
  using device = await openFor("generate", settings);
  const { model, vocabulary } = await loadModel(settings, device);
  const { length, temperature, topK, topP, seed, stop } = settings;
  let before = "";
  for (const prefix of choosePrefixes(settings.prefix, vocabulary)) {
    await write(before + prefix);
    const options = { prefix, length, temperature, topK, topP, seed, stop };
    for await (const { text } of generate(model, vocabulary, options)) await write(text);
    await write("\n");
    before = "\n";
  }
  return 0;
}

async function write(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
}
