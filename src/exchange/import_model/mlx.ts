/**
 * MLX: safetensors under its own names. Its cells have PyTorch's order of gates, and one bias, but for a GRU's new gate.
 *
 * @module
 */
import { decodeSafetensors } from "../../files/safetensors.ts";
import type { HostTensor, StateDict } from "../../tensors/module.ts";
import { inferModel } from "../pytorch.ts";
import { checkShape, zeros } from "./arrays.ts";
import { plainOf } from "./inferred.ts";
import type { ImportFile, PlainModel, ReaderOptions } from "./plain.ts";

/** Names of a cell's arrays: an RNN's, and those of the others. */
const NAMES = /^((?:.*\.)?)(Wxh|Whh|Wx|Wh|b|bhn|bias)$/s;

/** Its cells are PyTorch's. */
const PLAIN = { resetAfter: true, gateActivation: "sigmoid" } as const;

/**
 * Reads a file of MLX.
 *
 * @param files The file.
 * @param options The activation of an RNN.
 * @returns The model.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If the model is none of refrain's.
 * @throws {RangeError} If an RNN's activation is not given.
 */
export function readMlx(files: readonly ImportFile[], { nonlinearity }: ReaderOptions): PlainModel {
  const content = decodeSafetensors(files[0]!.bytes);
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
  return plainOf("mlx", inferModel({ ...content, tensors }, { nonlinearity, marked: PLAIN }));
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
