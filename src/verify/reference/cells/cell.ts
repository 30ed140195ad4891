/** What the references of the cells have in common: one unit of one row at one step. @module */

/** The states around a step, of one unit; c is 0 for cells without one. */
export interface States {
  h: number;
  c: number;
  h_previous: number;
  c_previous: number;
}

/** The pointwise part of a recurrence. */
export interface Cell {
  /** Where the last gate is multiplied with r h_previous: r of its first gate. */
  reset?(x: number, u: number): number;
  /** On the way back there: what dq, of that product, makes of the first slot, and of h_previous. */
  resetBack?(slots: readonly number[], h_previous: number, dq: number): { dx_r: number; dh_previous: number };
  /**
   * @param x The input part of the unit's G gates.
   * @param u Their hidden part.
   * @param previous The states before the step.
   * @returns The new states, and the unit's word of each slot of `gates`.
   */
  forward(
    x: readonly number[],
    u: readonly number[],
    previous: Pick<States, "h_previous" | "c_previous">,
  ): { h: number; c: number; slots: number[] };
  /**
   * @param slots What forward kept.
   * @param states The states around the step.
   * @param dh The gradient of h.
   * @param dc The gradient of c from the step after.
   * @returns The unit's word of each slot of `gates`, the gradients of its gates' hidden part, and what goes to the
   * states before beside the product with weight_hh.
   */
  backward(
    slots: readonly number[],
    states: States,
    dh: number,
    dc: number,
  ): { slots: number[]; du: number[]; dh_previous: number; dc_previous: number };
}

/** 1 / (1 + e^-a) */
export function sigmoid(a: number): number {
  return 1 / (1 + Math.exp(-a));
}

/** The activation of gates. */
export interface Gate {
  of(a: number): number;
  /** The derivative where the value is y. */
  slope(y: number): number;
}

/**
 * The sigmoid, or clip(a / hard + 1/2, 0, 1).
 *
 * @param hard The kernels' parameter, 0 for the sigmoid.
 */
export function gateOf(hard: number): Gate {
  if (hard === 0) return { of: sigmoid, slope: (y) => y * (1 - y) };
  return {
    of: (a) => Math.min(1, Math.max(0, a / hard + 0.5)),
    slope: (y) => y > 0 && y < 1 ? 1 / hard : 0,
  };
}
