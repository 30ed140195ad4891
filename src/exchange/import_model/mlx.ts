/**
 * MLX: arrays under its own names. Its cells have PyTorch's order of gates, and one bias, but for a GRU's new gate.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../../tensors/module.ts";
import { inferModel } from "../pytorch.ts";
import { checkShape, zeros } from "./arrays.ts";
import { plainOf } from "./inferred.ts";
import type { NamedContent } from "./named/content.ts";
import type { PlainModel, ReaderOptions } from "./plain.ts";

/** Names of a cell's arrays: an RNN's, and those of the others. */
const NAMES = /^((?:.*\.)?)(Wxh|Whh|Wx|Wh|b|bhn|bias)$/s;

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/** Names that MLX alone gives a cell's arrays. */
const TELLING = /(^|\.)Wxh?$/;

/**
 * Whether names are MLX's.
 *
 * @param names Those of arrays.
 */
export function isMlx(names: readonly string[]): boolean {
  return names.some((name) => TELLING.test(name));
}

/**
 * Makes a plain model of MLX's arrays.
 *
 * @param content The arrays.
 * @param options The activation of an RNN.
 * @returns The model.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export function mlxModel(content: NamedContent, { nonlinearity }: ReaderOptions): PlainModel {
  const tensors: StateDict = Object.create(null);
  const isCell = (prefix: string): boolean =>
    Object.hasOwn(content.tensors, `${prefix}Wx`) || Object.hasOwn(content.tensors, `${prefix}Wxh`);
  for (const [name, tensor] of Object.entries(content.tensors)) {
    const [, prefix = "", which = ""] = NAMES.exec(name) ?? [];
    if (which === "" || !isCell(prefix)) tensors[name] = tensor;
    else if (which === "bhn") {
      tensors[`${prefix}bias_hh_l0`] = behind(name, tensor, content.tensors[`${prefix}Wh`]);
    } else tensors[`${prefix}${NAMED[which]}_l0`] = tensor;
  }
  return plainOf("mlx", inferModel({ ...content, tensors }, { nonlinearity, marked: PLAIN }), content.notes);
}

/** PyTorch's names. */
const NAMED: Readonly<Record<string, string>> = {
  Wx: "weight_ih",
  Wh: "weight_hh",
  Wxh: "weight_ih",
  Whh: "weight_hh",
  b: "bias_ih",
  bias: "bias_ih",
};

/** A bias of the new gate alone as one of all gates. */
function behind(name: string, { shape, data }: HostTensor, weight: HostTensor | undefined): HostTensor {
  const size = weight?.shape[1] ?? 0;
  checkShape({ name, shape, data }, [size]);
  const all = zeros(3 * size);
  all.data.set(data, 2 * size);
  return all;
}
