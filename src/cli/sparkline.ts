/**
 * A curve in a line of text.
 *
 * @module
 */

const BARS = "▁▂▃▄▅▆▇█";

/** Values that are kept of a curve, at most: an even number. */
const MOST = 128;

/** A curve of any length, its values merged in pairs where there are too many. */
export class Curve {
  #values: number[] = [];
  /** Values of the source that make one that is kept. */
  #each = 1;
  #sum = 0;
  #count = 0;

  /** Adds a value at the end. */
  add(value: number): void {
    this.#sum += value;
    this.#count++;
    if (this.#count < this.#each) return;
    this.#values.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
    if (this.#values.length < MOST) return;
    this.#values = meansOf(this.#values, MOST / 2);
    this.#each *= 2;
  }

  /** What is kept of the curve. */
  get values(): readonly number[] {
    return this.#values;
  }
}

/**
 * Draws a curve: its smallest value is the lowest bar, its largest the highest.
 *
 * @param values The curve, finite numbers.
 * @param columns How wide it may be.
 * @returns Bars, one for each value or the mean of several.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sparkline([4, 3, 2, 1, 1, 1], 10), "█▆▃▁▁▁");
 * assertEquals(sparkline([4, 3, 2, 1, 1, 1], 3), "█▂▁");
 * ```
 */
export function sparkline(values: readonly number[], columns: number): string {
  const shown = meansOf(values, Math.min(columns, values.length));
  const least = Math.min(...shown);
  const range = Math.max(...shown) - least;
  return shown.map((value) => BARS[range === 0 ? 0 : Math.round((value - least) / range * (BARS.length - 1))])
    .join("");
}

/** So many values, each the mean of its share of the given ones, of which there are as many at least. */
function meansOf(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor(index * values.length / count);
    const part = values.slice(from, Math.floor((index + 1) * values.length / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
