/**
 * Whether layers fit each other: each reads as many numbers as the one before gives.
 *
 * @module
 */
import { quote } from "../../messages/quote.ts";
import type { PlainLayer } from "./plain.ts";
import { unfit } from "./unfit.ts";

/** What a layer reads and gives, in numbers a step; undefined of one that gives as many as it reads. */
interface Sizes {
  readonly reads: number;
  readonly gives: number;
}

/**
 * The sizes of a layer.
 *
 * @param layer The layer.
 * @returns What it reads and gives; undefined of a function of single elements.
 */
export function sizesOf(layer: PlainLayer): Sizes | undefined {
  switch (layer.kind) {
    case "embedding": {
      const [reads, gives] = layer.arrays["weight"]!.shape as [number, number];
      return { reads, gives };
    }
    case "one_hot":
      return { reads: layer.size, gives: layer.size };
    case "recurrent": {
      const directions = layer.bidirectional ? 2 : 1;
      return { reads: layer.arrays["weight_ih_l0"]!.shape[1]!, gives: layer.hiddenSize * directions };
    }
    case "dense": {
      const [gives, reads] = layer.arrays["weight"]!.shape as [number, number];
      return { reads, gives };
    }
    case "activation":
      return undefined;
  }
}

/**
 * Checks that layers fit each other.
 *
 * @param layers The layers.
 * @throws {TypeError} If one reads what the one before does not give.
 */
export function checkSizes(layers: readonly PlainLayer[]): void {
  let given: number | undefined;
  let ended = false;
  layers.forEach((layer, index) => {
    if ((layer.kind === "embedding" || layer.kind === "one_hot") && index > 0) {
      throw unfit(`${quote(layer.name)} reads ids behind other layers: it must be the first`);
    }
    if (layer.kind === "recurrent") {
      if (ended) {
        throw unfit(`${quote(layer.name)} reads sequences: the layer before gives the last step alone`);
      }
      ended = layer.outputs === "last";
    }
    const sizes = sizesOf(layer);
    if (!sizes) return;
    if (given !== undefined && sizes.reads !== given) {
      throw unfit(`${quote(layer.name)} reads ${sizes.reads} numbers: the layer before gives ${given}`);
    }
    given = sizes.gives;
  });
}
