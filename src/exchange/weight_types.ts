/**
 * What the weights of a file may become.
 *
 * @module
 */

/** Of int8 with a scale a row, or of float16. */
export type WeightType = "int8" | "f16";

/** All of them. */
export const WEIGHT_TYPES = ["int8", "f16"] as const satisfies readonly WeightType[];
