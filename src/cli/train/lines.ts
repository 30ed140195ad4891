/**
 * What `train` says: before it works, at each report, and between them.
 *
 * @module
 */
import type { RunFolder } from "../../files/run_folder.ts";
import { counted, thousands } from "../../messages/printable.ts";
import { ofValidation } from "../../train/reading.ts";
import type { TrainProgress, TrainReport } from "../../train.ts";
import type { Settings } from "../flags.ts";
import { describeModel, lineBreaksOf, placeOf, sizeOfText, unknownOf } from "../wording.ts";
import { describePlan } from "../training_room.ts";
import { turboHint } from "../turbo.ts";
import type { Baseline } from "./baseline.ts";
import type { Work } from "./work.ts";

/** What the opening tells of beside the work. */
export interface Opened {
  readonly run: RunFolder;
  readonly settings: Settings<"train">;
  readonly baseline: Baseline | undefined;
}

/** What people want to know before they wait. */
export function opening(work: Work, { run, settings, baseline }: Opened): string[] {
  const { device, model, vocabulary, corpus, validation, sizes } = work;
  const { kind } = vocabulary;
  const { initFrom, batchSize, numSteps, accumulateSteps } = settings;
  const batch = [...(accumulateSteps > 1 ? [accumulateSteps] : []), batchSize, numSteps].join(" × ");
  return [
    `device  ${device.info.description}`,
    ...lines("turbo", turboHint(device.name)),
    `corpus  ${sizes.corpus}: ${sizeOfText(corpus)}`,
    ...lines("text", lineBreaksOf(corpus)),
    ...lines("unknown", unknownOf(vocabulary, corpus.counts.unknown) ?? untrained(work, settings)),
    ...(validation
      ? [
        `split   ${counted(validation.size, kind)} ${placeOf(validation)} are for validation: ` +
        ofValidation(validation).words,
      ]
      : []),
    ...lines("repeat", repeatedOf(sizes)),
    ...lines("counts", baseline && countsOf(baseline)),
    ...lines("auto", work.picked?.auto),
    ...lines("why", work.picked?.why),
    ...(initFrom === undefined
      ? []
      : [`start   ${initFrom}: its weights and its ${counted(vocabulary.size, kind)}`]),
    `model   ${describeModel(model)}`,
    `memory  ${describePlan(device, work.plan, settings)}`,
    `epoch   ${counted(sizes.stepsPerEpoch, "step")} of ${batch} ${kind}s, ` +
    `${counted(sizes.leftOver, kind)} left over`,
    `run     ${run.path}`,
    ...lines(
      "lock",
      run.locked ? undefined : "none, as its file system knows no locks: start no other training there",
    ),
    "",
  ];
}

/** Why a model would not know how often an unknown token comes. */
function untrained(
  { vocabulary: { kind, unknown } }: Work,
  { initFrom }: Settings<"train">,
): string | undefined {
  if (unknown !== "replace" || initFrom !== undefined) return undefined;
  return `none in the text, so the token for them is not trained: --min-count 2 leaves rare ${kind}s to it`;
}

/** Of a validation part the share that is told when it stands in the training part: choruses of songs come to less. */
const MUCH = 0.5;

/** What a validation is worth that was trained on. */
function repeatedOf({ repeated = 0 }: Work["sizes"]): string | undefined {
  if (repeated < MUCH) return undefined;
  const share = `about ${Math.round(100 * repeated)} % of the validation part`;
  return `${share} stands in the training part too: its loss tells little of other texts`;
}

/** What a network must beat. */
function countsOf({ order, perplexity }: Baseline): string {
  return `the best n-gram of the training part, a ${order}-gram, has validation perplexity ${
    perplexity.toFixed(6)
  }`;
}

/** A line of the opening, where there is something to say. */
function lines(name: string, text: string | undefined): string[] {
  return text === undefined ? [] : [name.padEnd(8) + text];
}

/** A sign of life. */
export function signOf({ epoch, epochs, step, stepsPerEpoch, tokensPerSecond }: TrainProgress): string {
  const speed = thousands(Math.round(tokensPerSecond));
  return `epoch ${thousands(epoch)} of ${thousands(epochs)}, step ${thousands(step)} of ${
    thousands(stepsPerEpoch)
  }, ${speed} tokens/s`;
}

/** The tutorial's line, and the speed; neither time nor speed where a run goes on behind the epoch's last step. */
export function lineOf(report: TrainReport, { schedule, warmUp }: Settings<"train">): string {
  const { epoch, perplexity, validationPerplexity, seconds, tokensPerSecond, learningRate } = report;
  return [
    `epoch ${epoch}`,
    `perplexity ${perplexity.toFixed(6)}`,
    ...(validationPerplexity === undefined
      ? []
      : [`validation perplexity ${validationPerplexity.toFixed(6)}`]),
    ...(schedule === "constant" && warmUp === 0
      ? []
      : [`learning rate ${Number(learningRate.toPrecision(4))}`]),
    ...(tokensPerSecond > 0
      ? [`time ${seconds.toFixed(2)} sec`, `${thousands(Math.round(tokensPerSecond))} tokens/s`]
      : []),
  ].join(", ");
}

/** Why a run has ended before its epochs have. */
export function endOf(patience: number): string {
  return `The run has ended by --patience: ${counted(patience, "report")} without a better loss`;
}
