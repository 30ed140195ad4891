/**
 * THE TABLE, in part (src/kernels.ts): functions of elements, and their gradients.
 *
 * @module
 */
import { ceil } from "./ceil.ts";
import { CHUNK } from "./numbers.ts";

/** The functions of `activation`, in the order of its parameter `kind`. */
export const ACTIVATION_KINDS = ["relu", "tanh", "sigmoid", "gelu", "gelu_tanh"] as const;

/** Functions of one element, or of two. */
export const ACTIVATIONS = {
  // y (count) = f(x (count)), or dy (count) * f'(x) where `gradient`; added to y where `accumulate`
  activation: {
    buffers: { x: "read f32", dy: "read f32", y: "read_write f32" },
    params: { count: "u32", kind: "u32", gradient: "u32", accumulate: "u32" },
    constants: ["kind", "gradient"],
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
  // y (count) = a + b, or a * b where `product`; added to y where `accumulate`
  combine: {
    buffers: { a: "read f32", b: "read f32", y: "read_write f32" },
    params: { count: "u32", product: "u32", accumulate: "u32" },
    extent: ({ count }: { count: number }): number => ceil(count, CHUNK),
    workgroups: ({ count }: { count: number }): [number, number] => [ceil(count, 1024), 1],
  },
} as const;
