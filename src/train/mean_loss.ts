/**
 * The mean loss of many runs of a recorded program.
 *
 * @module
 */
import type { Block, Device } from "../device/device.ts";
import { Pace } from "../turn.ts";
import { joinRows, ownRows, type Ranks } from "./ranks.ts";

/**
 * Runs after which the host takes the sums over. A GPU is given no more before the host waits for it, and a float32 sum
 * of so many equal losses is off by 1e-6 of it at most; of 100,000 it would be off by 1e-3.
 */
const RUNS_BETWEEN_FOLDS = 64;

/** Sums so far, of all ranks: plain data. */
export interface MeanLossState {
  /** The host's sum, in nats. */
  total: number;
  /** Runs since it began anew. */
  runs: number;
  /** (T·B) The device's sums that the host has not taken over. */
  rows: Float32Array;
}

/** A sum of losses, in nats, and the runs that it is of. */
export interface LossSum {
  /** The sum over all rows. */
  sum: number;
  /** Runs of T·B rows each. */
  runs: number;
}

/** Adds up the losses of rows: on the device from run to run, and now and then on the host, in float64. */
export class MeanLoss {
  /** (T·B) What addLosses() adds to. */
  readonly losses: Block;
  readonly #device: Device;
  /** Rows that count in a run. */
  readonly #counted: number;
  readonly #ranks: Ranks | undefined;
  /** The host's sum, over all ranks. */
  #total = 0;
  /** What of it is this rank's. */
  #own = 0;
  /** Since reset(). */
  #runs = 0;
  /** Runs that the host has not waited for. */
  #given = 0;
  /** When the first of them was given. */
  #since = 0;
  /** How many there may be: whoever aborts, or has the thread next, waits for all of them. */
  readonly #pace: Pace = new Pace(RUNS_BETWEEN_FOLDS);
  /** What was known when the device was last waited for. */
  #known: LossSum = { sum: 0, runs: 0 };
  /** The mean of the runs that were waited for last, in nats a row; absent before the first wait. */
  recent: { loss?: number } = {};

  /**
   * Takes memory for the losses; while recording it belongs to the program.
   *
   * @param device The device on which the program runs.
   * @param rows The number of rows T·B.
   * @param beside `counted`: how many of them count in a run, where not all do, a mean; `ranks`: who else adds up losses of as
   * many rows.
   */
  constructor(
    device: Device,
    rows: number,
    { counted = rows, ranks }: { counted?: number; ranks?: Ranks | undefined } = {},
  ) {
    this.#device = device;
    this.#counted = counted;
    this.#ranks = ranks;
    this.losses = device.alloc(rows);
  }

  /** Begins anew. */
  reset(): void {
    this.#total = 0;
    this.#own = 0;
    this.#runs = 0;
    this.#known = { sum: 0, runs: 0 };
    this.#device.clear(this.losses);
  }

  /**
   * Counts a run.
   *
   * @returns A promise of the sum since reset(), to wait for where it is time to wait for the device.
   */
  runEnded(): Promise<number> | undefined {
    if (this.#given++ === 0) this.#since = performance.now();
    const folds = ++this.#runs % RUNS_BETWEEN_FOLDS === 0;
    return folds || this.#given >= this.#pace.steps ? this.#wait(folds) : undefined;
  }

  /** Where it does not fold, the sums stay where they are: how long a run takes decides no bit. */
  async #wait(folds: boolean): Promise<number> {
    const paced = this.#given >= this.#pace.steps;
    const start = performance.now();
    const reading = folds
      ? this.#fold().then(() => this.#own)
      : this.#read().then((rows) => added(this.#own, rows));
    const held = performance.now() - start; // while the rest is waited for, others have their turn
    this.#given = 0;
    const runs = this.#runs;
    const sum = await reading;
    this.#learn({ sum, runs });
    if (paced) this.#pace.took(held, performance.now() - this.#since);
    return sum;
  }

  #learn(sums: LossSum): void {
    if (sums.runs > this.#known.runs) {
      this.recent = { loss: meanOf(sums, this.#known, this.#counted) };
    }
    this.#known = sums;
  }

  /** Takes the device's sums over to the host, which waits for all runs given so far. */
  async #fold(): Promise<number> {
    this.#given = 0;
    const rows = await this.#read();
    this.#device.clear(this.losses);
    this.#own = added(this.#own, rows);
    this.#total = await this.#withAll(rows);
    return this.#total;
  }

  async #read(): Promise<Float32Array> {
    return new Float32Array(await this.#device.read(this.losses));
  }

  /** The host's sum and what all ranks have on their devices. */
  async #withAll(rows: Float32Array): Promise<number> {
    if (!this.#ranks) return added(this.#total, rows);
    const sum = new Float64Array([added(0, rows)]);
    await this.#ranks.sum(sum);
    return this.#total + sum[0]!;
  }

  /**
   * Reads the sums so far, and leaves them: what is added later is added in the same order. All ranks ask for them together.
   *
   * @returns Plain data, which restore() takes.
   */
  async state(): Promise<MeanLossState> {
    const sums = { total: this.#total, runs: this.#runs };
    const rows = await this.#read();
    return { ...sums, rows: await joinRows(rows, [rows.length], this.#ranks) };
  }

  /**
   * Goes on from there.
   *
   * @param state What state() gave, of as many rows.
   */
  restore({ total, runs, rows }: MeanLossState): void {
    const own = ownRows(rows, [this.losses.length], this.#ranks);
    this.#total = total;
    this.#own = total / (this.#ranks?.size ?? 1);
    this.#runs = runs;
    this.#known = { sum: added(this.#own, own), runs };
    this.#device.write(this.losses, own);
  }

  /** Rows of a run, of all ranks. */
  get rows(): number {
    return this.losses.length * (this.#ranks?.size ?? 1);
  }

  /** Runs since it began anew. */
  get runs(): number {
    return this.#runs;
  }

  /**
   * The sum since reset(), for which the device is waited for.
   *
   * @param options `ends`: whether nothing is added any more until it begins anew. Where something is, the sums stay where
   * they are, so that when this is asked decides no bit.
   */
  async sum({ ends }: { ends: boolean }): Promise<LossSum> {
    const sum = ends ? await this.#fold() : await this.#withAll(await this.#read());
    return { sum, runs: this.#runs };
  }

  /**
   * The mean over the rows between two sums.
   *
   * @param to The later sum.
   * @param from The earlier one; without it the mean is over all rows.
   * @returns The loss in nats a row.
   */
  meanOf(to: LossSum, from: LossSum = { sum: 0, runs: 0 }): number {
    return meanOf(to, from, this.#counted * (this.#ranks?.size ?? 1));
  }
}

function meanOf(to: LossSum, from: LossSum, rows: number): number {
  return (to.sum - from.sum) / rows / (to.runs - from.runs);
}

/** A sum, and the losses of rows behind it, one by one. */
function added(sum: number, rows: Float32Array): number {
  return rows.reduce((sum, row) => sum + row, sum);
}

/**
 * The sum that a state comes to.
 *
 * @param state What MeanLoss.state() gave.
 * @returns It, in nats.
 */
export function sumOf({ total, rows }: MeanLossState): number {
  return added(total, rows);
}
