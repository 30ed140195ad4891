/**
 * A chart as a still picture: for notebooks, and for who runs no scripts.
 *
 * @module
 */
import { valuesOf } from "./charts.ts";
import type { Value } from "./columns.ts";
import { type Markup, markup } from "./markup.ts";
import { spread } from "./numbers.ts";
import type { ChartData } from "./page_data.ts";
import { PALETTE } from "./palette.ts";
import type { RunData } from "./read_run.ts";

const INK = "#4a5160";
const GRID = "#e3e6ea";

/** Size in pixels, and what is left of it for labels. */
const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 16;
const TOP = 52;
const BOTTOM = 36;
/** Points of a curve: more than pixels are not seen. */
const MOST_POINTS = 1400;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Draws a chart.
 *
 * @param runs The runs.
 * @param chart The chart; undefined where there is none.
 * @returns SVG that needs neither script nor style.
 */
export function pictureOf(runs: readonly RunData[], chart: ChartData | undefined): Markup {
  const curves = (chart?.lines ?? []).map((line) => ({
    line,
    points: pointsOf(runs[line.run]!.columns.epoch, valuesOf(runs, chart!, line)),
  }));
  const points = curves.flatMap(({ points }) => points);
  const title = chart && points.length > 0
    ? `${chart.title}, ${chart.unit}`
    : "There is no number to show yet";
  const levels = points.length > 0 ? chart!.levels : [];
  const x = rangeOf(points.map(([x]) => x));
  const y = rangeOf([...points.map(([, y]) => y), ...levels.map(({ value }) => value)]);
  const atX = (value: number): number => place(value, x, LEFT, WIDTH - RIGHT);
  const atY = (value: number): number => place(value, y, HEIGHT - BOTTOM, TOP);
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12"><title>${title}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/><text x="${LEFT}" y="18" fill="${INK}" font-size="14">${title}</text>${
    points.length > 0 ? axesOf({ x, y, atX, atY }) : undefined
  }${
    levels.map(({ value, color }) =>
      markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(value)}" y2="${atY(value)}" stroke="${
        color === undefined ? INK : PALETTE[color]
      }" stroke-dasharray="2 4"/>`
    )
  }${
    curves.map(({ line, points }) =>
      markup`<polyline points="${
        points.map(([x, y]) => `${atX(x)},${atY(y)}`).join(" ")
      }" fill="none" stroke="${PALETTE[line.color]}" stroke-width="1.5" stroke-linejoin="round"${
        line.dashed ? markup` stroke-dasharray="5 3"` : undefined
      }/>${
        points.length === 1
          ? markup`<circle cx="${atX(points[0]![0])}" cy="${atY(points[0]![1])}" r="3" fill="${
            PALETTE[line.color]
          }"/>`
          : undefined
      }`
    )
  }${legendOf([...curves.map(({ line }) => line), ...levels])}</svg>`;
}

/** Points that are numbers, as many as are seen. */
function pointsOf(epochs: readonly number[], values: readonly Value[]): [x: number, y: number][] {
  const whole = epochs.flatMap((epoch, index): [number, number][] => {
    const value = values[index];
    return typeof value === "number" ? [[epoch, value]] : [];
  });
  return spread(whole.length, MOST_POINTS).map((index) => whole[index]!);
}

function rangeOf(values: readonly number[]): Range {
  let [from, to] = [Infinity, -Infinity];
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  const pad = Math.max(0.5, Math.abs(from) / 2); // around one value alone
  return from < to ? { from, to } : { from: from - pad, to: to + pad };
}

/** Where a value lies, in pixels to a tenth. */
function place(value: number, { from, to }: Range, start: number, end: number): number {
  return Math.round(10 * (start + (value - from) / (to - from) * (end - start))) / 10;
}

/** About five round numbers in a range. */
function ticksOf({ from, to }: Range): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return Array.from(
    { length: Math.max(0, Math.min(count, 12)) },
    (_, i) => Number(((first + i) * step).toPrecision(6)),
  );
}

function axesOf(
  { x, y, atX, atY }: { x: Range; y: Range; atX: (value: number) => number; atY: (value: number) => number },
): Markup[] {
  const across = ticksOf(y).map((value) =>
    markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(value)}" y2="${
      atY(value)
    }" stroke="${GRID}"/><text x="${LEFT - 8}" y="${
      atY(value) + 4
    }" fill="${INK}" text-anchor="end">${value}</text>`
  );
  const down = ticksOf(x).map((value) =>
    markup`<text x="${atX(value)}" y="${HEIGHT - 18}" fill="${INK}" text-anchor="middle">${value}</text>`
  );
  const name = markup`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${
    HEIGHT - 3
  }" fill="${INK}" text-anchor="middle">epoch</text>`;
  return [...across, ...down, name];
}

/** Names of the curves, in one row; what has no room there is left out. */
function legendOf(entries: readonly { readonly label: string; readonly color?: number }[]): Markup[] {
  let x = LEFT;
  return entries.flatMap(({ label, color }) => {
    const text = label.length > 40 ? `${label.slice(0, 40)}…` : label;
    const at = x;
    x += 30 + 7 * text.length;
    if (x > WIDTH) return [];
    const paint = color === undefined ? INK : PALETTE[color];
    return [
      markup`<rect x="${at}" y="33" width="14" height="3" fill="${paint}"/><text x="${
        at + 19
      }" y="39" fill="${INK}">${text}</text>`,
    ];
  });
}
