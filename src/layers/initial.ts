/**
 * First values of weights, drawn on the host so that every device starts alike.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../parameters.ts";
import { fillUniform, Random } from "../random.ts";
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

/**
 * Each parameter from N(0, 1), by the transform of Box and Muller (1958).
 *
 * @param shapes by name
 * @param options `seed`; `stream`: the first parameter's stream, the next has the next
 */
export function normalValues(
  shapes: Record<string, number[]>,
  { seed, stream }: { seed: number; stream: number },
): StateDict {
  const dict: StateDict = {};
  Object.entries(shapes).forEach(([name, shape], index) => {
    const random = new Random(seed, stream + index);
    const normal = (): number =>
      Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
    dict[name] = { shape, data: Float32Array.from({ length: sizeOf(shape) }, normal) };
  });
  return dict;
}

/** A seed that nobody chose. */
export function anySeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
