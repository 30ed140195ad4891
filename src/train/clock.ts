/**
 * The time that training takes.
 *
 * @module
 */

/** Counts tokens and steps against the clock, from one report to the next. */
export class TrainClock {
  #since: number = performance.now();
  #tokens = 0;
  #steps = 0;

  /** Milliseconds since the last report. */
  get passed(): number {
    return performance.now() - this.#since;
  }

  /** Tokens a second since the last report. */
  get tokensPerSecond(): number {
    return this.#tokens / this.passed * 1000;
  }

  /** Steps a second since the last report. */
  get stepsPerSecond(): number {
    return this.#steps / this.passed * 1000;
  }

  /** Seconds of so many steps, at the speed since the last report; 0 without a step since then. */
  secondsOf(steps: number): number {
    return this.#steps === 0 ? 0 : this.passed / 1000 * steps / this.#steps;
  }

  /** Counts a step. */
  stepEnded(tokens: number): void {
    this.#tokens += tokens;
    this.#steps++;
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
    this.#steps = 0;
  }
}
