/**
 * What a training will take, asked before a weight is drawn: for the error where it is too much, and for the opening lines.
 *
 * @module
 */
import type { Corpus } from "../data/corpus.ts";
import type { Device } from "../device/device.ts";
import { generationDemand, mostOf } from "../generate/demand.ts";
import type { Sentence } from "../messages/naming.ts";
import { bytesText } from "../messages/printable.ts";
import {
  type BatchSizes,
  evaluationDemand,
  hostBytes,
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
import { ofValidation } from "../train/reading.ts";
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
  const { batchSize, numSteps, accumulateSteps, resetProbability } = settings;
  const batch = { batchSize, numSteps, accumulateSteps, resetProbability };
  const demands = (changed: Partial<Plan & BatchSizes>): Demand[] =>
    demandsOf(device, { ...plan, ...changed }, { ...settings, ...changed });
  const [hidden, ...others] = made ? [] : modelChoices(model, (model) => demands({ model }));
  const choices = [...(hidden ? [hidden] : []), ...batchChoices(batch, demands), ...others];
  const present = made ? blockBytes(modelStorage(model)) : 0;
  checkRoom(device, sentenceOf(made ? undefined : model, settings), demands({}), { choices, present });
}

/**
 * Checks before a large text is read that a device has room for a new model of one token: its text may have more, so
 * that nothing is known yet that would do.
 *
 * @param device The device.
 * @param settings The flags' values.
 * @throws {DeviceError} If it has not.
 */
export async function checkLeast(
  device: Device,
  settings: Flags & Architecture & Pick<Settings<"train">, "corpus">,
): Promise<void> {
  const model = sizesOf(settings, 1);
  const demands = [modelMaking(model), trainingOf(model, settings)];
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
): Sentence {
  const { hiddenSize = 0, numLayers = 1 } = model?.layer ?? {};
  const sizes = model ? { hiddenSize, ...(numLayers > 1 ? { numLayers } : {}) } : {};
  const batch = { batchSize, numSteps, ...(accumulateSteps > 1 ? { accumulateSteps } : {}) };
  return (option) => {
    const named = Object.entries({ ...sizes, ...batch }).map(([name, size]) => option(name, size));
    return `train with ${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  };
}

/** The model, its optimizer and a step. */
function trainingOf(model: ModelSizes, settings: Flags): Demand {
  return together(
    modelStorage(model),
    optimizerDemand(modelWords(model), settings),
    stepDemand(model, settings),
  );
}

/** A model while it is made, where it is new; then all that is there when texts are drawn. */
export function demandsOf(device: Device, plan: Plan, settings: Flags): Demand[] {
  const { model, made, validation, samples } = plan;
  const most = mostOf(device, { length: settings.length, top: 0 });
  const training = together(
    trainingOf(model, settings),
    validation ? evaluationDemand(model, runSizes(device, model, ofValidation(validation))) : blocksOf({}),
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
