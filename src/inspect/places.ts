/**
 * Where in a text each feature is seen best: the first stretch of W tokens in which it comes a few times, rather one that
 * begins with a line.
 *
 * @module
 */

/** As often as a feature need come in a stretch. */
const FEW = 3;

/** Watches features that come. */
export class Places {
  readonly #width: number;
  /** (F, W) Whether each came at a token, of the last W. */
  readonly #came: Uint8Array;
  /** (F) How often each came in them. */
  readonly #times: Uint32Array;
  /** (W) Whether a line began. */
  readonly #begins: Uint8Array;
  readonly #scores: Int32Array;
  readonly #best: Float64Array;
  #seen = 0;

  /**
   * Has seen nothing.
   *
   * @param features F.
   * @param width W.
   */
  constructor(features: number, width: number) {
    this.#width = width;
    this.#came = new Uint8Array(features * width);
    this.#times = new Uint32Array(features);
    this.#begins = new Uint8Array(width);
    this.#scores = new Int32Array(features).fill(-1);
    this.#best = new Float64Array(features);
  }

  /** A feature came at the token of which next() tells next. */
  mark(feature: number): void {
    this.#came[feature * this.#width + this.#seen % this.#width] = 1;
    this.#times[feature]!++;
  }

  /**
   * A token was read.
   *
   * @param at The token.
   * @param beginsLine Whether a line began with it.
   */
  next(at: number, beginsLine: boolean): void {
    const width = this.#width;
    this.#begins[this.#seen % width] = beginsLine ? 1 : 0;
    this.#seen++;
    if (this.#seen < width) return;
    const first = this.#seen % width; // the place of the stretch's first token, which the next one takes
    const begins = this.#begins[first];
    const judged = begins || this.#seen % width === 0;
    for (let f = 0; f < this.#times.length; f++) {
      const score = 2 * Math.min(this.#times[f]!, FEW) + (begins ? 1 : 0);
      if (judged && score > this.#scores[f]!) {
        this.#scores[f] = score;
        this.#best[f] = at - width + 1;
      }
      const place = f * width + first;
      this.#times[f]! -= this.#came[place]!;
      this.#came[place] = 0;
    }
  }

  /** The first token of a feature's best stretch; the text's first where it is shorter. */
  best(feature: number): number {
    return this.#best[feature]!;
  }
}
