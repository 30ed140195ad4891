/**
 * The two senses of a GRU's update gate. Haiku, Sonnet, DyNet and others mean h' = (1 - z) h + z n, PyTorch, Keras and
 * refrain h' = (1 - z) n + z h.
 *
 * @module
 */
import type { HostTensor } from "../tensors/module.ts";

/**
 * The same layer in the other sense: as σ(-a) = 1 - σ(a), and hard gates likewise, the rows of z change their signs, which
 * rounds nothing. Of each tensor (3H, ·) these are the second third.
 *
 * @param tensor One of weight_ih, weight_hh, bias_ih and bias_hh of a GRU, its gates in the order r z n.
 * @returns A tensor with numbers of its own.
 */
export function turnUpdateGate({ shape, data }: HostTensor): HostTensor {
  const third = data.length / 3;
  return { shape, data: data.map((value, i) => Math.floor(i / third) === 1 ? -value : value) };
}
