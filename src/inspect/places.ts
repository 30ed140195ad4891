/**
 * Where in a text each feature is seen best: the first stretch of W tokens in which it comes a few times, rather one that
 * begins with a line. A stretch lies within a part of the text.
 *
 * @module
 */

/** As often as a feature need come in a stretch. */
const FEW = 3;

/** Watches features that come. */
export class Places {
  readonly #width: number;
  /** (W) Which came at each of the last W tokens, a bit a feature. */
  readonly #came: Uint32Array;
  /** (F) How often each came in them. */
  readonly #times: Int32Array;
  /** (W) Whether a line began. */
  readonly #begins: Uint8Array;
  /** (F) How good each one's best stretch is. */
  readonly #scores: Int32Array;
  /** (F) The first token of that stretch. */
  readonly #best: Float64Array;
  /** Tokens of the part so far. */
  #seen = 0;

  /**
   * Has seen nothing.
   *
   * @param features F.
   * @param width W.
   */
  constructor(features: number, width: number) {
    this.#width = width;
    this.#came = new Uint32Array(width);
    this.#times = new Int32Array(features);
    this.#begins = new Uint8Array(width);
    this.#scores = new Int32Array(features).fill(-1);
    this.#best = new Float64Array(features);
  }

  /** A part of the text begins. */
  begin(): void {
    this.#seen = 0;
    this.#times.fill(0);
  }

  /**
   * A token was read.
   *
   * @param at The token.
   * @param came Which features came with it, a bit each.
   * @param beginsLine Whether a line began with it.
   */
  next(at: number, came: number, beginsLine: boolean): void {
    const width = this.#width;
    const last = this.#seen % width;
    this.#came[last] = came;
    this.#begins[last] = beginsLine ? 1 : 0;
    if (came !== 0) this.#count(came, 1);
    this.#seen++;
    if (this.#seen < width) return;
    const first = this.#seen % width; // the place of the stretch's first token, which the next one takes
    const begins = this.#begins[first]!;
    // Once every W tokens, where no line begins: a text need not have lines.
    if (begins || first === 0) this.#judge(at - width + 1, begins);
    if (this.#came[first] !== 0) this.#count(this.#came[first]!, -1);
  }

  #count(came: number, by: number): void {
    for (let f = 0; f < this.#times.length; f++) if (came >>> f & 1) this.#times[f]! += by;
  }

  #judge(start: number, begins: number): void {
    for (let f = 0; f < this.#times.length; f++) {
      const score = 2 * Math.min(this.#times[f]!, FEW) + begins;
      if (score <= this.#scores[f]!) continue;
      this.#scores[f] = score;
      this.#best[f] = start;
    }
  }

  /** The first token of a feature's best stretch; the text's first where it is shorter. */
  best(feature: number): number {
    return this.#best[feature]!;
  }
}
