/** A series, and small models of it. @module */
import { type Device, Forecaster, parseSeries, type Series, Standardizer } from "../../mod.ts";

/** Two columns, waves of 12 rows that rise. */
export const SERIES: Series = parseSeries(
  `a,b\n${
    Array.from({ length: 120 }, (_, t) => `${50 + t / 3 + 10 * Math.sin(t * Math.PI / 6)},${-t % 5}`).join(
      "\n",
    )
  }`,
);

/** A model of the columns of a series, from windows of 12 rows. */
export function forecasterOn(device: Device, series: Series = SERIES, dropout = 0): Forecaster {
  return new Forecaster(device, {
    layer: { hiddenSize: 8, numLayers: 2, dropout },
    columns: series.columns,
    scale: Standardizer.of(series),
    numSteps: 12,
    horizon: 4,
    dropout,
    seed: 0,
  });
}
