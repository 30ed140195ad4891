/**
 * The time that training takes.
 *
 * @module
 */

/** Counts tokens and epochs against the clock, from one report to the next. */
export class TrainClock {
  #since: number = performance.now();
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

  /** Runs what is no training: it is not counted. */
  async pause<R>(body: () => Promise<R> | undefined): Promise<R | undefined> {
    const before = performance.now();
    const result = await body();
    this.#since += performance.now() - before;
    return result;
  }

  /** Begins anew, behind a report. */
  restart(): void {
    this.#since = performance.now();
    this.#tokens = 0;
    this.#epochs = 0;
  }
}
