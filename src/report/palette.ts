/**
 * The colours of curves, which colours.css of tools/page/ has too, beside others for dark pages.
 *
 * @module
 */

/** Colours that are told from a light ground. */
export const PALETTE: readonly string[] = [
  "#2563a8",
  "#c2571a",
  "#2a7d4f",
  "#8a4fa3",
  "#8f6f00",
  "#b0305c",
  "#1f7a8c",
  "#6b6b6b",
];

/** How many there are: behind the last they begin again. */
export const COLORS: number = PALETTE.length;
