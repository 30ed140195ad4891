/**
 * `inspect`: which units of a model follow what of a text.
 *
 * @module
 */
import { readStored } from "../files/stored_model.ts";
import type { TokenKind } from "../data/tokens.ts";
import { inspect, type Inspection } from "../inspect.ts";
import { missing } from "./check_flags.ts";
import { openFor } from "./device.ts";
import { runBeside, validationTextOf } from "./run_of.ts";
import type { Settings } from "./flags.ts";
import { OFTEN } from "../inspect/survey.ts";
import { factsOf } from "./inspect/facts.ts";
import { featureLines, reasonsOf, unitLines } from "./inspect/lines.ts";
import { save } from "./inspect/save.ts";
import { stdout } from "./output.ts";
import { note, print, tell } from "./results.ts";
import { loadModel, type NamedCorpus, readCorpus } from "./texts.ts";
import { describeModel, madeOfBreaks, unknownOf } from "./wording.ts";

/**
 * Inspects a model.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {RangeError} If the text is so short that no feature comes often.
 */
export async function inspectCommand(settings: Settings<"inspect">): Promise<number> {
  checkText(settings);
  const { rows, top, excerpt } = settings;
  using device = await openFor(rows === undefined ? "generate" : "train", settings);
  const loaded = await loadModel(settings, device);
  const { model, vocabulary, path } = loaded;
  const { name, corpus } = await textOf(settings, loaded);
  for (const line of [madeOfBreaks(corpus), unknownOf(vocabulary, corpus.counts.unknown)]) {
    if (line !== undefined) note(`text: ${line}`);
  }
  const found = await inspect(model, corpus, { top, excerpt, ...(rows === undefined ? {} : { rows }) });
  if (found.features.every(({ times }) => times < OFTEN)) throw nothingIn(found, name);
  const { kind } = vocabulary;
  const weights = (await readStored(path))?.weights ?? "float32";
  print(
    `model   ${describeModel(model)}${weights === "float32" ? "" : `, weights of ${weights}`}`,
    `text    ${name}: ${found.measured}`,
    "",
    ...featureLines(found, kind),
  );
  printUnits(found, kind);
  const facts = factsOf(found, { text: name, layers: model.rnn.options.numLayers });
  // What was found before, in a text that has more, stays.
  const keeps = !settings.noSave && found.units.length > 0;
  const kept = keeps ? await save(path, facts) : undefined;
  if (kept !== undefined) print("", kept);
  tell(facts);
  return 0;
}

/** The best units, each with its stretch of text. */
function printUnits(found: Inspection, kind: TokenKind): void {
  const terminal = { columns: stdout.columns, colour: stdout.hasColour() };
  for (const [index, unit] of found.units.entries()) {
    print("", ...unitLines(unit, { rank: index + 1, found, kind }, terminal));
  }
}

/** Flags without a text that they could belong to. */
function checkText({ text, encoding, maxChars }: Settings<"inspect">): void {
  if (text !== undefined) return;
  if (encoding !== "utf-8") throw missing(`--encoding ${encoding}`, "--text");
  if (maxChars !== undefined) throw missing(`--max-chars ${maxChars}`, "--text");
}

/** The text that was named, or that of the model's run. */
async function textOf(
  settings: Settings<"inspect">,
  loaded: Awaited<ReturnType<typeof loadModel>>,
): Promise<NamedCorpus> {
  const { text } = settings;
  if (text !== undefined) return await readCorpus({ ...settings, corpus: [text] }, loaded.vocabulary);
  return await validationTextOf(await runBeside(loaded.path), loaded, settings);
}

function nothingIn({ features }: Inspection, name: string): RangeError {
  const reasons = reasonsOf(features).join("; ");
  return new RangeError(`Cannot rank units on text "${name}" as no feature of it counts (${reasons})`);
}
