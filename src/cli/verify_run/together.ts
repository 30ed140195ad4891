/**
 * Whether the files of a run belong together.
 *
 * @module
 */
import { RUN_FILES } from "../../files/find_run.ts";
import { sameShape } from "../../tensors/shape.ts";
import type { StateDict } from "../../tensors/module.ts";
import { reachedBy } from "../../train/state.ts";
import type { Settings } from "../flags.ts";
import { sizesOf } from "../start_training.ts";
import type { Known } from "./check_file.ts";

/**
 * Compares what the files of a run say of each other.
 *
 * @param known What was read; files that could not be read are told elsewhere.
 * @param names What is in the folder.
 * @returns A sentence for each thing that does not fit.
 */
export function together(known: Known, names: readonly string[]): string[] {
  const { checkpoint, settings, reports, samples, model } = known;
  const faults = missing(known, names);
  if (checkpoint) {
    const { state, run } = checkpoint;
    if (samples !== undefined && samples < run.lines.samples) {
      faults.push(`its samples have ${samples} lines, and the checkpoint knows ${run.lines.samples}`);
    }
    if (reports) faults.push(...logFits(reports, checkpoint));
    if (model) faults.push(...modelFits(model, known.reports ?? [], checkpoint));
    if (settings) faults.push(...settingFits(settings, state.setting));
  }

  if (settings && model) faults.push(...sizesFit(settings, model));
  return faults;
}

/** Files that the others say must be there. */
function missing({ checkpoint, settings, reports, model: kept }: Known, names: readonly string[]): string[] {
  const { config, log, samples, model, previous } = RUN_FILES;
  const lines = checkpoint?.run.lines;
  // A model that was imported or quantized has no training beside it.
  const alone = kept !== undefined && !checkpoint && !reports && !names.includes(samples);
  const needed = [
    ...(alone ? [] : [config]),
    // Before the first save there is none, and no second report.
    ...(reports && reports.length > 1 && !names.includes(previous) ? [RUN_FILES.checkpoint] : []),
    ...(lines && lines.log > 0 ? [log] : []),
    ...(lines && lines.samples > 0 ? [samples] : []),
    // With a validation text there is no model before the first report.
    ...(lines && (lines.log > 0 || settings && settings.validationSplit === undefined) ? [model] : []),
  ];
  return needed.filter((name) => !names.includes(name)).map((name) => `${name} is missing`);
}

type Checkpoint = NonNullable<Known["checkpoint"]>;
type Model = NonNullable<Known["model"]>;

/** The log's known lines are behind the training, the others before it. */
function logFits(reports: NonNullable<Known["reports"]>, { state, run }: Checkpoint): string[] {
  const { epoch, step } = reachedBy(state);
  const last = reports[run.lines.log - 1];
  const next = reports[run.lines.log];
  const is = `the checkpoint is of epoch ${epoch} and step ${step}`;
  if (last && (last.steps > step || last.epoch > epoch)) {
    return [`${is}, and line ${run.lines.log} of its log of epoch ${last.epoch} and step ${last.steps}`];
  }
  if (next && next.steps < step) {
    return [`${is}, and does not know line ${run.lines.log + 1} of its log, of step ${next.steps}`];
  }
  return [];
}

/** Model and checkpoint are of one training. */
function modelFits(
  { tensors, vocabulary, origin }: Model,
  reports: NonNullable<Known["reports"]>,
  { state, run }: Checkpoint,
): string[] {
  const faults: string[] = [];
  if (JSON.stringify(vocabulary?.toJSON()) !== JSON.stringify(run.vocabulary)) {
    faults.push("model and checkpoint have different vocabularies");
  }
  if (origin.corpus !== undefined && origin.corpus !== run.corpus) {
    faults.push("model and checkpoint are of different texts");
  }
  const other = differentShape(tensors, state.weights);
  if (other !== undefined) return [...faults, `model and checkpoint differ in the shape of "${other}"`];
  const { step } = reachedBy(state);
  if (origin.step === step) {
    const changed = Object.entries(tensors).find(([name, { data }]) => {
      const there = state.weights[name]!.data;
      return !data.every((value, i) => Object.is(value, there[i]));
    });
    if (changed) faults.push(`model and checkpoint are both of step ${step}, and differ in "${changed[0]}"`);
  }
  const told = reports.slice(0, run.lines.log);
  const best = told.find(({ validationLoss }) => validationLoss === run.best);
  const { step: kept } = origin;
  // A process that was killed may have written the model of the report after those.
  if (best && kept !== undefined && kept <= told.at(-1)!.steps && kept !== best.steps) {
    faults.push(`its model is of step ${kept}, and the best validation loss was at step ${best.steps}`);
  }
  return faults;
}

/** The first tensor that one has and the other has not, or has in another shape. */
function differentShape(one: StateDict, other: StateDict): string | undefined {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].find((name) =>
    !one[name] || !other[name] || !sameShape(one[name].shape, other[name].shape)
  );
}

/** The flags say how the checkpoint's training reads its text. */
function settingFits(settings: Settings<"train">, setting: object): string[] {
  return Object.entries(setting).filter(([name, value]) => {
    const asked = (settings as Record<string, unknown>)[name];
    return name !== "tokens" && asked !== undefined && asked !== value;
  }).map(([name, value]) =>
    `${name} is ${
      (settings as Record<string, unknown>)[name]
    } in ${RUN_FILES.config}, and ${value} in the checkpoint`
  );
}

/** The flags say of which sizes the model is. */
function sizesFit(settings: Settings<"train">, { config }: Model): string[] {
  const asked = sizesOf(settings, config.vocabularySize);
  const flat = (
    { kind, layer, model }: Pick<Model["config"], "kind" | "layer" | "model">,
  ): object => ({
    cell: kind,
    ...layer,
    embeddingSize: model.embeddingSize,
    tieWeights: model.tieWeights,
    outputDropout: model.dropout,
  });
  const own = flat(config) as Record<string, unknown>;
  return Object.entries(flat(asked as Model["config"])).filter(([name, value]) => own[name] !== value)
    .map(([name, value]) => `${name} is ${value} in ${RUN_FILES.config}, and ${own[name]} in the model`);
}
