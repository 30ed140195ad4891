/**
 * The way back of a loss whose kernel has computed its gradient along with it.
 *
 * @module
 */
import type { Block } from "../device/device.ts";
import { matmul } from "../tensors/matmul.ts";
import type { Tape } from "../tensors/tape.ts";
import type { Tensor } from "../tensors/tensor.ts";

/**
 * Records that a tensor's gradient is what reaches the loss times `gradient`.
 *
 * @param tape The tape.
 * @param given The loss [1], what it judges, and the loss's gradient of that.
 */
export function pushBackward(
  tape: Tape,
  { loss, judged, gradient }: { loss: Tensor; judged: Tensor; gradient: Block },
): void {
  tape.push(() => {
    const upstream = tape.upstream(loss);
    if (!upstream) return;
    if (tape.isOne(loss)) return tape.adopt(judged, gradient);
    const { block, accumulate } = tape.accumulator(judged);
    matmul(tape.device, { a: gradient, b: upstream, c: block }, { M: judged.size, N: 1, K: 1, accumulate });
  });
}
