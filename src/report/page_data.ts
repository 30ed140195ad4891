/**
 * What the page's markup tells its script: types alone, which tools/page/ knows too.
 *
 * @module
 */

/** A curve. */
export interface LineData {
  /** Its name in the legend. */
  readonly label: string;
  /** The run, from 0. */
  readonly run: number;
  /** The column, whose numbers are JSON in the element `run-column`. */
  readonly column: string;
  /** Which colour of the palette it has, from 0. */
  readonly color: number;
  readonly dashed: boolean;
}

/** A number that a curve is compared with. */
export interface LevelData {
  readonly label: string;
  readonly value: number;
  /** Which colour of the palette it has; undefined for grey. */
  readonly color?: number;
}

/** A chart, in the figure of its id. */
export interface ChartData {
  readonly id: string;
  readonly title: string;
  /** What its numbers are. */
  readonly unit: string;
  /** Whether e^number is shown. */
  readonly exponential: boolean;
  readonly lines: readonly LineData[];
  readonly levels: readonly LevelData[];
}

/** All of it, JSON in the element "data". */
export interface PageData {
  readonly charts: readonly ChartData[];
}
