/**
 * What a stack of recurrent layers demands for a pass of B rows and T steps: the blocks that recurrent.ts and direction.ts
 * allocate, by their shapes. R is the size of h, D the directions, I a layer's inputs, G its gates, S its slots.
 *
 * @module
 */
import { align, type Device } from "../../device/device.ts";
import { blocksOf, type Demand, storageDemand, times, together } from "../../tensors/demand.ts";
import { restsOf } from "../../tensors/matmul.ts";
import { checkRoom, type Choice } from "../../tensors/room.ts";
import type { Sentence } from "../../messages/naming.ts";
import { type Cell, cellOf, type Kind } from "./cell.ts";
import { layoutOf } from "./layout.ts";
import { normedBackwards, normedForwards } from "./normed_demand.ts";
import { NAMES, type RecurrentSettings } from "./options.ts";
import { recurrentWords } from "./shapes.ts";

/** What of a layer's options its memory depends on. */
export type LayerSizes = Pick<
  RecurrentSettings,
  | ("inputSize" | "hiddenSize" | "numLayers" | "bias" | "batchFirst" | "dropout")
  | ("bidirectional" | "nonlinearity" | "projSize" | "resetAfter" | "gateActivation" | "layerNorm")
>;

/** A pass: its rows B and steps T, whether ids are read, and whether it goes backwards. */
export interface PassSizes {
  readonly batchSize: number;
  readonly numSteps: number;
  /** Whether the input is ids, which are one-hot then. */
  readonly ids: boolean;
  /** Whether a tape keeps what the backward pass needs. */
  readonly tape: boolean;
}

/** What one layer's pass is made of. */
interface Layer extends PassSizes {
  readonly cell: Cell;
  readonly options: LayerSizes;
  /** I */
  readonly inputSize: number;
  /** R */
  readonly outputSize: number;
  /** T·B */
  readonly rows: number;
}

/** The parameters of a stack, their gradients, and what the clipping keeps. */
export function layerStorage(kind: Kind, options: LayerSizes): Demand {
  return storageDemand(recurrentWords(kind, options));
}

/** Layers of a stack at most: a file of a model has no more than 16,384 tensors, and a layer four or five. */
const MOST_LAYERS = 2 ** 12;

/**
 * Checks that a stack of layers can be made, before its weights are drawn.
 *
 * @throws {DeviceError} If the device has no room for its parameters.
 * @throws {RangeError} If there are too many layers.
 */
export function checkLayer(device: Device, kind: Kind, options: LayerSizes): void {
  const { inputSize, hiddenSize, numLayers } = options;
  const sizes = { inputSize, hiddenSize, ...(numLayers > 1 ? { numLayers } : {}) };
  const made: Sentence = (option) => {
    const named = Object.entries(sizes).map(([name, size]) => option(name, size));
    return `make ${NAMES[kind]} of ${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
  };
  checkRoom(device, made, [layerStorage(kind, options)], { choices: layerChoices(kind, options) });
  if (numLayers <= MOST_LAYERS) return;
  throw new RangeError(
    `Cannot make ${NAMES[kind]} as numLayers must be at most ${MOST_LAYERS}: current value is ${numLayers}`,
  );
}

/** The sizes of a stack that its maker chooses. */
function layerChoices(kind: Kind, options: LayerSizes): Choice[] {
  const { hiddenSize, numLayers, projSize } = options;
  const demands = (
    changed: Partial<LayerSizes>,
  ): Demand[] => [layerStorage(kind, { ...options, ...changed })];
  return [
    {
      options: ["hiddenSize"],
      value: hiddenSize,
      demands: (value) => value > projSize ? demands({ hiddenSize: value }) : undefined,
    },
    {
      options: ["numLayers"],
      value: numLayers,
      demands: (value) => value > MOST_LAYERS ? undefined : demands({ numLayers: value }),
    },
  ];
}

/** All that a pass allocates, but for its input and for the final state. */
export function recurrentPass(kind: Kind, options: LayerSizes, pass: PassSizes): Demand {
  const { inputSize, hiddenSize, numLayers, projSize, bidirectional, batchFirst } = options;
  const { batchSize, numSteps, ids, tape } = pass;
  const cell = cellOf(kind, options);
  const outputSize = projSize || hiddenSize;
  const outputs = outputSize * (bidirectional ? 2 : 1);
  const rows = batchSize * numSteps;
  const layer = { ...pass, cell, options, outputSize, rows };
  const dropped = tape && options.dropout > 0;
  return together(
    layerPass({ ...layer, inputSize }),
    times(
      numLayers - 1,
      together(
        layerPass({ ...layer, inputSize: outputs, ids: false }),
        dropped ? blocksOf({ outputs: rows * outputs, "their gradients": rows * outputs }) : blocksOf({}),
      ),
    ),
    blocksOf({ "a key of masks": dropped ? 4 : 0 }),
    batchFirst && !ids
      ? swapDemand(rows * inputSize, { outer: batchSize, inner: numSteps, tape })
      : blocksOf({}),
    batchFirst ? swapDemand(rows * outputs, { outer: numSteps, inner: batchSize, tape }) : blocksOf({}),
  );
}

/**
 * What swapAxes() demands for so many words: a copy, and backwards that of the gradient, which it adds to another block; a
 * command for each index of the outer axis.
 */
export function swapDemand(
  words: number,
  { outer, inner, tape }: { outer: number; inner: number; tape: boolean },
): Demand {
  const swapped = blocksOf({ "swapped outputs": words });
  const { blocks, kernels } = tape ? times(3, swapped) : swapped;
  const commands = Math.max(0, outer - 2) + (tape ? Math.max(0, inner - 4) : 0); // blocks stand for two each
  return { blocks, kernels, commands };
}

/** One layer, in each of its directions. */
function layerPass(layer: Layer): Demand {
  const { tape, rows, inputSize, outputSize, options: { bidirectional } } = layer;
  const directions = bidirectional ? [false, true] : [false];
  return together(
    ...directions.flatMap((reverse) => [forwards(layer, reverse), tape ? backwards(layer) : blocksOf({})]),
    blocksOf({
      // (T, B, 2 R), where the outputs of two directions are joined
      outputs: bidirectional ? rows * 2 * outputSize : 0,
      // (T, B, I) both directions add to it
      "input's gradients": tape && !layer.ids ? rows * inputSize : 0,
    }),
  );
}

function forwards(layer: Layer, reverse: boolean): Demand {
  const { cell, rows, inputSize, ids, batchSize: batch, numSteps: steps } = layer;
  const { hiddenSize: hidden, projSize: projection, bias } = layer.options;
  const sizes = { steps, batch, hidden, projection };
  if (cell.norms > 0) {
    const products = ids ? blocksOf({}) : restsOf({ M: rows, N: cell.gates * hidden, K: inputSize });
    return together(normedForwards(cell, { ...sizes, bias, reverse }), products);
  }
  return together(
    blocksOf({
      // h (T + 1, B, R) and c (T + 1, B, H)
      states: layoutOf(sizes, cell, reverse).words,
      // (T, B, S·H), which turns into its gradients
      gates: rows * cell.slots * hidden,
      // (G·H) in place of bias_hh
      zeros: bias ? 0 : cell.gates * hidden,
    }, [["recurrent_forward", { cell: cell.index, batch, hidden, projection }], ["gemm", {}]]),
    ids ? blocksOf({}) : restsOf({ M: rows, N: cell.gates * hidden, K: inputSize }),
  );
}

function backwards(layer: Layer): Demand {
  const { cell, rows, inputSize, ids, outputSize: R, batchSize, numSteps: steps, options } = layer;
  const { hiddenSize: hidden, projSize, bidirectional } = options;
  const gates = cell.gates * hidden;
  const hiddenParts = cell.hiddenParts.map(({ count }) => restsOf({ M: count * hidden, N: R, K: rows }));
  return together(
    blocksOf({
      // dh (B, R) and dc (B, H)
      "states' gradients": cell.hasC ? align(batchSize * R) + batchSize * hidden : batchSize * R,
      // (T, B, R) of its own, where the kernel writes to it or finds it between another direction's
      "outputs' gradients": bidirectional || projSize > 0 ? rows * R : 0,
    }),
    ...hiddenParts,
    cell.norms > 0
      ? normedBackwards(cell, { steps, batch: batchSize, hidden, projection: projSize })
      : blocksOf({}),
    projSize > 0 ? restsOf({ M: R, N: hidden, K: rows }) : blocksOf({}),
    ...(ids ? [] : [
      restsOf({ M: gates, N: inputSize, K: rows }),
      restsOf({ M: rows, N: inputSize, K: gates }),
    ]),
  );
}
