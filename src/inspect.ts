/**
 * What a network has learned: which of its units follow which features of a text, as quotation marks that are open or how far
 * a line has come. After Karpathy, Johnson and Fei-Fei, "Visualizing and Understanding Recurrent Networks" (2015).
 *
 * @module
 */
import type { Corpus } from "./data/corpus.ts";
import { collect } from "./inspect/collect.ts";
import { correlate, type Correlations, type Moments, momentsOf } from "./inspect/correlate.ts";
import { excerptLength, Excerpts } from "./inspect/excerpts.ts";
import { FEATURE_COUNT, type FeatureName, FEATURES } from "./inspect/features.ts";
import { bestFor, type Match, rank } from "./inspect/rank.ts";
import { groupsOf, unitsOf } from "./inspect/state_pass.ts";
import { type Finding, Survey } from "./inspect/survey.ts";
import { rowsOfTokens, UnitSums } from "./inspect/unit_sums.ts";
import type { State } from "./layers/recurrent/arguments.ts";
import { errorNaming } from "./messages/naming.ts";
import { refuseUnknown } from "./messages/options.ts";
import { counted, thousands } from "./messages/printable.ts";
import type { RNNModel } from "./model.ts";
import { assertIn, RANGES } from "./ranges.ts";
import { checkText } from "./train/check_text.ts";
import { byLine, inOrder, ofParts, type Reading, sideBySide } from "./train/reading.ts";

export type { FeatureName };

/** Options of inspect(). */
export interface InspectOptions {
  /**
   * How many units are told.
   *
   * @default {12}
   */
  top?: number;
  /**
   * Tokens of the text that are shown of each; fewer where a model has very many units, or a part of the text has fewer.
   *
   * @default {240}
   */
  excerpt?: number;
  /**
   * B: parts of the text that are read side by side, which is faster. Each but the first reads the 256 tokens before its
   * part to warm up its state.
   *
   * @default {1}
   */
  rows?: number;
  /** Ends the inspection: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A unit and the feature that it follows. */
export interface UnitMatch {
  /** The layer, from 0 as in the names of its weights. */
  layer: number;
  /** The unit of the layer, from 0. */
  unit: number;
  /** What was looked at: the output h, or an LSTM's cell state c. */
  state: "h" | "c";
  /** The feature. */
  feature: FeatureName;
  /**
   * The correlation within tokens, -1 to 1: of both, at each token, their means over all places with the same token are taken
   * away. What is left is what the unit remembers, beyond what the token itself tells.
   */
  correlation: number;
  /** The correlation as it is, Pearson's: of a feature that is 0 or 1 the point-biserial one. */
  plain: number;
}

/** A unit of the ranking. */
export interface InspectedUnit extends UnitMatch {
  /** The mean of its state over the text. */
  mean: number;
  /** The standard deviation of its state over the text. */
  deviation: number;
  /** A stretch of the text with its state behind each token. */
  excerpt: {
    /** The first token's place in the text, from 1. */
    position: number;
    /** The text of each token; of bytes what each completes. */
    tokens: string[];
    /** The state behind each. */
    activations: number[];
  };
}

/** A feature, and what the text has of it. */
export interface TextFeature {
  /** Its name. */
  name: FeatureName;
  /** What it says of a token. */
  meaning: string;
  /** Whether it is 0 or 1 at each token, or a number. */
  kind: "binary" | "number";
  /** Its mean over the text: of a binary one the share of the tokens that have it. */
  mean: number;
  /** How often it comes. */
  times: number;
  /** The unit that follows it best; absent where the feature does not count. */
  best?: UnitMatch;
  /** Why it does not count: "it never comes". */
  reason?: string;
}

/** What inspect() finds. */
export interface Inspection {
  /** The units that follow a feature best, each once, by the correlation within tokens. */
  units: InspectedUnit[];
  /** All features, those that do not count with the reason. */
  features: TextFeature[];
  /** Tokens behind which states were read. */
  tokens: number;
  /** How they were read, in words. */
  measured: string;
}

/**
 * Ranks the units of a model by how well they follow features of a text: open quotation marks and brackets, the place in a
 * line, a word, a sentence, and some more, found by itself.
 *
 * Of every layer the outputs h are looked at, of an LSTM the cell states c too, behind each token of the text, read in one
 * stream as evaluate() reads it. Ranks go by the correlation within tokens: any unit that sees its input knows a letter from
 * a space, so what the token itself explains is taken out of both sides first. A feature counts if it comes 20 times, if the
 * token itself does not tell it, and if it tells something of the next token: no network has a reason to follow another one.
 * In a text whose characters were shuffled none does, and no unit is told.
 *
 * A correlation says that a unit goes with a feature, not that the network uses it. Time and memory are those of evaluate(),
 * about: sums are kept, not states.
 *
 * @param model The model.
 * @param corpus The text, at least two tokens, of ids of the model's vocabulary; some pages, so that features come often.
 * @param options How many units, how much of the text is shown, another way to read it, what may end it early.
 * @returns The ranking, with a stretch of text for each unit, and the features. No unit where no feature counts.
 * @throws {RangeError} If the text has fewer than two tokens, an id is not of the model's vocabulary, an option is out of
 * range, or a state is not finite.
 * @throws {TypeError} If the corpus has another number of tokens than the model, or an option is unknown.
 * @throws {DeviceError} If the device has no room for so many rows.
 *
 * @example Usage
 * ```ts
 * import { Corpus, GRU, inspect, openDevice, RNNModel } from "@refrain/refrain";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText('he said "no rain today" and went\nto see the sea\n'.repeat(60));
 * const layer = new GRU(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const model = new RNNModel(layer, corpus.vocabulary.size); // knows nothing yet
 * const { units: [first], features } = await inspect(model, corpus, { top: 3 });
 * assert(Math.abs(first!.correlation) <= 1);
 * assertEquals(first!.excerpt.tokens.length, first!.excerpt.activations.length);
 * assertEquals(features.find(({ name }) => name === "brackets")!.reason, "it never comes");
 * ```
 */
export async function inspect<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  options: InspectOptions = {},
): Promise<Inspection> {
  const { top = 12, excerpt = 240, rows, signal } = options;
  refuseUnknown("inspect the model", options, { top, excerpt, rows, signal });
  for (const [name, value] of Object.entries({ top, excerpt })) {
    assertIn(RANGES.count, value, { action: "inspect the model", name });
  }
  checkText(corpus, model, "inspect");
  const reading = readingOf(corpus, rows);
  signal?.throwIfAborted();
  const groups = groupsOf(model);
  const units = unitsOf(groups);
  const { parts, size, vocabulary: { kind } } = corpus;
  const width = excerptLength(excerpt, { tokens: size / parts - 1, units, features: FEATURE_COUNT });
  const survey = await Survey.of(corpus, { parts, starts: startsOf(reading), excerpt: width, signal });
  const findings = survey.findings();
  const found = findings.map((finding, f) => ({ f, finding })).filter(({ finding }) => !finding.reason);
  const measured = `${reading.words}, ${thousands(survey.tokens)} of ${counted(size, kind)} read`;
  if (found.length === 0) {
    return { units: [], features: featuresOf(findings), tokens: survey.tokens, measured };
  }
  const { rowOf, rows: tokenRows } = rowsOfTokens(survey.counts, units);
  const into = {
    survey,
    columns: found.map(({ f }) => f),
    units: new UnitSums({ rows: tokenRows, units, features: found.length }),
    rowOf,
    excerpts: new Excerpts(found.map(({ finding }) => finding.excerpt), { width, units }),
  };
  await collect(model, corpus, { reading, into, signal });
  const sums = { survey, units: into.units, rowOf, rows: tokenRows };
  const moments = momentsOf(sums);
  const correlations = correlate({ ...sums, moments }, found);
  const named = (match: Match): UnitMatch =>
    matchOf(match, found[match.column]!.f, correlations[match.column]!);
  const best = found.map(({ f }, column) => [f, named(bestFor(groups, correlations, column))] as const);
  const shownOf = showing(corpus, { moments, excerpts: into.excerpts, width });
  return {
    units: rank(groups, correlations, model.rnn.options.projSize === 0).slice(0, top).map((match) => ({
      ...named(match),
      ...shownOf(match.place, found[match.column]!.finding.excerpt),
    })),
    features: featuresOf(findings, new Map(best)),
    tokens: survey.tokens,
    measured,
  };
}

/** Tells of a unit what it does over the text, and in a stretch of it. */
function showing(
  corpus: Corpus,
  { moments: { mean, deviation }, excerpts, width }: { moments: Moments; excerpts: Excerpts; width: number },
): (place: number, start: number) => Pick<InspectedUnit, "mean" | "deviation" | "excerpt"> {
  return (place, start) => ({
    mean: mean[place]!,
    deviation: deviation[place]!,
    excerpt: {
      position: start + 1,
      tokens: textsOf(corpus, { start, end: start + width }),
      activations: excerpts.of(place, start),
    },
  });
}

/** How the text is read. */
function readingOf(corpus: Corpus, rows: number | undefined): Reading {
  const { parts, vocabulary } = corpus;
  const ofLines = vocabulary.newlines === "lines";
  if (rows === undefined && ofLines) return byLine(corpus);
  if (rows === undefined) return parts > 1 ? ofParts(corpus) : inOrder(corpus);
  if (parts === 1 && !ofLines) return sideBySide(corpus, rows, "inspect");
  const own = ofLines ? "lines" : `${thousands(parts)} parts`;
  throw errorNaming(
    RangeError,
    (option) =>
      `Cannot inspect with ${option("rows", rows)} as the text has ${own}: they are read side by side anyway`,
  );
}

/** Where rows begin. */
function startsOf(reading: Reading): Set<number> {
  const starts = new Set<number>();
  for (const rows of reading.sweeps()) for (const { start } of rows) starts.add(start);
  return starts;
}

function featuresOf(
  findings: readonly Finding[],
  best: ReadonlyMap<number, UnitMatch> = new Map(),
): TextFeature[] {
  return FEATURES.map(({ name, meaning, binary }, f) => {
    const { reason, mean, times } = findings[f]!;
    const match = best.get(f);
    return {
      name,
      meaning,
      kind: binary ? "binary" : "number",
      mean,
      times,
      ...(match ? { best: match } : {}),
      ...(reason === undefined ? {} : { reason }),
    };
  });
}

function matchOf(
  { group: { layer, state, first }, place }: Match,
  f: number,
  { plain, within }: Correlations,
): UnitMatch {
  const feature = FEATURES[f]!.name;
  return { layer, unit: place - first, state, feature, correlation: within[place]!, plain: plain[place]! };
}

/** The text of each token of a stretch. */
function textsOf({ ids, vocabulary }: Corpus, { start, end }: { start: number; end: number }): string[] {
  const decoder = vocabulary.decoder();
  return Array.from(ids.subarray(start, end), (id) => decoder.push(id));
}
