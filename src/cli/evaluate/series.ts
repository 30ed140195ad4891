/**
 * `evaluate --series`: how far a model of a series is off, beside what needs no model.
 *
 * @module
 */
import { lengthOf, partOf } from "../../data/series.ts";
import { loadForecaster } from "../../exchange/series_file.ts";
import { counted, thousands } from "../../messages/printable.ts";
import { numberText } from "../../report/numbers.ts";
import { type ColumnErrors, evaluateSeries } from "../../train/evaluate_series.ts";
import { contradiction } from "../check_flags.ts";
import { openFor } from "../device.ts";
import type { Settings } from "../flags.ts";
import { kebabCase } from "../parse_flags.ts";
import { print, tell } from "../results.ts";
import { hashOfSeries, readSeries } from "../series_files.ts";
import { findModel } from "../texts.ts";

/** Flags of `evaluate` that are of texts. */
const OF_TEXTS = [
  "maxChars",
  "newlines",
  "unknown",
  "vocabulary",
  "split",
  "splitRows",
  "rows",
  "windows",
  "segment",
  "learningRate",
  "clipGradNorm",
] as const;

/**
 * Measures a model of a series.
 *
 * @param settings The flags' values.
 * @returns The exit code.
 */
export async function evaluateSeriesCommand(
  settings: Settings<"evaluate"> & { series: string },
): Promise<number> {
  checkFlags(settings);
  const { series: path, encoding, validationSplit, acceptChangedWeights } = settings;
  using device = await openFor("train", settings);
  const file = await findModel(settings.model);
  const { model, end, origin } = await loadForecaster(file, device, { verify: !acceptChangedWeights });
  const { columns } = model.options;
  const whole = await readSeries(path, { encoding, columns, time: end.time?.name ?? "none" });
  const rows = lengthOf(whole);
  const part = validationSplit === undefined
    ? whole
    : partOf(whole, rows - Math.floor(rows * validationSplit));
  const evaluation = await evaluateSeries(model, part, whole);
  const seen = origin.corpus === await hashOfSeries(whole);
  print(
    line("loss", `${evaluation.loss.toFixed(6)}, in squared standard deviations`),
    line("windows", `${thousands(evaluation.windows)} of ${counted(lengthOf(part), "row")}`),
    ...evaluation.columns.flatMap(linesOf),
    ...(seen ? [line("seen", "the model was trained on this series, but for what its run held out")] : []),
  );
  tell({ ...evaluation, model: file, rows: lengthOf(part), seen });
  return 0;
}

function line(name: string, text: string): string {
  return name.padEnd(14) + text;
}

function linesOf({ name, rmse, mae, lastValue, lastSeason }: ColumnErrors): string[] {
  const season = lastSeason
    ? [
      line(
        "  last season",
        `RMSE ${numberText(lastSeason.rmse)}: ${counted(lastSeason.rows, "row")} repeated`,
      ),
    ]
    : [];
  return [
    name,
    line("  model", `RMSE ${numberText(rmse)}, mean error ${numberText(mae)}`),
    line("  last value", `RMSE ${numberText(lastValue)}`),
    ...season,
  ];
}

function checkFlags(settings: Settings<"evaluate"> & { series: string }): void {
  const owner = `--series ${settings.series}`;
  const reason = "it belongs to texts";
  if (settings.corpus.length > 0) throw contradiction(`--corpus ${settings.corpus[0]}`, owner, reason);
  if (settings.dynamic) throw contradiction("--dynamic", owner, reason);
  if (settings.baseline) {
    throw contradiction("--baseline", owner, "the last value and season are told anyway");
  }
  const name = OF_TEXTS.find((name) => settings[name] !== undefined);
  if (name !== undefined) throw contradiction(`--${kebabCase(name)} ${settings[name]}`, owner, reason);
  if (settings.validationSplit === 0) {
    throw contradiction("--validation-split 0", "evaluate", "nothing is measured");
  }
}
