/**
 * A recurrent layer as a part of a Sequential, which takes one tensor and gives one.
 *
 * @module
 */
import { lastState } from "../../layers/last_state.ts";
import type { Recurrent } from "../../layers/recurrent.ts";
import { Module } from "../../tensors/module.ts";
import type { Tape } from "../../tensors/tape.ts";
import type { Tensor } from "../../tensors/tensor.ts";

/** A recurrent layer as a function of its inputs: the outputs of all steps, or each direction's last. */
export class Outputs extends Module {
  /** The layer. */
  readonly layer: Recurrent;
  /** Whether it gives each direction's last output alone. */
  readonly last: boolean;

  /**
   * @param layer The layer, whose parameters become its own.
   * @param last Whether it gives each direction's last output alone.
   */
  constructor(layer: Recurrent, last: boolean) {
    super(layer.device);
    this.layer = layer;
    this.last = last;
    this.join({ layer }, (_, name) => name);
  }

  override describe(): string {
    return this.layer.describe();
  }

  forward(x: Tensor, tape?: Tape): Tensor {
    if (!this.last) return this.layer.outputs(x, tape);
    return lastState(this.layer, this.layer.forward(x, null, tape)[1], tape);
  }
}
