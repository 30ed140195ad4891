/**
 * The cells that a recurrence is compiled for, and their sizes. The build writes them for both languages of kernels: in WGSL
 * as GATES and SLOTS of the shader's cell, in AssemblyScript as LSTM, LSTM_GATES and so on.
 *
 * @module
 */

/** The cells of a recurrence, in the order of the parameter `cell`. */
export const CELLS = ["tanh", "relu", "gru", "lstm", "gru_reset_before"] as const;
/** Gate rows of `weight_hh`, in units of H, for each of CELLS. */
export const CELL_GATES = [1, 1, 3, 4, 3] as const;
/** Slots of H words a row of `gates` has, for each of CELLS (LSTM with projection has one more). */
export const CELL_SLOTS = [1, 1, 4, 4, 4] as const;
/**
 * Whether the last gate of each of CELLS multiplies weight_hh with r h_previous, which is there once the other gates are: a
 * step then takes two products, one after the other.
 */
export const CELL_RESETS = [false, false, false, false, true] as const;
