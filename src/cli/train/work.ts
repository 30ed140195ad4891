/**
 * What `train` works on: text, model and options, checked before anything is kept.
 *
 * @module
 */
import type { Corpus } from "../../data/corpus.ts";
import { countLines } from "../../data/lines.ts";
import { repeatedShare } from "../../data/repeated_share.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import type { Device } from "../../device/device.ts";
import type { RNNModel } from "../../model.ts";
import { configOf } from "../../model/config.ts";
import { checkPredictable } from "../../train/check_text.ts";
import type { TrainOptions } from "../../train.ts";
import type { Settings } from "../flags.ts";
import { checkTogether, contradiction } from "../check_flags.ts";
import { type Cut, cutOf } from "./cut.ts";
import { pick, pickedWords } from "./preset.ts";
import { checkLeast, checkPlan, type Plan } from "../training_room.ts";
import { loadStart, makeModel, scheduleOf, sizesOf } from "../start_training.ts";
import { givenPrefixes, trainPrefixes } from "../prefixes.ts";
import { splitText } from "../split_text.ts";
import { readCorpus } from "../texts.ts";

/** Of samples of a text of one's own: the likeliest characters alone soon go round in a circle. */
const TEMPERATURE = 0.8;

/** What is trained, and on what. */
export interface Work {
  readonly device: Device;
  /** The flags' values, with those that were picked. */
  readonly settings: Settings<"train">;
  /** What was picked, and why, for people. */
  readonly picked: ReturnType<typeof pickedWords>;
  readonly plan: Plan;
  /** How the training part is cut. */
  readonly cut: Cut;
  readonly model: RNNModel;
  readonly vocabulary: Vocabulary;
  /** Both parts of the text. */
  readonly corpus: Corpus;
  readonly training: Corpus;
  readonly validation: Corpus | undefined;
  readonly prefixes: readonly string[];
  /** Of samples. */
  readonly temperature: number;
  readonly schedule: TrainOptions["schedule"];
  /** Rows of the text, of each of which the end is for validation; undefined where it is the text's end. */
  readonly splitRows: number | undefined;
  /** How the text was prepared, as the model's flags say it. */
  readonly preparation: object;
  /** The flags that the model to go on from was made with; empty for a new model. */
  readonly architecture: object;
  /** Facts for config.json. */
  readonly sizes: {
    readonly corpus: string;
    readonly characters: number;
    /** Of a corpus of lines: how many there are. */
    readonly lines?: number;
    readonly vocabularySize: number;
    readonly parameters: number;
    readonly stepsPerEpoch: number;
    /** Tokens of the training part that no batch has. */
    readonly leftOver: number;
    /** Tokens of the text that the vocabulary lacks. */
    readonly unknown: number;
    /** Tokens of the validation part, and the share of them that stands in the training part too. */
    readonly validation?: number;
    readonly repeated?: number;
  };
}

/**
 * All that can go wrong before a run's folder is made.
 *
 * @param device Where the model shall compute.
 * @param asked The flags' values.
 * @param given Which flags were written.
 * @param resumed A run that goes on, and its vocabulary where it has one: its flags say what its model is.
 * @param ranks How many ranks share the rows of a batch.
 */
export async function prepare(
  device: Device,
  asked: Settings<"train">,
  given: ReadonlySet<string>,
  resumed?: { readonly vocabulary: Vocabulary | undefined },
  ranks: number = 1,
): Promise<Work> {
  const { initFrom } = asked;
  const kept = resumed?.vocabulary;
  const named = await givenPrefixes(asked);
  const start = initFrom === undefined || kept
    ? undefined
    : await loadStart(device, { ...asked, initFrom }, given);
  if (asked.lines && start && start.vocabulary.newlines !== "lines") {
    throw contradiction("--lines", `--init-from ${initFrom}`, "its model was trained on running text");
  }
  if (!start && !asked.lines) await checkLeast(device, asked, ranks);
  const { name, corpus } = await readCorpus(asked, kept ?? start?.vocabulary);
  const { vocabulary } = corpus;
  const ofLines = vocabulary.newlines === "lines";
  const text = {
    tokens: corpus.size,
    vocabularySize: vocabulary.size,
    ...(ofLines ? { lines: countLines(corpus) } : {}),
  };
  const picked = resumed
    ? { settings: asked, names: [] }
    : pick({ ...asked, lines: ofLines }, { given, text, architecture: start?.architecture });
  const { settings } = picked;
  checkTogether(settings);
  const { validationSplit } = settings;
  const splitRows = splitRowsOf(settings);
  const [training, validation] = validationSplit === undefined
    ? [corpus]
    : splitText(corpus, { fraction: validationSplit, rows: splitRows });
  const cut = cutOf(training, settings);
  if (validation) checkPredictable(validation, "validate");
  const builtIn = settings.corpus.length === 0;
  const prefixes = trainPrefixes(named, corpus, builtIn);
  const schedule = scheduleOf(settings, cut.stepsPerEpoch);
  const plan: Plan = {
    model: start ? configOf(start.model) : sizesOf(settings, vocabulary.size),
    made: start !== undefined,
    corpus,
    validation,
    lines: cut.lines,
    ranks,
    samples: prefixes.length,
  };
  checkPlan(device, plan, settings);
  const model = start?.model ?? makeModel(device, settings, vocabulary.size);
  return {
    device,
    settings,
    picked: pickedWords(picked, corpus),
    plan,
    cut,
    model,
    vocabulary,
    corpus,
    training,
    validation,
    prefixes,
    temperature: settings.temperature ?? (builtIn ? 0 : TEMPERATURE),
    schedule,
    splitRows,
    preparation: preparationOf(vocabulary),
    architecture: start?.architecture ?? {},
    sizes: {
      corpus: name,
      characters: corpus.size,
      vocabularySize: vocabulary.size,
      parameters: model.parameterCount(),
      stepsPerEpoch: cut.stepsPerEpoch,
      leftOver: cut.leftOver,
      ...(vocabulary.newlines === "lines" ? { lines: countLines(corpus) } : {}),
      unknown: corpus.counts.unknown,
      ...(validation
        ? { validation: validation.size, repeated: repeatedShare(validation.ids, training.ids) }
        : {}),
    },
  };
}

/** Rows into which a text is cut before it is split: those of a step, unless a flag says how many. */
function splitRowsOf(
  { split, splitRows, batchSize, accumulateSteps }: Settings<"train">,
): number | undefined {
  return split === "rows" ? splitRows ?? batchSize * accumulateSteps : undefined;
}

/**
 * What a text is told by: of another one a run does not go on.
 *
 * @param corpus The text.
 * @returns SHA-256 of its ids, in hexadecimal.
 */
export async function hashOfCorpus({ ids }: Corpus): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", ids as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The flags of a vocabulary, as they may be written: bytes are never unknown. */
function preparationOf({ kind, newlines, unknown }: Vocabulary): object {
  const lines = newlines === "lines";
  return {
    tokenizer: kind,
    newlines: lines ? null : newlines,
    lines,
    unknown: kind === "byte" ? null : unknown,
  };
}

/** What train() is told by the flags. */
export function optionsOf({ schedule, validation, cut }: Work, settings: Settings<"train">): TrainOptions {
  const { epochs, batchSize, numSteps, accumulateSteps, sampling, carryState, logEvery, seed } = settings;
  const { clipGradNorm, patience, resetProbability } = settings;
  const ofText = { numSteps, sampling, carryState, resetProbability };
  return {
    epochs,
    batchSize,
    accumulateSteps,
    patience,
    clipGradNorm: clipGradNorm > 0 ? clipGradNorm : undefined,
    schedule,
    validation,
    ...(cut.lines ? {} : ofText),
    logEvery,
    seed,
  };
}
