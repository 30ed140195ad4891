/**
 * Columns of numbers brought to mean 0 and standard deviation 1.
 *
 * @module
 */
import { firstOf, Printable } from "../messages/printable.ts";
import { lengthOf, type Series } from "./series.ts";

/** Means and standard deviations of the columns of a series, of the part of it that a model learns from. */
export class Standardizer extends Printable {
  /** (C) The means. */
  readonly mean: readonly number[];
  /** (C) The standard deviations, 1 of a column that never changes. */
  readonly deviation: readonly number[];

  /**
   * Takes numbers that are known.
   *
   * @param scales A mean and a standard deviation a column.
   */
  constructor({ mean, deviation }: Pick<Standardizer, "mean" | "deviation">) {
    super();
    this.mean = [...mean];
    this.deviation = [...deviation];
  }

  /**
   * Learns them from a series.
   *
   * @param series What is to come to mean 0 and standard deviation 1: the training part alone.
   * @returns The standardizer.
   *
   * @example Usage
   * ```ts
   * import { parseSeries, Standardizer } from "@refrain/refrain";
   * import { assertEquals } from "@std/assert";
   *
   * const series = parseSeries("a,b\n1,7\n3,7");
   * const scale = Standardizer.of(series);
   * assertEquals([scale.mean, scale.deviation], [[2, 7], [1, 1]]);
   * assertEquals([...scale.apply(series)], [-1, 0, 1, 0]);
   * assertEquals([...scale.undo([-1, 0])], [1, 7]);
   * ```
   */
  static of(series: Pick<Series, "values" | "columns">): Standardizer {
    const { values, columns: { length: C } } = series;
    const N = lengthOf(series);
    const meanOf = (c: number, of: (value: number) => number): number => {
      let sum = 0;
      for (let i = c; i < values.length; i += C) sum += of(values[i]!);
      return sum / N;
    };
    const mean = Array.from({ length: C }, (_, c) => meanOf(c, (value) => value));
    const deviation = mean.map((own, c) => Math.sqrt(meanOf(c, (value) => (value - own) ** 2)));
    // What rounding alone makes of equal numbers is no deviation.
    return new Standardizer({
      mean,
      deviation: deviation.map((own, c) => own > Math.abs(mean[c]!) * 1e-12 ? own : 1),
    });
  }

  /**
   * Standardizes rows.
   *
   * @param series Rows (N, C) in the data's units.
   * @returns (N, C) They, in standard deviations from the mean.
   */
  apply({ values }: Pick<Series, "values">): Float64Array<ArrayBuffer> {
    const { mean, deviation } = this;
    return values.map((value, i) => (value - mean[i % mean.length]!) / deviation[i % mean.length]!);
  }

  /**
   * Takes them back to the data's units.
   *
   * @param values Rows (N, C) of what apply() gives, as a model predicts it.
   * @returns (N, C) They, in the data's units.
   */
  undo(values: ArrayLike<number>): Float64Array<ArrayBuffer> {
    const { mean, deviation } = this;
    return Float64Array.from(
      values,
      (value, i) => value * deviation[i % mean.length]! + mean[i % mean.length]!,
    );
  }

  /** The scales in a line: `Standardizer(mean 2, deviation 1)`. */
  override toString(): string {
    const [means, deviations] = [this.mean, this.deviation].map((list) =>
      firstOf(list.map((value) => Number(value.toPrecision(5))), 5)
    );
    return `Standardizer(mean ${means}, deviation ${deviations})`;
  }
}
