/**
 * First values of weights, drawn on the host so that every device starts alike.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../parameters.ts";
import { fillUniform } from "../random.ts";
import { sizeOf } from "../shape.ts";

/**
 * Each parameter from U(-bound, bound), as PyTorch's recurrent and linear layers.
 *
 * @param shapes by name
 * @param bound 1 / sqrt(hidden size), or of the inputs
 * @param options `seed`; `stream`: the first parameter's stream, the next has the next
 */
export function uniformValues(
  shapes: Record<string, number[]>,
  bound: number,
  { seed, stream: first = 0 }: { seed: number; stream?: number },
): StateDict {
  const dict: StateDict = {};
  Object.entries(shapes).forEach(([name, shape], index) => {
    const stream = first + index;
    const tensor: HostTensor = { shape, data: new Float32Array(sizeOf(shape)) };
    fillUniform(tensor.data, -bound, bound, seed, stream);
    dict[name] = tensor;
  });
  return dict;
}

/** A seed that nobody chose. */
export function anySeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
