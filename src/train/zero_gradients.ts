/**
 * The beginning of a step: no gradient yet.
 *
 * @module
 */
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Module } from "../tensors/module.ts";
import { parameterRanges } from "../tensors/parameters.ts";

/**
 * Sets all gradients of a model to zero, those too that the optimizer leaves alone: clipping counts them, and they would
 * add up.
 *
 * @param model The model.
 * @param optimizer The optimizer of its parameters, or of some.
 */
export function zeroGradients(model: Module, optimizer: Optimizer): void {
  optimizer.zeroGrad();
  const others = model.parameters().filter((one) => !optimizer.has(one));
  for (const { gradients } of parameterRanges(others)) model.device.clear(gradients);
}
