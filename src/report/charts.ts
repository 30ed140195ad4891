/**
 * Which charts a report has, and which curves are in them.
 *
 * @module
 */
import { visible } from "../messages/visible.ts";
import { type Metric, numberOf, type Value } from "./columns.ts";
import type { ChartData, LevelData, LineData } from "./page_data.ts";
import { COLORS } from "./palette.ts";
import type { RunData } from "./read_run.ts";
import { isOfSeries } from "./settings.ts";

/** Every chart that there may be. */
const CHARTS:
  readonly (Omit<ChartData, "lines" | "levels"> & { readonly metrics: Partial<Record<Metric, string>> })[] = [
    {
      id: "loss",
      title: "Loss",
      unit: "nats a token",
      exponential: false,
      metrics: { loss: "training", validationLoss: "validation" },
    },
    {
      id: "perplexity",
      title: "Perplexity",
      unit: "e to the loss",
      exponential: true,
      metrics: { loss: "training", validationLoss: "validation" },
    },
    {
      id: "rate",
      title: "Learning rate",
      unit: "of the last step",
      exponential: false,
      metrics: { learningRate: "learning rate" },
    },
    {
      id: "norm",
      title: "Gradient norm",
      unit: "of the last step, before clipping",
      exponential: false,
      metrics: { gradNorm: "gradient norm" },
    },
    {
      id: "speed",
      title: "Speed",
      unit: "tokens a second",
      exponential: false,
      metrics: { tokensPerSecond: "speed" },
    },
  ];

/**
 * The charts of some runs.
 *
 * @param runs The runs.
 * @returns The charts in which there is a curve.
 */
export function chartsOf(runs: readonly RunData[]): ChartData[] {
  const series = runs.every(({ settings }) => isOfSeries(settings));
  return CHARTS.map(({ metrics, ...chart }) => ({
    ...chart,
    unit: series && chart.id === "loss" ? "in squared standard deviations" : chart.unit,
    lines: runs.flatMap((run, index) =>
      linesOf(run, { index, several: runs.length > 1, metrics, exponential: chart.exponential })
    ),
    levels: "loss" in metrics ? levelsOf(runs, chart.exponential) : [],
  })).filter(({ lines }) => lines.length > 0);
}

function linesOf(
  { name, columns: { values }, settings }: RunData,
  { index, several, metrics, exponential }: {
    index: number;
    several: boolean;
    metrics: Partial<Record<Metric, string>>;
    exponential: boolean;
  },
): LineData[] {
  if (exponential && isOfSeries(settings)) return [];
  return Object.entries(metrics).flatMap(([metric, word], place) => {
    if (values[metric as Metric] === undefined) return [];
    const alone = Object.keys(metrics).length === 1;
    return [{
      label: !several ? word : alone ? visible(name) : `${visible(name)}, ${word}`,
      run: index,
      column: metric,
      color: several ? index % COLORS : place,
      dashed: several && place > 0,
    }];
  });
}

/** What counting gives, beside the losses. */
function levelsOf(runs: readonly RunData[], exponential: boolean): LevelData[] {
  return runs.flatMap(({ name, baseline }, index) => {
    if (baseline === undefined) return [];
    const value = exponential ? Math.exp(baseline) : baseline;
    const several = runs.length > 1;
    return [{
      label: several ? `${visible(name)}, best n-gram` : "best n-gram",
      value,
      ...(several ? { color: index % COLORS } : {}),
    }];
  });
}

/**
 * The numbers of a curve as it shows them.
 *
 * @param runs The runs.
 * @param chart The chart.
 * @param line A curve of it.
 */
export function valuesOf(
  runs: readonly RunData[],
  { exponential }: ChartData,
  { run, column }: LineData,
): Value[] {
  const values = runs[run]!.columns.values[column as Metric] ?? [];
  if (!exponential) return [...values];
  return values.map((value) => typeof value === "number" ? numberOf(Math.exp(value)) ?? false : value);
}
