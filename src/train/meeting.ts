/**
 * What ranks must know alike of the moment before they go on: whether one of them was aborted, and the first one's clock.
 *
 * @module
 */
import type { Ranks } from "./ranks.ts";

/** What a rank brings. */
interface Brought {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since the last report. */
  readonly passed: number;
}

/** Where ranks meet behind each step. */
export class Meeting {
  readonly #ranks: Ranks;
  readonly #controller: AbortController = new AbortController();
  /** Milliseconds since the last report, on rank 0. */
  passed = 0;

  /**
   * Has not met.
   *
   * @param ranks Who meets.
   */
  constructor(ranks: Ranks) {
    this.#ranks = ranks;
  }

  /** Aborted by a meeting alone, on all ranks at once, where the signal of one of them was. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Meets.
   *
   * @param brought What this rank knows.
   */
  async meet({ signal, passed }: Brought): Promise<void> {
    const { rank } = this.#ranks;
    const moment = new Float64Array([signal?.aborted ? 1 : 0, rank === 0 ? passed : 0]);
    await this.#ranks.sum(moment);
    this.passed = moment[1]!;
    if (moment[0] === 0) return;
    const other = new DOMException("Another rank of the training was aborted", "AbortError");
    this.#controller.abort(signal?.aborted ? signal.reason : other);
  }
}
