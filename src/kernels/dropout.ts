/**
 * THE TABLE, in part (src/kernels.ts): elements zeroed at random.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CHUNK } from "./numbers.ts";

/** Elements zeroed at random. */
export const DROPOUT = {
  // y (count) = x, each element zeroed with `probability` or scaled by 1 / (1 - probability); seed (4): the masks' key, and
  // which of how many parts of a batch x is
  dropout: {
    buffers: { x: "read f32", seed: "read u32", y: "read_write f32" },
    params: { count: "u32", probability: "f32", stream: "u32", accumulate: "u32", columns: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
} as const;
