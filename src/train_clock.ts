/**
 * The time that training takes, and turns for others.
 *
 * @module
 */

/** Milliseconds after which the loop lets signals, timers and the page have their turn. */
const TURN = 50;

/** Counts tokens and epochs against the clock, from one report to the next. */
export class TrainClock {
  #since: number = performance.now();
  #turn: number = this.#since;
  #tokens = 0;
  #epochs = 0;

  /** Tokens a second since the last report. */
  get tokensPerSecond(): number {
    return this.#tokens / (performance.now() - this.#since) * 1000;
  }

  /** Seconds an epoch, on average since the last report. */
  get seconds(): number {
    return (performance.now() - this.#since) / 1000 / this.#epochs;
  }

  /** Counts a step. */
  stepEnded(tokens: number): void {
    this.#tokens += tokens;
  }

  /** Counts an epoch. */
  epochEnded(): void {
    this.#epochs++;
  }

  /** Passes through a macrotask now and then, so that signals, timers and the page stay alive. */
  async turn(): Promise<void> {
    if (performance.now() - this.#turn <= TURN) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#turn = performance.now();
  }

  /** Runs what is no training: it is not counted. */
  async pause<R>(body: () => Promise<R> | undefined): Promise<R | undefined> {
    const before = performance.now(), result = await body();
    this.#since += performance.now() - before;
    return result;
  }

  /** Begins anew, behind a report. */
  restart(): void {
    this.#since = this.#turn = performance.now();
    this.#tokens = this.#epochs = 0;
  }
}
