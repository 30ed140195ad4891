/**
 * How many threads a program takes, decided while it runs: all of them, or the host's alone. Small programs are over sooner
 * than threads have met, and where other processes are busy all threads wait for the one that has lost its core. Nothing
 * tells so beforehand, and it changes: so the other way is tried now and then, seldom enough to cost next to nothing.
 *
 * @module
 */

/** Runs whose median is what a run usually takes. */
const RUNS = 7;
/** Runs of a trial. */
const TRIAL = 3;
/** Two runs that take so many times as long as usual end a trial: one may have met something else. */
const HOPELESS = 1.3;
/** A single run that takes so many times as long ends it. */
const FAR_OFF = 2;
/** The other way is taken where it takes at most this part of the time. */
const BETTER = 0.92;
/** A trial that lost a millisecond is followed by so many without one. */
const REST = 100;
/** What a trial counts as losing at least, in usual runs. */
const LEAST_LOSS = 0.2;
/** And at most: a machine that was suspended meanwhile has lost hours. */
const MOST_LOSS = 100;

/** Programs that are remembered. */
const MOST = 256;

/**
 * What stands for the shape of a program.
 *
 * @param shape Its kernels and their parameters.
 * @returns Equal for equal shapes.
 */
export function shapeKey(shape: readonly number[]): string {
  return `${shape.length} ${shape.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0x811c9dc5)}`;
}

/** The choices of a device: one for all programs of the same commands and sizes, as many live for a few runs only. */
export class ThreadChoices {
  readonly #threads: number;
  readonly #known = new Map<string, ThreadChoice>();

  /**
   * @param threads How many there are.
   */
  constructor(threads: number) {
    this.#threads = threads;
  }

  /**
   * The choice for a run.
   *
   * @param key Equal for programs of the same shape: shapeKey().
   * @param manner What the run does besides, where its program does not say all.
   * @param steps How many of its steps it takes: short runs are another matter than long ones.
   * @param alone Whether one thread begins.
   * @returns The same for all that are alike.
   */
  of(key: string, manner = 0, steps = 1, alone = false): ThreadChoice {
    key = `${key} ${manner} ${Math.clz32(steps)}`;
    const choice = this.#known.get(key) ?? new ThreadChoice(this.#threads, alone);
    this.#known.delete(key); // the last one in is the last one out
    this.#known.set(key, choice);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    return choice;
  }
}

/** The choice of one program; it has to be told what each run took. */
export class ThreadChoice {
  readonly #threads: number;
  /** Whether runs take all threads, but for those of a trial. */
  #all: boolean;
  /** Milliseconds of the last runs, oldest first. */
  #times: number[] = [];
  /** Milliseconds of a trial's runs so far. */
  #trial: number[] | undefined;
  /** Whether the trial's next run counts: threads that sleep have to wake up first. */
  #awake = true;
  /** Milliseconds until the next trial. */
  #rest = 0;
  #lost = 0;
  /** What a run took when the last trial was over. */
  #calm = Infinity;

  /**
   * @param threads How many there are.
   * @param alone Whether one thread begins, and all are tried then, where what is won by them is less than what is lost
   * where other processes are busy.
   */
  constructor(threads: number, alone = false) {
    this.#threads = threads;
    this.#all = !alone;
  }

  /**
   * How many threads the next run takes.
   *
   * @returns All, or 1.
   */
  next(): number {
    if (this.#threads > 1 && !this.#trial && this.#times.length >= TRIAL && this.#rest <= 0) {
      this.#trial = [];
      this.#awake = this.#all;
      this.#lost = 0;
    }
    return this.#all === !this.#trial ? this.#threads : 1;
  }

  /**
   * Tells what the run took that next() was asked for.
   *
   * @param milliseconds Its time, or that of each of its steps.
   */
  took(milliseconds: number): void {
    if (this.#threads === 1) return;
    if (this.#trial) return this.#try(this.#trial, milliseconds);
    this.#rest -= milliseconds;
    this.#times.push(milliseconds);
    if (this.#times.length > RUNS) this.#times.shift();
    const usual = median(this.#times);
    if (usual <= HOPELESS * this.#calm) return;
    this.#calm = usual; // something has changed
    this.#rest = 0;
  }

  #try(trial: number[], milliseconds: number): void {
    const usual = median(this.#times);
    this.#lost += milliseconds - usual;
    if (!this.#awake) {
      this.#awake = true;
      return;
    }
    trial.push(milliseconds);
    const hopeless = milliseconds > FAR_OFF * usual ||
      trial.filter((time) => time > HOPELESS * usual).length > 1;
    if (!hopeless && trial.length < TRIAL) return;
    this.#trial = undefined;
    const better = !hopeless && median(trial) <= BETTER * usual;
    if (better) {
      this.#all = !this.#all;
      this.#times = trial;
    }
    this.#calm = median(this.#times);
    this.#rest = REST * Math.min(Math.max(this.#lost, LEAST_LOSS * this.#calm), MOST_LOSS * this.#calm);
  }
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!;
}
