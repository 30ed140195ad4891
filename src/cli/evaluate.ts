/**
 * `evaluate`: how well a model knows a text.
 *
 * @module
 */
import { thousands } from "../messages/printable.ts";
import { evaluate } from "../train/evaluate.ts";
import { contradiction } from "./check_flags.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { stdout } from "./output.ts";
import { loadModel, readCorpus } from "./texts.ts";
import { lineBreaksOf, unknownOf } from "./wording.ts";

/**
 * Measures a model.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function evaluateCommand(settings: Settings<"evaluate">): Promise<number> {
  const { rows, windows } = settings;
  if (rows !== undefined && windows !== undefined) {
    throw contradiction(`--rows ${rows}`, `--windows ${windows}`, "windows are read side by side anyway");
  }
  // One stream is a job for the CPU: a GPU takes as long for a token as for one of each of many rows.
  using device = await openFor(rows || windows ? "train" : "generate", settings);
  const { model, vocabulary } = await loadModel(settings, device);
  const { corpus } = await readCorpus(settings, vocabulary);
  const { kind } = vocabulary;
  const evaluation = await evaluate(model, corpus, {
    ...(rows === undefined ? {} : { rows }),
    ...(windows === undefined ? {} : { windows }),
  });
  const { loss, perplexity, bitsPerCharacter, characters, measured } = evaluation;
  const line = (name: string, value: string): void => stdout.lines(name.padEnd(20) + value);
  line("loss", loss.toFixed(6));
  line("perplexity", perplexity.toFixed(6));
  line(`bits per ${kind}`, bitsPerCharacter.toFixed(6));
  line(`${kind}s`, thousands(characters));
  const lineBreaks = lineBreaksOf(corpus);
  if (lineBreaks !== undefined) line("text", lineBreaks);
  const unknown = unknownOf(vocabulary, corpus.counts.unknown);
  if (unknown !== undefined) line("unknown", unknown);
  line("measured", measured);
  line(
    "not as in train",
    "there it is the mean of an epoch, while weights move, over the tokens in its batches alone",
  );
  return 0;
}
