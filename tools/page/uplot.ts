/**
 * What the page uses of uPlot, which is a script of its own there.
 *
 * @module
 */

/** A column: undefined where another run has a row and this one has none, null where there is no number. */
export type Column = readonly (number | null | undefined)[];

/** A range of a scale. */
export interface Range {
  min?: number | null;
  max?: number | null;
}

/** A chart. */
export interface Plot {
  readonly root: HTMLElement;
  readonly data: readonly Column[];
  readonly scales: Readonly<Record<string, Range>>;
  setData(data: readonly Column[], resetScales?: boolean): void;
  setScale(scale: string, range: Range): void;
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}

/** An axis. */
export interface Axis {
  stroke: string;
  font: string;
  size: number | ((plot: Plot, values: readonly string[] | null) => number);
  grid: { stroke: string; width: number };
  ticks: { stroke: string; width: number; size: number };
  values: (plot: Plot, splits: readonly (number | null)[]) => string[];
}

/** A series of a chart; the first is that of x. */
export interface Series {
  label: string;
  value: (plot: Plot, value: number | null) => string;
  stroke?: string;
  width?: number;
  dash?: readonly number[];
  points?: { show?: false; fill?: string };
}

/** What a chart is made of. */
export interface Options {
  width: number;
  height: number;
  scales: Readonly<Record<string, { time?: boolean; distr?: 1 | 3 }>>;
  axes: readonly Axis[];
  series: readonly Series[];
  cursor: {
    sync: { key: string };
    drag: { x: boolean; y: boolean };
    points: { fill: (plot: Plot, index: number) => string };
  };
  hooks: { setScale: readonly ((plot: Plot, scale: string) => void)[] };
}

declare global {
  /** uPlot's own script has made it. */
  var uPlot: {
    new (options: Options, data: readonly Column[], target: HTMLElement): Plot;
    join(tables: readonly (readonly Column[])[]): Column[];
  };
}
