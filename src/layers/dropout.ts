/**
 * Dropout with masks from the counter generator: the backward pass draws the same ones again instead of keeping them.
 * Source: Srivastava et al. 2014.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Tape } from "../tape.ts";
import { Tensor } from "../tensor.ts";

/**
 * y = x, each element zeroed with `probability` or scaled by 1 / (1 - probability).
 *
 * @param x any shape
 * @param options `seed` (2) u32: the masks' key; `stream`: a number of its own for each place where dropout is used
 * @param tape records it, and keeps y
 * @returns the shape of x
 */
export function dropout(
  x: Tensor,
  { probability, seed, stream }: { probability: number; seed: Block; stream: number },
  tape: Tape,
): Tensor {
  const { device } = x, count = x.size;
  const y = new Tensor(device, tape.keep(device.alloc(count)), x.shape);
  device.run("dropout", { x: x.block, seed, y: y.block }, { count, probability, stream, accumulate: 0 });
  tape.push(() => {
    const upstream = tape.upstream(y);
    if (!upstream) return;
    const { block, accumulate } = tape.accumulator(x);
    device.run("dropout", { x: upstream, seed, y: block }, { count, probability, stream, accumulate });
  });
  return y;
}
