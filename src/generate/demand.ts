/**
 * How rows of text are drawn, and what that demands of a device.
 *
 * @module
 */
import type { Device } from "../device/device.ts";
import type { State } from "../layers/recurrent/arguments.ts";
import type { Sentence } from "../messages/naming.ts";
import { counted } from "../messages/printable.ts";
import type { RNNModel } from "../model.ts";
import { configOf } from "../model/config.ts";
import { type ModelSizes, modelWords } from "../model/demand.ts";
import type { Demand } from "../tensors/demand.ts";
import { checkRoom, hasRoom } from "../tensors/room.ts";
import { atOnceDemand } from "./at_once.ts";
import { byStepDemand } from "./by_step.ts";

/** Characters that a run draws at most. */
const LARGEST_CHUNK = 256;
/** Likewise, where the GPU is a driver that computes on the CPU. */
const SOFTWARE_CHUNK = 16;

/** B rows, and the characters that a run draws at most. */
export interface StreamSizes {
  readonly batch: number;
  readonly most: number;
}

/**
 * Chooses how rows of text are drawn: many characters a run, or a step a run.
 *
 * The kernel that draws many knows neither projections nor norms. On WebGPU it gives each row a workgroup that reads all weights, so
 * software GPUs take large models and many rows step by step (PERFORMANCE.md, Generation).
 */
export function goesByStep(
  { software }: Pick<Device, "software">,
  model: ModelSizes,
  { batch }: Pick<StreamSizes, "batch">,
): boolean {
  const { projSize, numLayers, layerNorm } = model.layer;
  return projSize > 0 || layerNorm ||
    (software && (batch > 4 || numLayers > 8 || modelWords(model) > 2 ** 21));
}

/** The characters that a run draws at most, of so many in all; `top` asks for the likeliest at each. */
export function mostOf(
  { software }: Pick<Device, "software">,
  { length, top }: { length: number; top: number },
): number {
  return top > 0 ? 1 : Math.min(length, software ? SOFTWARE_CHUNK : LARGEST_CHUNK);
}

/**
 * What the rows of one generation demand beside the model.
 *
 * @param device The device.
 * @param model The model's sizes.
 * @param sizes B, and the characters of a run.
 */
export function generationDemand(device: Device, model: ModelSizes, sizes: StreamSizes): Demand {
  return goesByStep(device, model, sizes) ? byStepDemand(model, sizes) : atOnceDemand(model, sizes);
}

/**
 * Checks that a model's device has room for the rows of a generation.
 *
 * @param model The model.
 * @param rows How many prefixes there are, how many texts of each, and the characters of a run.
 * @throws {DeviceError} If it has not.
 */
export function checkGenerationRoom<S extends State>(
  model: RNNModel<S>,
  { prefixes, count, most }: { prefixes: number; count: number; most: number },
): void {
  const { device } = model;
  const config = configOf(model);
  const demands = (copies: number): Demand[] => [
    generationDemand(device, config, { batch: prefixes * copies, most }),
  ];
  const rows: Sentence = (option) =>
    `go on from ${counted(prefixes, "prefix", "prefixes")} with ${option("count", count)}`;
  checkRoom(device, rows, demands(count), { choices: [{ options: ["count"], value: count, demands }] });
}

/**
 * How many rows may be taken side by side: as many as were asked for, halved until the device has room.
 *
 * @param model The model.
 * @param rows How many were asked for, and the characters of each.
 * @returns At least one, whether there is room for it or not.
 */
export function rowsWithRoom<S extends State>(
  model: RNNModel<S>,
  { rows, length }: { rows: number; length: number },
): number {
  const { device } = model;
  const config = configOf(model);
  const most = mostOf(device, { length, top: 0 });
  let batch = rows;
  while (batch > 1 && !hasRoom(device, [generationDemand(device, config, { batch, most })])) batch >>= 1;
  return batch;
}
