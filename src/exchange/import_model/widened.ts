/**
 * Layers of different widths as layers of one: units beside a layer's own have weights of zero, so that they are zero at
 * each step, and their gradients too. All cells have that: the new value is tanh or relu of zero.
 *
 * @module
 */
import type { HostTensor, StateDict } from "../../tensors/module.ts";
import type { PlainRecurrent } from "./plain.ts";

/**
 * Makes layers as wide as the widest.
 *
 * @param stack Layers of one direction, each reading the one before.
 * @returns Layers of one width, and what was done.
 */
export function widened(
  stack: readonly PlainRecurrent[],
): { stack: readonly PlainRecurrent[]; note: string | undefined } {
  const widths = stack.map(({ hiddenSize }) => hiddenSize);
  const most = Math.max(...widths);
  if (widths.every((width) => width === most)) return { stack, note: undefined };
  return {
    stack: stack.map((layer, index) => widen(layer, most, index > 0)),
    note: `layers of ${
      widths.join(", ")
    } units are layers of ${most} here: units beside their own are zero, and stay so`,
  };
}

function widen(layer: PlainRecurrent, most: number, above: boolean): PlainRecurrent {
  const { hiddenSize, arrays } = layer;
  const wide: StateDict = Object.create(null);
  for (const [name, array] of Object.entries(arrays)) {
    const rows = widenedRows(array, hiddenSize, most);
    const isWider = name.startsWith("weight_hh") || above && name.startsWith("weight_ih");
    wide[name] = isWider ? widenedColumns(rows, most) : rows;
  }
  return { ...layer, hiddenSize: most, arrays: wide };
}

/** Blocks of rows, a gate each, with rows of zeros behind each. */
function widenedRows({ shape, data }: HostTensor, from: number, to: number): HostTensor {
  const [rows, ...rest] = shape as [number, ...number[]];
  const columns = rest[0] ?? 1;
  const gates = rows / from;
  const wide = new Float32Array(gates * to * columns);
  for (let gate = 0; gate < gates; gate++) {
    wide.set(data.subarray(gate * from * columns, (gate + 1) * from * columns), gate * to * columns);
  }
  return { shape: [gates * to, ...rest], data: wide };
}

/**
 * A matrix with columns of zeros behind its own.
 *
 * @param matrix The matrix (N, M).
 * @param to How many columns it shall have, M or more.
 * @returns The matrix (N, to).
 */
export function widenedColumns({ shape, data }: HostTensor, to: number): HostTensor {
  const [rows, columns] = shape as [number, number];
  const wide = new Float32Array(rows * to);
  for (let row = 0; row < rows; row++) wide.set(data.subarray(row * columns, (row + 1) * columns), row * to);
  return { shape: [rows, to], data: wide };
}
