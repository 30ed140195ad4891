/**
 * Flags that contradict each other or a model, or would have no effect beside others: one sentence, before any work.
 *
 * @module
 */
import type { Newlines } from "../data/line_breaks.ts";
import type { TokenKind } from "../data/tokens.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { limitOf, type UnknownPolicy } from "../data/vocabulary_options.ts";
import { visible } from "../messages/visible.ts";
import { flagsOf, type Settings } from "./flags.ts";
import { OF_TEXTS } from "./flags_series.ts";
import { camelCase, kebabCase } from "./parse_flags.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Checks that the flags go together.
 *
 * @param settings The flags' values.
 * @throws {UsageError} If two flags do not; the message names them.
 */
export function checkTogether(settings: Settings<"train">): void {
  checkOwners("train", settings);
  checkDistributed(settings);
  checkRun(settings);
  checkData(settings);
  if (settings.initFrom === undefined) checkModel(settings);
  checkOptimizer(settings);
}

/**
 * Checks that no flag is of texts alone where a series is trained on.
 *
 * @param settings The flags' values.
 * @param given Which flags were written.
 * @throws {UsageError} If one is; the message names it.
 */
export function checkSeriesFlags(settings: Settings<"train">, given: ReadonlySet<string>): void {
  const values = settings as Record<string, unknown>;
  const owner = settings.resume === undefined ? "--series" : `--resume ${settings.resume}`;
  const name = [...OF_TEXTS].find((name) => given.has(name));
  if (name !== undefined) {
    throw contradiction(written(values, kebabCase(name)), owner, "it belongs to texts, and this is a series");
  }
  if (settings.preset === "tutorial") {
    throw contradiction("--preset tutorial", owner, "its numbers are of texts");
  }
}

/**
 * Checks that the flags of `profile` go together, and that each has an effect on a training step.
 *
 * @param settings The flags' values.
 * @throws {UsageError} If two flags do not, or one has none; the message names them.
 */
export function checkProfile(settings: Settings<"profile">): void {
  checkOwners("profile", settings);
  checkVocabulary(settings);
  checkModel(settings);
  const { unknown } = settings;
  if (unknown === undefined || unknown === "replace" || limitOf(settings)) return;
  throw contradiction(`--unknown ${unknown}`, "profile", "it changes nothing of a training step");
}

/** Why a flag has no meaning beside a switch. */
const REASONS = { lines: "each line is an example of its own, from a zero state" };

/** A flag of another's value alone, as `--momentum` of `--optimizer sgd`, was set beside another value. */
function checkOwners(command: "train" | "profile", settings: object): void {
  const values = settings as Record<string, unknown>;
  for (const [, name, flag] of flagsOf(command)) {
    if (values[camelCase(name)] === (flag[command] ?? undefined)) continue;
    if (flag.without && values[flag.without] === true) {
      throw contradiction(written(values, name), `--${flag.without}`, REASONS[flag.without]);
    }
    if (!flag.of) continue;
    const [owner, ...wanted] = flag.of;
    if (values[owner] === undefined) {
      throw missing(written(values, name), [`--${owner}`, ...wanted.slice(0, 1)].join(" "));
    }
    if (wanted.length === 0) continue;
    const current = String(values[owner]);
    if (wanted.includes(current) || (owner === "cell" && values["initFrom"] !== undefined)) continue;
    throw contradiction(
      written(values, name),
      `--${owner} ${current}`,
      `it belongs to ${wanted.join(" and ")}`,
    );
  }
}

function checkDistributed(
  { distributed, series, corpus, prefixFile }: Settings<"train">,
): void {
  if (distributed === undefined) return;
  const flag = `--distributed ${distributed}`;
  const read = [["--corpus", corpus], ["--prefix-file", prefixFile], ["--series", [series]]] as const;
  for (const [name, paths] of read) {
    if (paths.includes("-")) throw contradiction(`${name} -`, flag, "rank 0 alone has standard input");
  }
}

function checkRun({ overwrite, out, acceptChangedWeights, initFrom, resume }: Settings<"train">): void {
  if (acceptChangedWeights && initFrom === undefined && resume === undefined) {
    throw new UsageError('Cannot use "--accept-changed-weights" without "--init-from" or "--resume"');
  }
  if (overwrite && out === undefined) throw missing("--overwrite", "--out");
}

function checkData(settings: Settings<"train">): void {
  const { sampling, carryState, initFrom, vocabulary, corpus, prefixFile } = settings;
  const { split, validationSplit, baseline } = settings;
  if (baseline && validationSplit === undefined) throw missing("--baseline", "--validation-split");
  if (split === "rows" && validationSplit === undefined) throw missing("--split rows", "--validation-split");
  if (corpus.includes("-") && prefixFile.includes("-")) {
    throw contradiction("--prefix-file -", "--corpus -", "standard input is read once");
  }
  if (sampling === "random" && carryState) {
    throw contradiction("--carry-state", "--sampling random", "its batches do not follow each other");
  }
  if (vocabulary !== undefined && initFrom === undefined) {
    throw new UsageError('Cannot use "--vocabulary" without "--init-from": a new model has that of its text');
  }
  const limit = limitFlag(settings);
  if (limit !== undefined && initFrom !== undefined) {
    throw contradiction(limit, `--init-from ${initFrom}`, "its vocabulary is there");
  }
  checkVocabulary(settings);
}

/** What a new model is made of. */
type Architecture = Pick<
  Settings<"profile">,
  | ("embeddingSize" | "tieWeights" | "hiddenSize" | "projSize" | "noBias" | "forgetBias")
  | ("resetBefore" | "layerNorm")
>;

/** What a new vocabulary is made of. */
type VocabularyFlags = Pick<Settings<"profile">, "tokenizer" | "unknown" | "minCount" | "maxVocabulary">;

function checkVocabulary(settings: VocabularyFlags): void {
  const { tokenizer, unknown } = settings;
  if (tokenizer === "byte" && unknown !== undefined) {
    throw contradiction(`--unknown ${unknown}`, "--tokenizer byte", "bytes are never unknown");
  }
  const limit = limitFlag(settings);
  if (limit !== undefined && unknown === "error") {
    throw contradiction(limit, "--unknown error", "what is left out must be replaced or skipped");
  }
}

/** The flag that leaves tokens out, as it could have been written. */
function limitFlag(settings: VocabularyFlags): string | undefined {
  const limit = limitOf(settings);
  return limit && `--${kebabCase(limit[0])} ${limit[1]}`;
}

function checkModel(settings: Architecture): void {
  const { embeddingSize, tieWeights, hiddenSize, projSize, noBias, forgetBias } = settings;
  if (projSize >= hiddenSize) {
    throw contradiction(`--proj-size ${projSize}`, `--hidden-size ${hiddenSize}`, "it must be smaller");
  }
  if (tieWeights && embeddingSize !== (projSize || hiddenSize)) {
    const needed = projSize || hiddenSize;
    if (embeddingSize === 0) throw missing("--tie-weights", `--embedding-size ${needed}`);
    const size = projSize ? "--proj-size" : "--hidden-size";
    throw contradiction(
      "--tie-weights",
      `--embedding-size ${embeddingSize}`,
      `${size} ${needed} must be equal to it`,
    );
  }
  if (settings.layerNorm && settings.resetBefore) {
    const reason = "its product with the state is normalized as a whole";
    throw contradiction("--layer-norm", "--reset-before", reason);
  }
  if (noBias && forgetBias !== undefined) {
    throw contradiction(`--forget-bias ${forgetBias}`, "--no-bias", "there is none");
  }
}

function checkOptimizer(settings: Settings<"train">): void {
  const { nesterov, momentum, schedule, scheduleUnit, warmUp, warmUpStart } = settings;
  if (nesterov && momentum === 0) throw missing("--nesterov", "--momentum");
  if (schedule === "step" && settings.stepSize === undefined) throw missing("--schedule step", "--step-size");
  if (schedule === "exponential" && settings.gamma === undefined) {
    throw missing("--schedule exponential", "--gamma");
  }
  if (schedule === "plateau" && scheduleUnit === "step") {
    throw contradiction("--schedule-unit step", "--schedule plateau", "it watches the loss of an epoch");
  }
  if (warmUpStart !== undefined && warmUp === 0) throw missing("--warm-up-start", "--warm-up");
}

/**
 * Checks that flags do not prepare a text in another way than a model's own was.
 *
 * @param asked The flags' values; undefined where they were not written.
 * @param vocabulary That of the model.
 * @param owner How the model was named: `--model runs/a`.
 * @throws {UsageError} If one does; the message names it.
 */
export function checkPreparation(
  asked: {
    newlines?: Newlines | undefined;
    tokenizer?: TokenKind | undefined;
    unknown?: UnknownPolicy | undefined;
  },
  vocabulary: Vocabulary,
  owner: string,
): void {
  const { kind, newlines, unknown } = vocabulary;
  const differs = (flag: string, value: string | undefined, own: string): void => {
    if (value === undefined || value === own) return;
    throw contradiction(`--${flag} ${value}`, owner, `the model's is ${own}`);
  };
  differs("tokenizer", asked.tokenizer, kind);
  differs("newlines", asked.newlines, newlines);
  if (asked.unknown === undefined) return;
  if (kind === "byte") {
    throw contradiction(`--unknown ${asked.unknown}`, owner, "its tokens are bytes, which are never unknown");
  }
  if (unknown !== "error") differs("unknown", asked.unknown, unknown);
}

/** A flag as it could have been written. */
function written(values: Record<string, unknown>, name: string): string {
  const value = values[camelCase(name)];
  return value === true ? `--${name}` : visible(`--${name} ${value}`);
}

/**
 * The error of two flags that do not go together.
 *
 * @param flag The flag.
 * @param other The other.
 * @param reason Why not.
 */
export function contradiction(flag: string, other: string, reason: string): UsageError {
  return new UsageError(`Cannot use "${flag}" with "${other}": ${reason}`);
}

/**
 * The error of a flag that has no meaning without another.
 *
 * @param flag The flag.
 * @param needed The other.
 */
export function missing(flag: string, needed: string): UsageError {
  return new UsageError(`Cannot use "${flag}" without "${needed}"`);
}
