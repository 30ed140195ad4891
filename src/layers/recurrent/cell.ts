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

/**
 * The activation of the gates of a GRU or an LSTM: σ(x), or a line that is cut off, "hardSigmoid5" clip(x/5 + 1/2, 0, 1)
 * or "hardSigmoid6" clip(x/6 + 1/2, 0, 1).
 */
export type GateActivation = "sigmoid" | "hardSigmoid5" | "hardSigmoid6";
/** The activations of gates, each with the kernels' parameter `hard`. */
const HARD: Readonly<Record<GateActivation, number>> = { sigmoid: 0, hardSigmoid5: 5, hardSigmoid6: 6 };
/** The activations of gates by name. */
export const GATE_ACTIVATIONS: readonly GateActivation[] = Object.keys(HARD) as GateActivation[];

/** What of a layer's options its cell depends on. */
export interface CellChoice {
  readonly nonlinearity: "tanh" | "relu";
  readonly projSize: number;
  readonly resetAfter: boolean;
  readonly gateActivation: GateActivation;
  readonly layerNorm: boolean;
}

/** A cell by its counts. */
export interface Cell {
  /** Its place in CELLS: the kernels' parameter. */
  readonly index: number;
  /** Its gates' activation: the kernels' parameter. */
  readonly hard: number;
  /** G: gates of weight_ih and weight_hh, in units of H. */
  readonly gates: number;
  /** S: slots of H words that a row of the gates' block has; of a normalized cell both products are among them. */
  readonly slots: number;
  /** Where the gradients of the hidden part lie, and what they are multiplied with, one entry a run of slots. */
  readonly hiddenParts: readonly HiddenPart[];
  /** Whether there is a cell state c beside h. */
  readonly hasC: boolean;
  /** Gains of a normalized cell, in units of H: of both products and of c; 0 of any other. */
  readonly norms: number;
}

/** A run of slots with gradients of the hidden part. */
export interface HiddenPart {
  /** The first slot. */
  readonly slot: number;
  /** How many there are, and gates. */
  readonly count: number;
  /** The first gate. */
  readonly gate: number;
  /** The slot with what weight_hh is multiplied with, where that is not h_previous. */
  readonly operand?: number;
}

/**
 * The cell of a layer.
 *
 * @param kind The layer.
 * @param choice Its options; a projection takes one slot more.
 */
export function cellOf(kind: Kind, choice: CellChoice): Cell {
  const { nonlinearity, projSize, resetAfter, gateActivation, layerNorm } = choice;
  const gru = resetAfter ? "gru" : "gru_reset_before";
  const name = kind === "rnn" ? nonlinearity : kind === "gru" ? gru : kind;
  const index = CELLS.indexOf(name);
  const gates = CELL_GATES[index]!;
  const hasC = kind === "lstm";
  const slots = CELL_SLOTS[index]! + (projSize > 0 ? 1 : 0);
  const common = { index, hard: HARD[gateActivation], gates, hasC };
  if (layerNorm) { // the products stand by themselves in front of the cell's slots
    const hiddenParts = [{ slot: gates, count: gates, gate: 0 }];
    return { ...common, slots: 2 * gates + slots, hiddenParts, norms: normsOf(kind) };
  }
  const hiddenParts = HIDDEN_PARTS[name] ?? [{ slot: 0, count: gates, gate: 0 }];
  return { ...common, slots, hiddenParts, norms: 0 };
}

/** Of cells whose last gate is not like the others: its gradient is another in its hidden part, or its operand r h_previous. */
const HIDDEN_PARTS: Readonly<Partial<Record<typeof CELLS[number], readonly HiddenPart[]>>> = {
  gru: [{ slot: 0, count: 2, gate: 0 }, { slot: 3, count: 1, gate: 2 }],
  gru_reset_before: [{ slot: 0, count: 2, gate: 0 }, { slot: 2, count: 1, gate: 2, operand: 3 }],
};

/**
 * Gains of a kind of layer that is normalized, in units of H: of both products, and of an LSTM's c.
 *
 * @param kind The layer.
 */
export function normsOf(kind: Kind): number {
  return 2 * gatesOf(kind) + (kind === "lstm" ? 1 : 0);
}

/**
 * G of a kind of layer: gates of weight_ih and weight_hh, in units of H.
 *
 * @param kind The layer.
 */
export function gatesOf(kind: Kind): number {
  return CELL_GATES[CELLS.indexOf(kind === "rnn" ? "tanh" : kind)]!;
}
