/**
 * `evaluate`: how well a model knows a text.
 *
 * @module
 */
import { thousands } from "../messages/printable.ts";
import type { DynamicOptions } from "../train/dynamic.ts";
import { evaluate } from "../train/evaluate.ts";
import { contradiction, missing } from "./check_flags.ts";
import { openFor } from "./device.ts";
import { baselineLines } from "./evaluate/baseline.ts";
import { heldOutOf, runOf, seenBy, trainingTextOf } from "./evaluate/run_of.ts";
import type { Settings } from "./flags.ts";
import { kebabCase } from "./parse_flags.ts";
import { stdout } from "./output.ts";
import { splitText } from "./split_text.ts";
import { loadModel, readCorpus } from "./texts.ts";
import { lineBreaksOf, placeOf, unknownOf } from "./wording.ts";

/**
 * Measures a model.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function evaluateCommand(settings: Settings<"evaluate">): Promise<number> {
  const { rows, windows, baseline } = settings;
  if (rows !== undefined && windows !== undefined) {
    throw contradiction(`--rows ${rows}`, `--windows ${windows}`, "windows are read side by side anyway");
  }
  const dynamic = dynamicOf(settings);
  // One stream is a job for the CPU: a GPU takes as long for a token as for one of each of many rows.
  using device = await openFor(isWide(settings) ? "train" : "generate", settings);
  const loaded = await loadModel(settings, device);
  const { model, vocabulary } = loaded;
  const run = await runOf(loaded.path, settings);
  const heldOut = heldOutOf(settings, run);
  const { corpus: text } = await readCorpus(settings, vocabulary);
  const [rest, corpus] = heldOut ? splitText(text, heldOut) : [undefined, text];
  const counted = baseline ? rest ?? await trainingTextOf(run, loaded, settings) : undefined;
  const options = {
    ...(rows === undefined ? {} : { rows }),
    ...(windows === undefined ? {} : { windows }),
  };
  const evaluation = await evaluate(model, corpus, { ...options, ...(dynamic ? { dynamic } : {}) });
  const { loss, perplexity, bitsPerCharacter, characters, measured } = evaluation;
  const { kind } = vocabulary;
  const line = (name: string, value: string): void => stdout.lines(name.padEnd(20) + value);
  line("loss", loss.toFixed(6));
  line("perplexity", perplexity.toFixed(6));
  line(`bits per ${kind}`, bitsPerCharacter.toFixed(6));
  line(`${kind}s`, thousands(characters));
  const lineBreaks = lineBreaksOf(corpus);
  if (lineBreaks !== undefined) line("text", lineBreaks);
  const unknown = unknownOf(vocabulary, corpus.counts.unknown);
  if (unknown !== undefined) line("unknown", unknown);
  if (heldOut) line("part", `${heldOut.fraction} of the text, ${placeOf(corpus)}`);
  const seen = await seenBy(loaded, { run, heldOut, text });
  if (seen !== undefined) line("seen", seen);
  line("measured", measured);
  line(
    "not as in train",
    "there it is the mean of an epoch, while weights move, over the tokens in its batches alone",
  );
  if (!counted) return 0;
  const what = rest ? "the rest of the text" : "the text of its training";
  const beside = { corpus, options, loss, what, dynamic: dynamic !== undefined };
  for (const [name, value] of await baselineLines(counted, beside)) line(name, value);
  return 0;
}

/** What is learnt on the way; undefined where nothing is. */
function dynamicOf(
  { dynamic, learningRate, segment, clipGradNorm, rows, windows }: Settings<"evaluate">,
): DynamicOptions | undefined {
  const given = Object.entries({ learningRate, segment, clipGradNorm }).filter(([, value]) =>
    value !== undefined
  );
  const [first] = given;
  if (!dynamic && first) throw missing(`--${kebabCase(first[0])} ${first[1]}`, "--dynamic");
  if (!dynamic) return undefined;
  if (clipGradNorm === 0) {
    throw contradiction("--clip-grad-norm 0", "--dynamic", "its steps are always clipped");
  }
  if (rows !== undefined) throw contradiction(`--rows ${rows}`, "--dynamic", "it reads in one stream");
  if (windows !== undefined) {
    throw contradiction(`--windows ${windows}`, "--dynamic", "it reads in one stream");
  }
  return Object.fromEntries(given);
}

/** Whether many rows are read at once. */
function isWide({ rows, windows, split, splitRows, dynamic }: Settings<"evaluate">): boolean {
  if (dynamic) return false;
  return rows !== undefined || windows !== undefined || split === "rows" || splitRows !== undefined;
}
