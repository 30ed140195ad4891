/**
 * `score`: what a model thought of each token of a text.
 *
 * @module
 */
import { Corpus } from "../data/corpus.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { counted, thousands } from "../messages/printable.ts";
import { score, type TokenScore } from "../train/score.ts";
import { contradiction } from "./check_flags.ts";
import { openFor } from "./device.ts";
import type { Settings } from "./flags.ts";
import { LineWriter } from "./line_writer.ts";
import { stdout } from "./output.ts";
import { jsonOf, note } from "./results.ts";
import { coloured, LEGEND, Passage } from "./score/surprise.ts";
import type { Line } from "./style.ts";
import { loadModel, readCorpus } from "./texts.ts";
import { madeOfBreaks, unknownOf } from "./wording.ts";

/** Tokens of a text that is shown again as a whole, in colour, at most: it waits in memory. */
const MOST_COLOURED = 10_000;

/** What stands where the first token has no number. */
const NOTHING = "-";

/**
 * Scores a text.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 * @throws {Deno.errors.BrokenPipe} If nobody reads any more.
 */
export async function scoreCommand(settings: Settings<"score">): Promise<number> {
  checkTexts(settings);
  using device = await openFor("generate", settings);
  const { model, vocabulary } = await loadModel(settings, device);
  const corpus = await textOf(settings, vocabulary);
  for (const line of [madeOfBreaks(corpus), unknownOf(vocabulary, corpus.counts.unknown)]) {
    if (line !== undefined) note(`text: ${line}`);
  }
  if (settings.json) await writeJson(score(model, corpus));
  else await writeTable(score(model, corpus), corpus);
  return 0;
}

/** An object a line. */
async function writeJson(scores: AsyncIterable<TokenScore>): Promise<void> {
  const lines = new LineWriter();
  for await (const scored of scores) lines.write(jsonLine(scored));
  lines.flush();
}

/** A line a token; where there is colour, the text itself behind them. */
async function writeTable(scores: AsyncIterable<TokenScore>, { size, vocabulary }: Corpus): Promise<void> {
  const lines = new LineWriter();
  const how = vocabulary.newlines === "lines" ? "each line" : "one stream";
  const passage = stdout.hasColour() && size <= MOST_COLOURED ? new Passage(vocabulary) : undefined;
  if (stdout.hasColour()) lines.write(LEGEND);
  lines.write(row(["position", "ln p", "rank", "entropy", "token"]));
  let sum = 0;
  for await (const scored of scores) {
    lines.write(tableLine(scored));
    passage?.add(scored);
    sum = scored.sum;
  }
  lines.write("");
  lines.write(
    `sum of ln p ${sum.toFixed(6)}: ${how} from a zero state, ${thousands(size - 1)} of ` +
      `${counted(size, vocabulary.kind)} predicted, as nothing stands before the first`,
  );
  for (const line of passage ? ["", ...passage.lines()] : []) lines.write(line);
  lines.flush();
}

function checkTexts({ text, corpus, encoding, maxChars }: Settings<"score">): void {
  if (text === undefined) return;
  if (corpus.length > 0) throw contradiction("--text", `--corpus ${corpus[0]}`, "both are the text");
  if (maxChars !== undefined) throw contradiction(`--max-chars ${maxChars}`, "--text", "it is scored whole");
  if (encoding !== "utf-8") {
    throw contradiction(`--encoding ${encoding}`, "--text", "it belongs to files");
  }
}

async function textOf(settings: Settings<"score">, vocabulary: Vocabulary): Promise<Corpus> {
  const { text } = settings;
  return text === undefined
    ? (await readCorpus(settings, vocabulary)).corpus
    : Corpus.fromText(text, { vocabulary });
}

/** An object of one line, with a null where the first token has no number. */
function jsonLine(
  { logProbability = null!, rank = null!, entropy = null!, sum, ...place }: TokenScore,
): string {
  return jsonOf({ ...place, logProbability, rank, entropy, sum });
}

function tableLine({ position, logProbability, rank, entropy, token }: TokenScore): Line {
  const digits = (value: number | undefined): string => value?.toFixed(6) ?? NOTHING;
  const numbers = [
    String(position),
    digits(logProbability),
    rank === undefined ? NOTHING : String(rank),
    digits(entropy),
    "",
  ];
  return [row(numbers), coloured(jsonOf(token), logProbability)];
}

/** A line of the table. The token comes last, as terminals differ in how wide it is. */
function row([position, logProbability, rank, entropy, token]: string[]): string {
  return [
    position!.padStart(8),
    logProbability!.padStart(12),
    rank!.padStart(7),
    entropy!.padStart(10),
    `  ${token}`,
  ].join("");
}
