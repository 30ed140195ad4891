/**
 * What `train` keeps of a run on the disk: log and samples, checkpoints from which it goes on, and the model. Training
 * goes on where a file cannot be written; it is tried again, and said each time.
 *
 * @module
 */
import type { VocabularyJSON } from "../../data/vocabulary_json.ts";
import type { RunFolder, RunLines } from "../../files/run_folder.ts";
import { encodeCheckpoint } from "../../train/checkpoint.ts";
import type { AnyReport, AnyTraining, Subject } from "./subject.ts";

/**
 * A save may take this share of the time from one to the next, where nothing but a report asks for it: with the first and
 * the last, which always are, a default run has 2 % at most (bench/runs.ts).
 */
const SHARE = 0.01;

/** What a checkpoint keeps beside the training's state. */
export interface RunState {
  /** How many lines log and samples had. */
  lines: RunLines;
  /** Lines that could not be written to them yet. */
  waiting: { log: string[]; samples: string[] };
  /** SHA-256 of what is learnt from, of a text its ids. */
  corpus: string;
  /** The tokens, of a text. */
  vocabulary?: VocabularyJSON;
  /** What computed: the bits depend on it. */
  computes?: string;
  /** The best loss of an epoch that ended with a report, of the validation where there is one. */
  best: number;
  /** A report whose samples were being drawn. */
  pending?: AnyReport;
}

/** What a run is of. */
export interface Kept {
  /** Its folder. */
  readonly run: RunFolder;
  /** The training. */
  readonly training: AnyTraining;
  /** What it is of. */
  readonly subject: Pick<Subject, "hash" | "vocabulary" | "validated" | "encode"> & {
    readonly settings: { readonly saveEvery: number };
  };
  /** What computes, as far as bits depend on it. */
  readonly computes: string;
  /** Whether a report is followed by a save, where that is not for this process to decide. */
  readonly decide?: ((due: boolean) => Promise<boolean>) | undefined;
  /** What is called once all is saved. */
  readonly onSave?: () => void;
}

/** A run in its folder. */
export class KeptRun {
  readonly #kept: Kept;
  #run: RunFolder;
  #state: RunState;
  #savedAt: number = performance.now();
  #saveTook = 0;
  /** Why the last save failed; undefined where it did not. */
  #failure: string | undefined;
  /** Whether there is a checkpoint of this run. */
  #saved: boolean;
  /** A model file that is to be written: the weights of the best report are soon others. */
  #model: Uint8Array | undefined;
  /** Has other ranks ask for the state as well, once they do not know any more when that is. */
  beforeState: (() => Promise<unknown>) | undefined;
  /** Whether log and samples have the lines that are known, and no part of another. */
  #whole = true;

  /**
   * Keeps nothing yet.
   *
   * @param kept What the run is of.
   * @param from What its checkpoint kept, where it goes on from one.
   */
  constructor(kept: Kept, from?: RunState) {
    this.#kept = kept;
    this.#run = kept.run;
    this.#saved = from !== undefined;
    const { computes, subject: { hash, vocabulary } } = kept;
    this.#state = from ? { ...from, computes } : {
      lines: { log: 0, samples: 0 },
      waiting: { log: [], samples: [] },
      corpus: hash,
      ...(vocabulary ? { vocabulary } : {}),
      computes,
      best: Infinity,
    };
  }

  /** The report whose samples were being drawn when the run was stopped. */
  get pending(): AnyReport | undefined {
    return this.#state.pending;
  }

  /** Whether no report has ended. */
  get isNew(): boolean {
    const { lines, waiting } = this.#state;
    return lines.log + waiting.log.length === 0;
  }

  /** The best loss of an epoch that ended with a report, of the validation where there is one; Infinity before the first. */
  get best(): number {
    return this.#state.best;
  }

  /** Where it is kept. */
  get path(): string {
    return this.#run.path;
  }

  /** Whether there is a checkpoint of this run. */
  get saved(): boolean {
    return this.#saved;
  }

  /** Why the last save failed; undefined where it did not. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether it is time for a save between two reports. */
  isDue(): boolean {
    return performance.now() - this.#savedAt >= 1000 * this.#kept.subject.settings.saveEvery;
  }

  /** A report has begun: its samples are to come. */
  begin(report: AnyReport): void {
    this.#state.pending = report;
  }

  /**
   * A report has ended.
   *
   * @param report The report, with its samples.
   * @param samples Lines for people, none with a line break.
   * @param last Whether it is the last one.
   */
  async end(
    report: AnyReport & { samples: unknown },
    samples: readonly string[],
    last: boolean,
  ): Promise<void> {
    const { waiting } = this.#state;
    waiting.log.push(JSON.stringify(report));
    waiting.samples.push(...samples);
    delete this.#state.pending;
    await this.#try(() => this.#writeLines());
    const loss = report.validationLoss ?? report.epochLoss ?? report.loss;
    const better = report.step === undefined && loss < this.#state.best;
    if (better) this.#state.best = loss;
    const { validated } = this.#kept.subject;
    if (validated && better) {
      await this.#encodeModel();
      await this.#try(() => this.#writeModel());
    }
    const spent = performance.now() - this.#savedAt;
    const due = last || !this.#saved || this.#failure !== undefined || this.#saveTook <= SHARE * spent;
    const { decide } = this.#kept;
    if (decide ? await decide(due) : due) await this.save();
  }

  /**
   * Goes on in another folder, and saves there. Lines that the old folder had are not in it.
   *
   * @param run The folder.
   * @param config What the run was asked to do.
   * @returns Whether all is saved there; else it stays where it was.
   */
  async moveTo(run: RunFolder, config: object): Promise<boolean> {
    const [before, saved, failure, state] = [this.#run, this.#saved, this.#failure, this.#state];
    if (this.#keepsBest) this.#model ??= await before.readModel().catch(() => undefined);
    if (this.#keepsBest && this.#model === undefined) await this.#encodeModel();
    this.#run = run;
    this.#state = { ...state, lines: { log: 0, samples: 0 } };
    const begun = await this.#try(() => run.writeConfig(config));
    if (begun) await this.save();
    if (begun && this.#failure === undefined) return true;
    [this.#run, this.#saved, this.#failure, this.#state] = [before, saved, failure, state];
    this.#whole = false;
    return false;
  }

  /**
   * Keeps the weights of a training that broke, where no save has kept better ones.
   *
   * @returns What is kept, for people; undefined where nothing is.
   */
  async rescue(): Promise<string | undefined> {
    if (this.#saved) return `The run is kept as it was saved last, in ${this.path}`;
    try {
      await this.#encodeModel(); // weights that are not finite are refused
      await this.#writeModel();
      return `The model is kept as the step that failed left it, in ${this.path}`;
    } catch {
      return undefined; // the first error is the one that matters
    }
  }

  /**
   * Saves the training, and the model where there is no best one that is kept. The checkpoint is the last: what is behind
   * it in other files is made again.
   */
  async save(): Promise<void> {
    const run = this.#run;
    const { hash: corpus } = this.#kept.subject;
    const before = performance.now();
    await this.beforeState?.();
    const state = await this.#kept.training.state(); // a training that broke has none
    if (!this.#keepsBest) await this.#encodeModel();
    this.#failure = undefined;
    await this.#try(() => this.#writeLines());
    const written = await this.#try(() => this.#writeModel());
    if (this.#keepsBest && !written) return this.#saveEnded(before); // nobody could make that model again
    await this.#try(async () => {
      await run.writeCheckpoint(await encodeCheckpoint({ state, run: this.#state, corpus }));
      this.#saved = true;
      this.#kept.onSave?.();
    });
    this.#saveEnded(before);
  }

  #saveEnded(began: number): void {
    this.#savedAt = performance.now();
    this.#saveTook = this.#savedAt - began;
  }

  /** Whether the model file is that of the best report. */
  get #keepsBest(): boolean {
    return this.#kept.subject.validated && this.#state.best < Infinity;
  }

  /** Writes the lines that wait, behind those that are known to be whole. */
  async #writeLines(): Promise<void> {
    const run = this.#run;
    const { waiting } = this.#state;
    if (waiting.log.length === 0) return;
    if (!this.#whole) this.#state.lines = await run.cut(this.#state.lines);
    this.#whole = false;
    for (const line of waiting.log) await run.appendLog(line);
    for (const line of waiting.samples) await run.appendSamples(line);
    this.#whole = true;
    const { lines } = this.#state;
    this.#state.lines = {
      log: lines.log + waiting.log.length,
      samples: lines.samples + waiting.samples.length,
    };
    this.#state.waiting = { log: [], samples: [] };
  }

  async #encodeModel(): Promise<void> {
    const { subject, training } = this.#kept;
    this.#model = await subject.encode({ ...training.reached, corpus: subject.hash });
  }

  /** Writes the model that waits. */
  async #writeModel(): Promise<void> {
    if (this.#model === undefined) return;
    await this.#run.writeModel(this.#model);
    this.#model = undefined;
  }

  /** Does what may fail without ending the training, and says whether it did. */
  async #try(body: () => Promise<void>): Promise<boolean> {
    try {
      await body();
      return true;
    } catch (error) {
      if (!(error instanceof RangeError) || !(error.cause instanceof Error)) throw error; // no matter of the disk
      this.#failure ??= error.message;
      return false;
    }
  }
}
