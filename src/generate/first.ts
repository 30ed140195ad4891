/**
 * How many characters a first run takes.
 *
 * @module
 */
import type { Device } from "../device/device.ts";

/** Products of a weight and a number that any other device makes within the time of a run. */
const SURE_PRODUCTS = 1e8;
/** Characters that the first run takes at most. */
const FIRST_CHUNK = 16;

/**
 * The characters that the first run draws or reads, whose time nobody knows yet: as many as surely keep nobody waiting. Each
 * run costs a packing of the weights.
 *
 * @param device The device.
 * @param weights Weights of the model.
 * @param batch How many rows there are.
 */
export function firstOf({ software }: Pick<Device, "software">, weights: number, batch: number): number {
  return software ? 1 : Math.max(1, Math.min(FIRST_CHUNK, Math.floor(SURE_PRODUCTS / (weights * batch))));
}
