/**
 * What a layer needs to know of a cell: its counts. The arithmetic is in wgsl/cells and assembly/cells.
 *
 * @module
 */
import { CELL_GATES, CELL_SLOTS, CELLS } from "../../kernels.ts";

/** The kinds of layers, by PyTorch's names in lower case. */
export const KINDS: readonly Kind[] = ["rnn", "gru", "lstm"];
/** The kind of a recurrent layer. */
export type Kind = "rnn" | "gru" | "lstm";

/** A cell by its counts. */
export interface Cell {
  /** Its place in CELLS: the kernels' parameter. */
  readonly index: number;
  /** G: gates of weight_ih and weight_hh, in units of H. */
  readonly gates: number;
  /** S: slots of H words that a row of the gates' block has. */
  readonly slots: number;
  /** Where the gradients of the hidden part lie, one entry a run of slots. A GRU's third gate has them in slot 3. */
  readonly hiddenParts: readonly (readonly [slot: number, count: number, gate: number])[];
  /** Whether there is a cell state c beside h. */
  readonly hasC: boolean;
}

/**
 * The cell of a layer.
 *
 * @param kind The layer.
 * @param options The RNN's nonlinearity; whether an LSTM has a projection, which takes one slot more.
 */
export function cellOf(
  kind: Kind,
  { nonlinearity, projected }: { nonlinearity: "tanh" | "relu"; projected: boolean },
): Cell {
  const index = CELLS.indexOf(kind === "rnn" ? nonlinearity : kind);
  const gates = CELL_GATES[index]!;
  return {
    index,
    gates,
    slots: CELL_SLOTS[index]! + (projected ? 1 : 0),
    hiddenParts: kind === "gru" ? [[0, 2, 0], [3, 1, 2]] : [[0, gates, 0]],
    hasC: kind === "lstm",
  };
}
