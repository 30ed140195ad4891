/**
 * The loop of `train`: reports, samples and saves, until the training has ended or is stopped.
 *
 * @module
 */
import { counted, thousands } from "../../messages/printable.ts";
import type { TrainProgress, ValidationProgress } from "../../train.ts";
import { inALine } from "../wording.ts";
import { LiveLine } from "../live_line.ts";
import type { Line } from "../style.ts";
import { TimeNeeded } from "./time_needed.ts";
import type { Keeping } from "./follow.ts";
import { endOf, nameOf } from "./lines.ts";
import { ProgressLine } from "./progress_line.ts";
import { announce, complain, say } from "./say.ts";
import type { Sample } from "./samples.ts";
import { Shown } from "./shown.ts";
import type { Signals, Stop } from "./signals.ts";
import type { AnyReport, AnyTraining, Subject } from "./subject.ts";
import type { Team } from "./team.ts";
import { stepsOf, TimeLeft } from "./time_left.ts";

/** What the loop turns around. */
export interface Turning {
  readonly subject: Subject;
  readonly kept: Keeping;
  readonly signals: Signals;
  /** The ranks, where there are several. */
  readonly team?: Team | undefined;
}

/** A training with its reports. */
export class TrainLoop implements Disposable {
  readonly #turning: Turning;
  readonly #live: LiveLine = new LiveLine();
  readonly #line: ProgressLine = new ProgressLine();
  readonly #began: number = performance.now();
  readonly #timeNeeded: TimeNeeded;
  readonly #timeLeft: TimeLeft;
  readonly #shown: Shown;
  /** Whether a step has been taken or restored: before, there is nothing to keep. */
  moved = false;

  /** Turns nothing yet. */
  constructor(turning: Turning) {
    this.#turning = turning;
    const { settings, kind } = turning.subject;
    this.#timeNeeded = new TimeNeeded(settings, kind);
    this.#timeLeft = new TimeLeft(settings);
    this.#shown = new Shown(settings);
  }

  /**
   * Trains to the end, or until something stops it; then all is saved.
   *
   * @param training The training, restored where it goes on.
   * @returns Why it stopped; undefined where it ended.
   * @throws {RangeError} If gradients or weights were not finite.
   */
  async run(training: AnyTraining): Promise<Stop | undefined> {
    const { kept, subject: { settings: { epochs, patience } } } = this.#turning;
    try {
      let last = kept.pending;
      if (last) await this.#report(last, training.ended);
      let reports = 0;
      for await (const report of training.run()) {
        reports++;
        last = report;
        const place = { first: kept.isNew, last: training.ended };
        if (this.#shown.takes(report, place)) await this.#report(report, training.ended);
        else {
          this.#announce(report);
          await this.#end(report, [], training.ended);
        }
      }
      if (reports === 0) await kept.save(); // it had ended, and a file of it may be missing
      if (patience !== undefined && last && last.epoch < epochs) say("", endOf(patience));
      return undefined;
    } catch (error) {
      const { aborted, reason } = this.#signal;
      if (!aborted || error !== reason) throw error;
      await kept.save();
      return reason as Stop;
    } finally {
      this.#live.clear();
    }
  }

  /** What ends the training: of several ranks that on which they agree. */
  get #signal(): AbortSignal {
    const { team, signals } = this.#turning;
    return (team ?? signals).signal;
  }

  /** Whether anything is shown while a step is taken. */
  get #isLive(): boolean {
    const { team, subject: { settings: { trace } } } = this.#turning;
    return !trace && (team?.leads ?? true);
  }

  /**
   * What train() calls after each step.
   *
   * @param progress Where the training is.
   */
  onStep(progress: TrainProgress): void | Promise<void> {
    const { subject: { settings }, signals } = this.#turning;
    const leaving = signals.begin();
    if (leaving) return leaving;
    this.moved = true;
    this.#timeLeft.after(progress);
    if (this.#isLive) this.#live.show((columns) => this.#progress(progress, columns));
    const line = this.#timeNeeded.after(progress);
    if (line !== undefined) this.#tell(line);
    const { stopAfter } = settings;
    const steps = stepsOf(progress);
    if (stopAfter !== undefined && steps >= stopAfter) {
      signals.stop({ code: 0, word: `Stopped behind step ${steps}` });
    }
    return this.#between();
  }

  /**
   * What train() calls between two runs of a validation: what is saved there validates anew.
   *
   * @param progress Where the training is.
   */
  onValidation({ epoch, epochs }: ValidationProgress): void | Promise<void> {
    if (this.#isLive) {
      this.#live.show(() => `epoch ${thousands(epoch)}/${thousands(epochs)}, validation`);
    }
    return this.#betweenSteps();
  }

  /** The same within a validation or samples, where ranks do not meet. */
  #betweenSteps(): void | Promise<void> {
    return this.#turning.team ? undefined : this.#between();
  }

  #progress(progress: TrainProgress, columns: number): Line {
    const { kept, subject } = this.#turning;
    const left = this.#timeLeft.words(progress);
    const { kind, validated } = subject;
    const beside = {
      left,
      best: kept.best,
      validated,
      kind,
      measure: (loss: number) => subject.measure(loss),
    };
    return this.#line.text(progress, beside, columns);
  }

  /** What may come at any time: the end of the time budget, and a save that is due or asked for. */
  #between(): void | Promise<void> {
    const { subject: { settings: { timeBudget } }, kept, signals, team } = this.#turning;
    const leads = team?.leads ?? true; // whose clock counts
    if (leads && timeBudget !== undefined && performance.now() - this.#began >= 1000 * timeBudget) {
      signals.stop({
        code: 0,
        word: `Stopped as the time budget of ${counted(timeBudget, "second")} is spent`,
      });
    }
    const due = signals.takeSave() || kept.isDue();
    if (team) return this.#meet(team, due);
    if (due) return this.#save();
  }

  async #meet(team: Team, due: boolean): Promise<void> {
    if (await team.meet(this.#turning.signals.stopped, due)) await this.#save();
  }

  async #save(): Promise<void> {
    await this.#turning.kept.save();
    this.#complain();
  }

  async #report(report: AnyReport, last: boolean): Promise<void> {
    const { subject, kept, team } = this.#turning;
    this.#live.clear();
    kept.begin(report);
    say(subject.lineOf(report));
    this.#announce(report);
    const signal = this.#signal;
    const samples = team?.leads === false
      ? []
      : await subject.sample({ signal, between: () => this.#betweenSteps() });
    const lines = samples.map(({ text }) => ` - ${inALine(text)}`);
    say(...lines);
    for (const { prefix, text } of samples) announce("sample", { epoch: report.epoch, prefix, text });
    await this.#end({ ...report, samples }, lines.length > 0 ? [nameOf(report), ...lines] : [], last);
  }

  /** Tells programs of a report, which has no samples yet. */
  #announce(report: AnyReport): void {
    announce("report", { ...report, ...this.#turning.subject.told() });
  }

  /** Keeps a report. */
  async #end(
    { samples = [], ...report }: AnyReport & { samples?: Sample[] },
    lines: readonly string[],
    last: boolean,
  ): Promise<void> {
    const { subject, kept } = this.#turning;
    await kept.end({ ...report, ...subject.beside, samples }, lines, last);
    this.#complain();
  }

  /** Says a line in place of the live one, which comes again with the next step. */
  #tell(line: string): void {
    this.#live.clear();
    say(line);
  }

  #complain(): void {
    const { failure } = this.#turning.kept;
    if (failure === undefined) return;
    this.#live.clear();
    complain(
      `${failure}; training goes on with its weights in memory, and saving is tried again at the next report`,
    );
  }

  /** Takes the live line away. */
  [Symbol.dispose](): void {
    this.#live[Symbol.dispose]();
  }
}
