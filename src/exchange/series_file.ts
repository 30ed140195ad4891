/**
 * A Forecaster as one file: safetensors with PyTorch's names, and all that forecasts take in the metadata.
 *
 * @module
 */
import { assertFinite, partOf, type Series } from "../data/series.ts";
import type { Device } from "../device/device.ts";
import { readFile, readStart, writeFileAtomic } from "../files/atomic_file.ts";
import { assertFiles } from "../files/file_error.ts";
import { type Origin, readOrigin, writeOrigin } from "../files/origin.ts";
import { BLANK, hasChanged, PROOF, seal, type Verdict, verdictOf } from "../files/proof.ts";
import { fileSize } from "../files/paths.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  readHeader,
  type SafetensorsContent,
} from "../files/safetensors.ts";
import { MAX_HEADER_BYTES } from "../files/safetensors_header.ts";
import { undrawn } from "../layers/initial.ts";
import { refuseUnknown } from "../messages/options.ts";
import { quote } from "../messages/quote.ts";
import { checkShapes, layerConfigOf, statedLayerOf } from "../model/config.ts";
import { Forecaster } from "../model/forecaster.ts";
import { inTurns, turn } from "../turn.ts";
import { checkFileRoom } from "./file_room.ts";
import type { SaveOptions } from "./model_file.ts";
import { notFinite } from "./read_model.ts";
import { checkMarks, marksOf, readMarks } from "./marks.ts";
import {
  readSeriesMetadata,
  SERIES_KEY,
  type SeriesMetadata,
  writeSeriesMetadata,
} from "./series_metadata.ts";

/** A model of a series, and what its file says. */
export interface LoadedForecaster {
  /** The model, its weights loaded. */
  model: Forecaster;
  /** The end of the series that it was trained on, as many rows as it reads. */
  end: Series;
  /** The refrain that wrote the file, and what it says of the training. */
  origin: Origin;
}

/** What a file of a series holds. */
export interface SeriesContent extends SeriesMetadata {
  /** The weights. */
  readonly tensors: SafetensorsContent["tensors"];
  /** Where they come from. */
  readonly origin: Origin;
  /** What the file's SHA-256 says. */
  readonly proof: Verdict;
}

/**
 * A Forecaster as the bytes of its file.
 *
 * @param model The model.
 * @param series The series whose end forecasts go on from.
 * @param origin Where its weights come from.
 * @returns The file's bytes.
 * @throws {RangeError} If a weight or a number of the end is not finite, or the series is shorter than a window.
 * @throws {TypeError} If the series has other columns than the model.
 */
export async function encodeForecaster(
  model: Forecaster,
  series: Series,
  { signal, ...origin }: SaveOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { options, options: { columns, numSteps } } = model;
  const rows = series.values.length / columns.length;
  if (series.columns.join("\n") !== columns.join("\n")) {
    throw new TypeError(
      `Cannot save the model of columns ${quote(columns)} with a series of ${quote(series.columns)}`,
    );
  }
  if (rows < numSteps) {
    throw new RangeError(`Cannot save the model as it reads ${numSteps} rows: the series has ${rows}`);
  }
  const end = partOf(series, -numSteps);
  assertFinite(end, "save the model");
  const weights = await model.stateDict();
  const bad = await inTurns(notFinite(weights), signal);
  if (bad !== undefined) throw new RangeError(`Cannot save the model: ${bad}`);
  const layer = layerConfigOf(model.rnn);
  return await seal(encodeSafetensors({ ...weights, ...marksOf(layer) }, {
    format: "pt",
    [SERIES_KEY]: writeSeriesMetadata(options, statedLayerOf(layer), end),
    ...writeOrigin(origin),
    [PROOF]: BLANK,
  }));
}

/**
 * Writes a Forecaster to a file, whole or not at all: forecast of the command line takes it too.
 *
 * @param path The path of the file.
 * @param model The model.
 * @param series The series whose end forecasts go on from; it has a window's rows at least.
 * @throws {RangeError} If a weight is not finite, the series is shorter than a window, or the file cannot be written.
 * @throws {TypeError} If the series has other columns than the model.
 *
 * @example Usage
 * ```ts
 * import { Forecaster, loadForecaster, openDevice, parseSeries, saveForecaster, Standardizer } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const series = parseSeries("year,spots\n1700,5\n1701,11\n1702,16");
 * const sizes = { layer: { hiddenSize: 4 }, numSteps: 2, horizon: 1 };
 * const model = new Forecaster(device, { ...sizes, columns: ["spots"], scale: Standardizer.of(series), seed: 0 });
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await saveForecaster(path, model, series);
 * const { end } = await loadForecaster(path, device);
 * assertEquals(end.time?.texts, ["1701", "1702"]);
 * await Deno.remove(path);
 * ```
 */
export async function saveForecaster(path: string, model: Forecaster, series: Series): Promise<void> {
  await writeFileAtomic(path, await encodeForecaster(model, series));
}

/**
 * Reads the bytes of such a file, and checks all of them.
 *
 * @param bytes What encodeForecaster() gave.
 * @param options `verify`: whether it must be as refrain wrote it.
 * @returns What it holds.
 * @throws {SyntaxError} If it is damaged, of a newer version, or weights are not finite.
 * @throws {TypeError} If it is a model of no series, or weights and configuration do not belong together.
 */
export async function readForecaster(
  bytes: Uint8Array,
  { verify = true }: { verify?: boolean } = {},
): Promise<SeriesContent> {
  const { tensors: all, metadata } = decodeSafetensors(bytes);
  const json = metadata[SERIES_KEY];
  if (json === undefined) {
    throw new TypeError(
      "Cannot forecast with the model as it is of no series: generate goes on with a text, train --series makes one",
    );
  }
  const proof = verify ? await proofOf(bytes) : "none";
  const stated = readSeriesMetadata(json);
  const { tensors, marked } = readMarks(all);
  checkMarks(stated.checked.layer, marked);
  checkShapes(stated.checked, tensors);
  const bad = await inTurns(notFinite(tensors), undefined);
  if (bad !== undefined) throw new SyntaxError(`Cannot read the model: ${bad}`);
  return { ...stated, tensors, origin: readOrigin(metadata), proof };
}

async function proofOf(bytes: Uint8Array): Promise<Verdict> {
  try {
    return await verdictOf(bytes);
  } catch (cause) {
    throw hasChanged("load the model as its file", cause);
  }
}

/**
 * Whether a file is of a Forecaster, by its header.
 *
 * @param path The file.
 * @returns Whether loadForecaster() reads it, unless it is damaged.
 * @throws {RangeError} If it cannot be read.
 */
export async function isForecaster(path: string): Promise<boolean> {
  const start = await readStart(path, 8 + MAX_HEADER_BYTES);
  try {
    return readHeader(start, await fileSize(path)).metadata[SERIES_KEY] !== undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return false; // whoever reads it as a language model says why
    throw error;
  }
}

/**
 * Reads a model that `train --series` made: its forecast() goes on with a series.
 *
 * @param path The path of a run's model.safetensors.
 * @param device The device on which it shall compute.
 * @param options `verify`: whether the file must be as refrain wrote it, true where it is not given.
 * @returns The model, the end of its series, and what the file says of its training.
 * @throws {SyntaxError} If the file is damaged or of a newer version.
 * @throws {TypeError} If it is a model of no series, or weights and configuration do not belong together.
 * @throws {RangeError} If the file cannot be read.
 * @throws {DeviceError} If the device has no room for the model.
 *
 * @example Usage
 * ```ts
 * import { forecast, loadForecaster, openDevice } from "@refrain/refrain";
 *
 * async function next(run: string): Promise<Float64Array> {
 *   using device = await openDevice("wasm", { threads: 1 });
 *   const { model, end } = await loadForecaster(`${run}/model.safetensors`, device);
 *   return await forecast(model, end, { steps: 12 });
 * }
 * ```
 */
export async function loadForecaster(
  path: string,
  device: Device,
  options: { verify?: boolean } = {},
): Promise<LoadedForecaster> {
  const { verify = true } = options;
  refuseUnknown("load the model", options, { verify });
  assertFiles(`read "${path}"`);
  await checkFileRoom(path, device);
  const { options: made, tensors, end, origin } = await readForecaster(await readFile(path), { verify });
  await turn();
  const model = device.scope(() => { // where memory runs out nothing is left
    const empty = undrawn(() => new Forecaster(device, made));
    empty.loadStateDict(tensors);
    return empty;
  });
  return { model, end, origin };
}
