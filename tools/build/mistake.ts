/**
 * Something wrong with what is built, told without a stack: `wgsl/adam.wgsl:38: no definition in scope …`.
 *
 * @module
 */

/** One or more sentences, a line each, their places in front. */
export class Mistake extends Error {}
