/**
 * A model of a series to go on from: its weights and its sizes. What a standard deviation is, the new series says.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { loadForecaster } from "../../exchange/series_file.ts";
import type { StateDict } from "../../tensors/module.ts";
import type { Settings } from "../flags.ts";
import { checkArchitecture, layerFlagsOf } from "../start_training.ts";
import { findModel } from "../texts.ts";

/** What a training goes on from. */
export interface SeriesStart {
  readonly weights: StateDict;
  /** The names of the columns that it was of. */
  readonly columns: readonly string[];
  /** The flags that it was made with; probabilities of dropout may be given anew. */
  readonly flags: Partial<Settings<"train">>;
}

/**
 * Reads a model to go on from.
 *
 * @param device The device on which it is looked at.
 * @param settings The flags' values.
 * @param given Which flags were written.
 * @throws {UsageError} If a flag asks for another model than the file has.
 */
export async function seriesStart(
  device: Device,
  settings: Settings<"train"> & { initFrom: string },
  given: ReadonlySet<string>,
): Promise<SeriesStart> {
  const { initFrom, acceptChangedWeights } = settings;
  const { model } = await loadForecaster(await findModel(initFrom), device, {
    verify: !acceptChangedWeights,
  });
  using stored = model;
  const { columns, numSteps, horizon, dropout: outputDropout } = stored.options;
  const { dropout, ...layer } = layerFlagsOf(stored.rnn);
  const fixed = { ...layer, numSteps, horizon };
  checkArchitecture(fixed, settings, given);
  return {
    weights: await stored.stateDict(),
    columns,
    flags: {
      ...fixed,
      dropout: given.has("dropout") ? settings.dropout : dropout,
      outputDropout: given.has("outputDropout") ? settings.outputDropout : outputDropout,
    },
  };
}
