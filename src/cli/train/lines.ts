/**
 * What `train` says: before it works, at each report, and between them.
 *
 * @module
 */
import type { RunFolder } from "../../files/run_folder.ts";
import { counted, thousands } from "../../messages/printable.ts";
import { validationReading } from "../../train/reading.ts";
import type { TrainReport } from "../../train.ts";
import type { Settings } from "../flags.ts";
import { type Line, styled } from "../style.ts";
import { describeModel, lineBreaksOf, placeOf, sizeOfText, unknownOf } from "../wording.ts";
import { describePlan } from "../training_room.ts";
import { turboHint } from "../turbo.ts";
import type { Baseline } from "./baseline.ts";
import type { AnyReport } from "./subject.ts";
import type { Work } from "./work.ts";

/** Columns of what a line of the opening is about. */
const LABEL = 8;

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
  const { initFrom, epochs } = settings;
  return [
    `device  ${device.info.description}`,
    ...lines("turbo", turboHint(device.name)),
    `corpus  ${sizes.corpus}: ${sizeOfText(corpus)}`,
    ...lines("text", lineBreaksOf(corpus)),
    ...lines("unknown", unknownOf(vocabulary, corpus.counts.unknown) ?? untrained(work, settings)),
    ...(validation
      ? [
        `split   ${counted(validation.size, kind)} ${placeOf(validation)} are for validation: ` +
        validationReading(validation).words,
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
    `epoch   ${counted(sizes.stepsPerEpoch, "step")} of ${work.cut.words}; ${counted(epochs, "epoch")}: ` +
    `${counted(epochs * sizes.stepsPerEpoch, "step")}`,
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
  return text === undefined ? [] : [name.padEnd(LABEL) + text];
}

/** Which report it is: "epoch 50", within an epoch "epoch 3, step 1,204". */
export function nameOf({ epoch, step }: AnyReport): string {
  return `epoch ${epoch}${step === undefined ? "" : `, step ${thousands(step)}`}`;
}

/** The tutorial's line, and the speed. */
export function lineOf(report: TrainReport, settings: Settings<"train">): Line {
  const { perplexity, validationPerplexity, tokensPerSecond } = report;
  const measures = [
    `perplexity ${perplexity.toFixed(6)}`,
    ...(validationPerplexity === undefined
      ? []
      : [`validation perplexity ${validationPerplexity.toFixed(6)}`]),
  ];
  return reportLine(report, { settings, measures, speed: tokensPerSecond, kind: "token" });
}

/**
 * A report in a line: neither time nor speed where a run goes on behind the epoch's last step. The time is that of an epoch.
 *
 * @param report The report.
 * @param told Its measures in words, and how many of which kind it takes a second.
 */
export function reportLine(
  report: AnyReport,
  { settings: { schedule, warmUp }, measures, speed, kind }: {
    settings: Pick<Settings<"train">, "schedule" | "warmUp">;
    measures: readonly string[];
    speed: number;
    kind: string;
  },
): Line {
  const { step, seconds, learningRate } = report;
  const parts = [
    ...measures,
    ...(schedule === "constant" && warmUp === 0
      ? []
      : [`learning rate ${Number(learningRate.toPrecision(4))}`]),
    ...(speed > 0 && step === undefined ? [`time ${seconds.toFixed(2)} sec`] : []),
    ...(speed > 0 ? [`${thousands(Math.round(speed))} ${kind}s/s`] : []),
  ];
  return [styled("bold", nameOf(report)), `, ${parts.join(", ")}`];
}

/** A perplexity in four digits or more. */
export function perplexityText(value: number): string {
  return value < 1000 ? value.toPrecision(4) : thousands(Math.round(value));
}

/** A line of the opening: what it is about steps back. */
export function labelled(line: string): Line {
  return [styled("dim", line.slice(0, LABEL)), line.slice(LABEL)];
}

/** Why a run has ended before its epochs have. */
export function endOf(patience: number): string {
  return `The run has ended by --patience: ${counted(patience, "report")} without a better loss`;
}
