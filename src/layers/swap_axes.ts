/**
 * (B, T, ·) to (T, B, ·) and back.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import type { Tape } from "../tensors/tape.ts";
import { Tensor } from "../tensors/tensor.ts";
import { copy } from "../tensors/copy.ts";

/**
 * The first two axes exchanged.
 *
 * @param x (outer, inner, ·).
 * @param sizes Of the two axes of x.
 * @param tape The tape that records it; without one nothing is kept.
 * @returns (inner, outer, ·).
 */
export function swapAxes(x: Tensor, { outer, inner }: { outer: number; inner: number }, tape?: Tape): Tensor {
  const { device } = x;
  const columns = x.size / (outer * inner);
  const swap = (source: Block, target: Block, from: { outer: number; inner: number }): void => {
    for (let i = 0; i < from.outer; i++) {
      const into = { block: target, offset: i * columns, ld: from.outer * columns };
      copy(device, { block: source, offset: i * from.inner * columns }, into, { rows: from.inner, columns });
    }
  };
  const y = new Tensor(device, device.alloc(x.size), [inner, outer, columns]);
  swap(x.block, y.block, { outer, inner });
  if (tape && !tape.wants(x)) tape.leaveOut(y);
  tape?.push(() => {
    const upstream = tape.upstream(y);
    if (!upstream || !tape.wants(x)) return;
    const dx = tape.keep(device.alloc(x.size));
    swap(upstream, dx, { outer: inner, inner: outer });
    tape.give(x, dx);
  });
  return y;
}
