/**
 * What a training will take, asked before a weight is drawn: for the error where it is too much, and for the opening lines.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { Device } from "../device/device.ts";
import { generationDemand, mostOf } from "../generate/demand.ts";
import type { Sentence } from "../messages/naming.ts";
import { bytesText, thousands } from "../messages/printable.ts";
import {
  type BatchSizes,
  evaluationDemand,
  hostBytes,
  linesDemand,
  type LinesSizes,
  modelMaking,
  type ModelSizes,
  modelStorage,
  modelWords,
  optimizerDemand,
  stepDemand,
} from "../model/demand.ts";
import { batchChoices, modelChoices } from "../model/room.ts";
import { blockBytes, blocksOf, type Demand, together } from "../tensors/demand.ts";
import { checkRoom, mostBytes } from "../tensors/room.ts";
import { validationReading } from "../train/reading.ts";
import { runSizes } from "../train/text_pass.ts";
import { fileSize } from "../files/paths.ts";
import type { Settings } from "./flags.ts";
import { type Architecture, sizesOf } from "./start_training.ts";

/** Bytes of a text that is read within a moment. */
const LARGE = 2 ** 24;

/** What is trained, on what, and what is made of it at reports. */
export interface Plan {
  readonly model: ModelSizes;
  /** Whether the model is there by now: a new one is not. */
  readonly made: boolean;
  readonly corpus: Corpus;
  readonly validation: Corpus | undefined;
  /** How lines are cut; undefined for running text. */
  readonly lines?: LinesSizes | undefined;
  /** How many ranks share the rows of a batch. */
  readonly ranks?: number;
  /** Texts that are drawn at a report. */
  readonly samples: number;
}

/** The flags that memory depends on. */
type Flags = Pick<
  Settings<"train">,
  | ("batchSize" | "numSteps" | "accumulateSteps" | "resetProbability" | "length")
  | ("optimizer" | "momentum")
>;

/**
 * Checks that a device has room for a training.
 *
 * @param device The device.
 * @param plan What is trained.
 * @param settings The flags' values.
 * @throws {DeviceError} If it has not; the sentence says which flags to lower.
 */
export function checkPlan(device: Device, plan: Plan, settings: Flags): void {
  const { model, made } = plan;
  const { batchSize, numSteps, accumulateSteps, resetProbability } = { ...settings, ...plan.lines };
  const batch = { batchSize, numSteps, accumulateSteps, resetProbability };
  const demands = (changed: Partial<Plan & BatchSizes>): Demand[] =>
    demandsOf(device, { ...plan, ...changed, ...linesOf(plan, changed) }, { ...settings, ...changed });
  const [hidden, ...others] = made ? [] : modelChoices(model, (model) => demands({ model }));
  const sizes = batchChoices(batch, demands).filter(({ options: [name] }) =>
    !(plan.lines && name === "numSteps")
  );
  const choices = [...(hidden ? [hidden] : []), ...sizes, ...others];
  const present = made ? blockBytes(modelStorage(model)) : 0;
  const named = { ...settings, ...(plan.lines ? { numSteps: plan.lines.lengths.at(-1)! } : {}) };
  const sentence = sentenceOf(made ? undefined : model, named, plan.lines !== undefined);
  checkRoom(device, sentence, demands({}), { choices, present });
}

/** Lines of other batches. */
function linesOf({ lines }: Plan, { batchSize, accumulateSteps }: Partial<BatchSizes>): Pick<Plan, "lines"> {
  if (!lines) return {};
  const other = {
    batchSize: batchSize ?? lines.batchSize,
    accumulateSteps: accumulateSteps ?? lines.accumulateSteps,
  };
  return { lines: { ...lines, ...other } };
}

/**
 * Checks before a large text is read that a device has room for a new model of one token: its text may have more, so
 * that nothing is known yet that would do.
 *
 * @param device The device.
 * @param settings The flags' values.
 * @param ranks How many ranks share the rows of a batch.
 * @throws {DeviceError} If it has not.
 */
export async function checkLeast(
  device: Device,
  settings: Flags & Architecture & Pick<Settings<"train">, "corpus">,
  ranks: number = 1,
): Promise<void> {
  const model = sizesOf(settings, 1);
  const demands = [modelMaking(model), trainingOf(model, settings, undefined, ranks)];
  if (!await areLarge(settings.corpus)) return;
  checkRoom(device, sentenceOf(model, settings), demands, { least: true });
}

/** Whether these files take long to read. */
async function areLarge(paths: readonly string[]): Promise<boolean> {
  let size = 0;
  for (const path of paths) {
    if (path !== "-") size += await fileSize(path); // 0 of what is not there
  }
  return size > LARGE;
}

/** What is to be trained, with the model's sizes where they are the flags'. */
function sentenceOf(
  model: ModelSizes | undefined,
  { batchSize, numSteps, accumulateSteps = 1 }: BatchSizes,
  ofLines = false,
): Sentence {
  const { hiddenSize = 0, numLayers = 1 } = model?.layer ?? {};
  const sizes = model ? { hiddenSize, ...(numLayers > 1 ? { numLayers } : {}) } : {};
  const batch = {
    batchSize,
    ...(ofLines ? {} : { numSteps }),
    ...(accumulateSteps > 1 ? { accumulateSteps } : {}),
  };
  return (option) => {
    const named = Object.entries({ ...sizes, ...batch }).map(([name, size]) => option(name, size));
    const all = `train with ${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
    return ofLines ? `${all} on lines, of ${thousands(numSteps)} steps the longest` : all;
  };
}

/** The model, its optimizer and a step: of several ranks its part of one. */
function trainingOf(model: ModelSizes, settings: Flags, lines?: LinesSizes, ranks = 1): Demand {
  const { batchSize } = { ...settings, ...lines };
  const share = { batchSize: Math.ceil(batchSize / ranks) };
  return together(
    modelStorage(model),
    optimizerDemand(modelWords(model), settings),
    lines ? linesDemand(model, { ...lines, ...share }) : stepDemand(model, { ...settings, ...share }),
  );
}

/** A model while it is made, where it is new; then all that is there when texts are drawn. */
export function demandsOf(device: Device, plan: Plan, settings: Flags): Demand[] {
  const { model, made, validation, samples, lines, ranks } = plan;
  const most = mostOf(device, { length: settings.length, top: 0 });
  const training = together(
    trainingOf(model, settings, lines, ranks),
    validation
      ? evaluationDemand(model, runSizes(device, model, validationReading(validation)))
      : blocksOf({}),
    generationDemand(device, model, { batch: samples, most }),
  );
  return made ? [training] : [modelMaking(model), training];
}

/**
 * What a training takes, for people.
 *
 * @param device The device.
 * @param plan What is trained.
 * @param settings The flags' values.
 * @returns "26.5 MiB of the 4.0 GiB that the device holds, and 1.2 MiB on the host".
 */
export function describePlan(device: Device, plan: Plan, settings: Flags): string {
  const needed = bytesText(mostBytes(device, demandsOf(device, plan, settings)));
  const host = bytesText(hostBytes(plan.model, plan.corpus.ids.byteLength));
  return `${needed} of ${holdsOf(device)}, and ${host} on the host`;
}

/** What a device holds: all of it where that is known, else what it gives at once. */
function holdsOf({ memory, mostWords = Infinity }: Device): string {
  if (memory.size < Infinity) return `the ${bytesText(memory.size)} that the device holds`;
  return `the device's memory, of which it gives ${bytesText(mostWords * 4)} at once`;
}
