/**
 * A text as what a training is of: tokens that follow each other, carried from batch to batch.
 *
 * @module
 */
import { Vocabulary } from "../../data/vocabulary.ts";
import type { VocabularyJSON } from "../../data/vocabulary_json.ts";
import type { Device } from "../../device/device.ts";
import { encodeModel, type SaveOptions } from "../../exchange/model_file.ts";
import type { RunFolder } from "../../files/run_folder.ts";
import { perplexity } from "../../losses/cross_entropy.ts";
import type { Parameter } from "../../tensors/parameters.ts";
import type { TrainReport } from "../../train.ts";
import type { TrainSchedule } from "../../train/loop_options.ts";
import { Training } from "../../train/training.ts";
import type { Settings } from "../flags.ts";
import type { Line } from "../style.ts";
import { type Baseline, baselineOf } from "./baseline.ts";
import { startOf } from "./events.ts";
import { lineOf, opening, perplexityText } from "./lines.ts";
import { type Sample, sample } from "./samples.ts";
import type { AnyReport, AnyTraining, Begun, Subject } from "./subject.ts";
import type { Resumed } from "./take_up.ts";
import type { Team } from "./team.ts";
import { hashOfCorpus, optionsOf, prepare, type Work } from "./work.ts";

/** A text, and the model of it. */
export class TextSubject implements Subject {
  readonly kind: string;
  readonly next = "generate";
  readonly device: Device;
  readonly settings: Settings<"train">;
  readonly hash: string;
  readonly vocabulary: VocabularyJSON;
  readonly #work: Work;
  readonly #baseline: Baseline | undefined;

  /** What was read, and what counting gives of it. */
  constructor(work: Work, { settings, hash, baseline }: {
    settings: Settings<"train">;
    hash: string;
    baseline: Baseline | undefined;
  }) {
    this.device = work.device;
    this.kind = work.vocabulary.kind;
    this.vocabulary = work.vocabulary.toJSON();
    this.settings = settings;
    this.hash = hash;
    this.#work = work;
    this.#baseline = baseline;
  }

  get parameters(): readonly Parameter[] {
    return this.#work.model.parameters();
  }

  get schedule(): TrainSchedule | undefined {
    return this.#work.schedule;
  }

  get stepsPerEpoch(): number {
    return this.#work.sizes.stepsPerEpoch;
  }

  get validated(): boolean {
    return this.#work.validation !== undefined;
  }

  get beside(): object {
    return {
      ...(this.#baseline && { baselineLoss: this.#baseline.loss }),
      temperature: this.#work.temperature,
    };
  }

  begin(begun: Begun): AnyTraining {
    const { model, training } = this.#work;
    return new Training(model, training, { ...optionsOf(this.#work, this.settings), ...begun });
  }

  opening(run: RunFolder): string[] {
    return opening(this.#work, { run, settings: this.settings, baseline: this.#baseline });
  }

  start(): object {
    return startOf(this.#work, this.#baseline);
  }

  config(): object {
    const { splitRows, preparation, architecture, prefixes, temperature } = this.#work;
    return { splitRows, ...preparation, ...architecture, prefix: prefixes, temperature };
  }

  facts(): object {
    return { ...this.#work.sizes, baseline: this.#baseline };
  }

  lineOf(report: AnyReport): Line {
    return lineOf(report as TrainReport, this.settings);
  }

  told(): object {
    return { baselineLoss: this.#baseline?.loss };
  }

  measure(loss: number): string {
    return `perplexity ${perplexityText(perplexity(loss))}`;
  }

  sample(options: { signal: AbortSignal; between: () => void | Promise<void> }): Promise<Sample[]> {
    return sample(this.#work, this.settings, options);
  }

  encode(origin: SaveOptions): Promise<Uint8Array> {
    const { model, vocabulary } = this.#work;
    return encodeModel(model, vocabulary, origin);
  }
}

/**
 * Text and model, checked before anything is kept.
 *
 * @param device Where the model shall compute.
 * @param resumed The run that goes on, where one does.
 * @param asked The flags' values, which were written, and the ranks.
 */
export async function textSubject(
  device: Device,
  resumed: Resumed | undefined,
  asked: { settings: Settings<"train">; given: ReadonlySet<string>; team?: Team | undefined },
): Promise<TextSubject> {
  const from = resumed?.from;
  const kept = from?.run.vocabulary;
  if (from && kept === undefined) {
    throw new SyntaxError("Cannot go on from the checkpoint as it has no vocabulary");
  }
  const going = resumed && { vocabulary: kept && Vocabulary.fromJSON(kept) };
  const { resume } = asked.settings;
  const changed = (cause?: unknown): RangeError =>
    new RangeError(
      `Cannot go on with run "${resume}" as its text has changed: name the text it had with --corpus, ` +
        `or begin anew with its weights by --init-from ${resume}`,
      { cause },
    );
  const ranks = asked.team?.ranks.size;
  const found = resumed?.found ?? asked.settings;
  const work = await prepare(device, found, asked.given, going, ranks).catch((error) => {
    throw from && error instanceof RangeError && error.message.startsWith("Cannot encode")
      ? changed(error)
      : error;
  });
  const hash = await hashOfCorpus(work.corpus);
  if (from && from.run.corpus !== hash) throw changed();
  const settings = resumed ? asked.settings : work.settings;
  return new TextSubject(work, { settings, hash, baseline: await baselineOf(work, settings) });
}
