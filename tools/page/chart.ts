/**
 * A chart with its buttons: drawn when it comes into view, and again when its scale or the page's colours change.
 *
 * @module
 */
import { numberText } from "../../src/report/numbers.ts";
import type { ChartData } from "../../src/report/page_data.ts";
import { column, type Source, tableOf } from "./data.ts";
import { button, make } from "./elements.ts";
import { dataTable } from "./table.ts";
import type { Axis, Column, Options, Plot, Range, Series } from "./uplot.ts";
import { CHART_WORDS, type ChartWords } from "./words.ts";

const HEIGHT = 300;
/** Pixels that a digit of an axis takes. */
const DIGIT = 7;

/** The epochs that all charts show, once somebody has chosen them. */
let zoomed: { min: number; max: number } | undefined;
const charts: Chart[] = [];

/** A colour of the page's style. */
function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Shows the same epochs in all charts; without a range all that there are. */
function zoom(range: { min: number; max: number } | undefined): void {
  zoomed = range;
  for (const chart of charts) chart.follow();
}

/** A chart in its figure. */
export class Chart {
  #chart: ChartData;
  readonly #source: Source;
  readonly #words: ChartWords;
  readonly #observer = new ResizeObserver(() => this.#fit());
  readonly #place: HTMLElement;
  #plot: Plot | undefined;
  #logarithmic = false;
  /** Whether a scale is being set by this script, and not by somebody who drags. */
  #following = false;

  /**
   * Puts buttons and a table into a figure; nothing is drawn yet.
   *
   * @param chart What it shows.
   * @param figure Where.
   * @param parts Its columns, and what it says.
   */
  constructor(
    chart: ChartData,
    figure: HTMLElement,
    { source = column, words = CHART_WORDS }: { source?: Source; words?: ChartWords } = {},
  ) {
    this.#chart = chart;
    this.#source = source;
    this.#words = words;
    this.#place = make("div", { class: "plot" });
    const log = button(words.log, `${words.log}: ${chart.title}`, (self) => {
      this.#logarithmic = !this.#logarithmic;
      self.setAttribute("aria-pressed", String(this.#logarithmic));
      this.redraw();
    });
    log.setAttribute("aria-pressed", "false");
    const tools = make(
      "div",
      { class: "tools" },
      log,
      button("+", words.zoomIn, () => this.#scale(0.5)),
      button("−", words.zoomOut, () => this.#scale(2)),
      button(words.all, words.allEpochs, () => zoom(undefined)),
    );
    figure.append(tools, this.#place, dataTable(() => this.#chart, { source, words }));
    charts.push(this);
    this.#observer.observe(this.#place);
  }

  /** Draws it, where it has not been drawn. */
  draw(): void {
    if (this.#plot) return;
    const data = this.#table();
    this.#plot = new globalThis.uPlot(this.#options(), data, this.#place);
    const curves = this.#chart.lines.map(({ label }) => label).join(", ");
    const wrap = this.#plot.root.querySelector(".u-wrap");
    wrap?.setAttribute("role", "img");
    wrap?.setAttribute(
      "aria-label",
      this.#words.describe(this.#chart.title, this.#chart.unit, curves),
    );
    if (zoomed) this.follow();
  }

  /** Draws it again, where it has been drawn. */
  redraw(): void {
    if (!this.#plot) return;
    this.#plot.destroy();
    this.#plot = undefined;
    this.draw();
  }

  /**
   * Shows the numbers that its columns have now.
   *
   * @param chart What it shows from now on.
   */
  update(chart: ChartData): void {
    const same = namesOf(chart) === namesOf(this.#chart);
    this.#chart = chart;
    if (!same) return this.redraw();
    if (!this.#plot) return;
    this.#following = true;
    this.#plot.setData(this.#table(), zoomed === undefined);
    queueMicrotask(() => {
      this.#following = false;
    });
    this.follow();
  }

  /** Gives it up. */
  remove(): void {
    charts.splice(charts.indexOf(this), 1);
    this.#observer.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #table(): Column[] {
    return tableOf(this.#chart, this.#source, this.#logarithmic);
  }

  /** Shows the epochs that all charts show. */
  follow(): void {
    if (!this.#plot) return;
    const range = zoomed ?? extentOf(this.#plot.data[0]!);
    if (!(range.min < range.max)) return; // of a single report uPlot finds a range itself, and of this one none
    this.#following = true;
    this.#plot.setScale("x", range);
    queueMicrotask(() => {
      this.#following = false;
    });
  }

  /** Shows as much about the same middle. */
  #scale(factor: number): void {
    const range = this.#plot?.scales["x"];
    const all = this.#plot && extentOf(this.#plot.data[0]!);
    if (!range || !all) return;
    const [min, max] = [range.min ?? all.min, range.max ?? all.max];
    const half = factor * (max - min) / 2;
    const middle = (min + max) / 2;
    const wide = 2 * half >= all.max - all.min;
    const start = Math.max(all.min, Math.min(middle - half, all.max - 2 * half));
    if (half > 0) zoom(wide ? undefined : { min: start, max: start + 2 * half });
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (width > 0) this.#plot?.setSize({ width, height: HEIGHT });
  }

  #options(): Options {
    const { lines, levels } = this.#chart;
    const colors = [...lines, ...levels].map(({ color }) =>
      colorOf(color === undefined ? "quiet" : `line-${color}`)
    );
    const text = (_: Plot, value: number | null): string => numberText(value, 6);
    return {
      width: this.#place.clientWidth || 300,
      height: HEIGHT,
      scales: { x: { time: false }, y: { distr: this.#logarithmic ? 3 : 1 } },
      axes: [
        axis(50),
        axis((_, values) => 20 + DIGIT * Math.max(0, ...(values ?? []).map((value) => value.length))),
      ],
      series: [
        { label: this.#words.epoch, value: text },
        ...lines.map(({ label, dashed }, index): Series => ({
          label,
          value: text,
          stroke: colors[index]!,
          width: 1.75,
          points: { fill: colorOf("sheet") },
          ...(dashed ? { dash: [6, 4] } : {}),
        })),
        ...levels.map(({ label, value }, index): Series => ({
          label,
          value: () => numberText(value, 6),
          stroke: colors[lines.length + index]!,
          width: 1,
          dash: [2, 5],
          points: { show: false },
        })),
      ],
      cursor: {
        sync: { key: "epochs" },
        drag: { x: true, y: false },
        points: { fill: (_, index) => colors[index - 1] ?? "" },
      },
      hooks: { setScale: [(plot, scale) => this.#hear(plot, scale)] },
    };
  }

  /** Somebody has dragged over a part of it, or clicked twice for all. */
  #hear({ scales, data }: Plot, scale: string): void {
    if (scale !== "x" || this.#following || !this.#plot) return;
    const { min, max } = scales["x"] as Range;
    if (typeof min !== "number" || typeof max !== "number") return;
    const all = extentOf(data[0]!);
    const range = min <= all.min && max >= all.max ? undefined : { min, max };
    if (range?.min === zoomed?.min && range?.max === zoomed?.max) return;
    zoomed = range;
    for (const chart of charts) if (chart !== this) chart.follow();
  }
}

function axis(size: Axis["size"]): Axis {
  const line = colorOf("line");
  return {
    stroke: colorOf("quiet"),
    font: "12px system-ui, sans-serif",
    size,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
    values: (_, splits) => splits.map((value) => value === null ? "" : numberText(value)),
  };
}

/** By what it is told whether a chart has other curves than before. */
function namesOf({ lines, levels }: ChartData): string {
  return JSON.stringify([lines, levels]);
}

/** The first and the last epoch. */
function extentOf(epochs: Column): { min: number; max: number } {
  return { min: epochs[0] ?? 0, max: epochs.at(-1) ?? 1 };
}
