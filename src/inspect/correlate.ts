/**
 * Correlations of units and features from sums over a text.
 *
 * Two of each pair. The plain one is Pearson's, which is the point-biserial one where the feature is 0 or 1:
 *
 *     r = (Σ f u − Σ f Σ u / N) / √((Σ f² − (Σ f)² / N) (Σ u² − (Σ u)² / N))
 *
 * The one within tokens takes from both, at each token, their means over all places with the same token v (n_v of them):
 *
 *     r = (Σ f u − Σ_v F_v U_v / n_v) / √((Σ f² − Σ_v F_v² / n_v) (Σ u² − Σ_v U_v² / n_v))
 *
 * It says what a unit keeps beyond what any unit sees in its input, and ranks go by it.
 *
 * @module
 */
import { FEATURE_COUNT } from "./features.ts";
import type { Finding, Survey } from "./survey.ts";
import type { UnitSums } from "./unit_sums.ts";

/** A unit's standard deviation, as a share of its root mean square, below which it is the rounding of float32. */
const STILL = 1e-5;

/** The correlations of all units with a feature, (U) each. */
export interface Correlations {
  readonly plain: Float64Array;
  readonly within: Float64Array;
}

/** What the sums are of. */
export interface Sums {
  readonly survey: Survey;
  readonly units: UnitSums;
  /** (V) The row of each token in the units' sums, and how many rows there are. */
  readonly rowOf: Uint32Array;
  readonly rows: number;
}

/** A unit's mean and standard deviation, (U) each. */
export interface Moments {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** (R) How often the tokens of each row come. */
function countsOf({ survey, rowOf, rows }: Sums): Float64Array {
  const counts = new Float64Array(rows);
  for (const [id, count] of survey.counts.entries()) counts[rowOf[id]!]! += count;
  return counts;
}

/** The mean and deviation of each unit. */
export function momentsOf({ survey: { tokens }, units: { byToken, squares }, rows }: Sums): Moments {
  const U = squares.length;
  const mean = new Float64Array(U);
  for (let row = 0; row < rows; row++) {
    for (let unit = 0; unit < U; unit++) mean[unit]! += byToken[row * U + unit]! / tokens;
  }
  const deviation = squares.map((sum, unit) => Math.sqrt(Math.max(0, sum / tokens - mean[unit]! ** 2)));
  return { mean, deviation };
}

/** (U) Σ u² less Σ_v U_v² / n_v. */
function varianceWithin({ units: { byToken, squares }, rows }: Sums, counts: Float64Array): Float64Array {
  const U = squares.length;
  const left = squares.slice();
  for (let row = 0; row < rows; row++) {
    const count = counts[row]!;
    for (let unit = 0; unit < U; unit++) left[unit]! -= byToken[row * U + unit]! ** 2 / count;
  }
  return left;
}

/**
 * Correlates.
 *
 * @param sums The sums over a text, and what momentsOf() gives of them.
 * @param found Of the features that count their places among all, and what the survey has found.
 * @returns The correlations, a pair of arrays a feature.
 */
export function correlate(
  sums: Sums & { moments: Moments },
  found: readonly { f: number; finding: Finding }[],
): Correlations[] {
  const { survey, units, rowOf, rows, moments: { mean, deviation } } = sums;
  const { tokens } = survey;
  const U = units.squares.length;
  const counts = countsOf(sums);
  const within = varianceWithin(sums, counts);
  /** Where a unit moves at all. */
  const moves = (variance: number, unit: number): boolean =>
    variance > STILL ** 2 * units.squares[unit]! && variance > 0;
  return found.map(({ f, finding }, column) => {
    const ofRows = new Float64Array(rows);
    for (const [id, row] of rowOf.entries()) ofRows[row]! += survey.sums[id * FEATURE_COUNT + f]!;
    const products = units.products.subarray(column * U, (column + 1) * U);
    const covariance = products.slice();
    let variance = finding.squares;
    for (const [row, sum] of ofRows.entries()) {
      if (sum === 0) continue;
      const share = sum / counts[row]!;
      variance -= sum * share;
      for (let unit = 0; unit < U; unit++) covariance[unit]! -= share * units.byToken[row * U + unit]!;
    }
    const total = tokens * finding.mean;
    const own = finding.squares - total * finding.mean;
    return {
      plain: products.map((product, unit) => {
        const spread = deviation[unit]! ** 2 * tokens;
        return moves(spread, unit) ? bounded((product - total * mean[unit]!) / Math.sqrt(own * spread)) : 0;
      }),
      within: covariance.map((product, unit) =>
        moves(within[unit]!, unit) ? bounded(product / Math.sqrt(variance * within[unit]!)) : 0
      ),
    };
  });
}

/** Rounding may lead beyond. */
function bounded(r: number): number {
  return Math.max(-1, Math.min(1, r));
}
