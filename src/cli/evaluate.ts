/**
 * `evaluate`: how well a model knows a text.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import { thousands } from "../messages/printable.ts";
import type { DynamicOptions } from "../train/dynamic.ts";
import { evaluate, type Evaluation } from "../train/evaluate.ts";
import { contradiction, missing } from "./check_flags.ts";
import { openFor } from "./device.ts";
import { baselineBeside } from "./evaluate/baseline.ts";
import { type HeldOut, heldOutOf, runOf, seenBy, trainingTextOf } from "./run_of.ts";
import type { Settings } from "./flags.ts";
import { kebabCase } from "./parse_flags.ts";
import { print, tell } from "./results.ts";
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
  const { rows, windows, baseline, series } = settings;
  if (series !== undefined) {
    return await (await import("./evaluate/series.ts")).evaluateSeriesCommand({ ...settings, series });
  }
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
  const seen = await seenBy(loaded, { run, heldOut, text });
  printEvaluation(evaluation, { corpus, heldOut, seen });
  const { loss } = evaluation;
  const what = rest ? "the rest of the text" : "the text of its training";
  const beside = { corpus, options, loss, what, dynamic: dynamic !== undefined };
  const counting = counted && await baselineBeside(counted, beside);
  if (counting) print(...counting.lines);
  const { unknown } = corpus.counts;
  const facts = { model: loaded.path, kind: vocabulary.kind, unknown, heldOut, seen };
  tell({ ...evaluation, ...facts, baseline: counting?.facts });
  return 0;
}

/** Prints what was found, for people. */
function printEvaluation(
  { loss, perplexity, bitsPerCharacter, characters, measured }: Evaluation,
  { corpus, heldOut, seen }: { corpus: Corpus; heldOut: HeldOut | undefined; seen: string | undefined },
): void {
  const { vocabulary, counts } = corpus;
  const { kind } = vocabulary;
  const rows = [
    ["loss", loss.toFixed(6)],
    ["perplexity", perplexity.toFixed(6)],
    [`bits per ${kind}`, bitsPerCharacter.toFixed(6)],
    [`${kind}s`, thousands(characters)],
    ["text", lineBreaksOf(corpus)],
    ["unknown", unknownOf(vocabulary, counts.unknown)],
    ["part", heldOut && `${heldOut.fraction} of the text, ${placeOf(corpus)}`],
    ["seen", seen],
    ["measured", measured],
    [
      "not as in train",
      "there it is the mean of an epoch, while weights move, over the tokens in its batches alone",
    ],
  ] as const;
  print(...rows.filter(([, value]) => value !== undefined).map(([name, value]) => name.padEnd(20) + value));
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
