/**
 * The two biases of PyTorch's recurrent layers, of which other programs have one: only their sum counts, but in a GRU's
 * new gate, where the one that is missing is zero as well.
 *
 * @module
 */
import type { HostTensor } from "../../tensors/module.ts";
import type { Recurrent } from "./names.ts";

/** The biases of a layer. */
const BIASES = ["bias_ih", "bias_hh"] as const;

/** A recurrent part with both biases or none. */
export interface Biased {
  /** The part. */
  readonly recurrent: Recurrent;
  /** Whether it has biases. */
  readonly bias: boolean;
  /** The bias that was missing in each layer, and is zero. */
  readonly zero: "bias_ih" | "bias_hh" | undefined;
}

/**
 * Gives a recurrent part the bias that none of its layers has, where all have the other.
 *
 * @param recurrent Its tensors.
 * @param numLayers How many layers it has.
 * @returns The part, with zeros where they are needed.
 */
export function withBothBiases(recurrent: Recurrent, numLayers: number): Biased {
  const there = BIASES.map((which) => [...recurrent.keys()].filter((name) => name.startsWith(which)).length);
  const bias = there.some((count) => count > 0);
  const missing = there.indexOf(0);
  if (!bias || missing < 0 || there[1 - missing] !== numLayers) return { recurrent, bias, zero: undefined };
  const zero = BIASES[missing]!;
  const other = BIASES[1 - missing]!;
  const zeros = [...recurrent].filter(([name]) => name.startsWith(other)).map(
    ([name, { shape, data }]): [string, HostTensor] => [
      name.replace(other, zero),
      { shape, data: new Float32Array(data.length) },
    ],
  );
  return { recurrent: new Map([...recurrent, ...zeros]), bias, zero };
}
