// What both kernels of a normalized cell share: the step of some rows, and where in gates their numbers lie.
import { Layer, Part, Step } from "./recurrence";
import { bytes } from "./words";

export class Normed {
  // The step of rows begin to end, once the layer's sizes and blocks are set.
  static enter<Cell>(step: u32, begin: u32, end: u32): void {
    const cell = changetype<Cell>(0);
    Layer.slots = 2 * cell.gates() + cell.slots() + (Layer.projection ? 1 : 0);
    Part.firstRow = begin;
    Part.rows = end - begin;
    Step.enter(step);
  }

  // (S*H) of a row of the part: n of x and n of u, then the cell's slots.
  // @ts-ignore: decorator
  @inline
  static gates(row: u32): usize {
    return Step.gates + bytes(row * Layer.slots * Layer.hidden);
  }

  // (4) of a row of the part: r of x, r of u, m and r of c.
  // @ts-ignore: decorator
  @inline
  static statistics(row: u32): usize {
    const all = Layer.gates + bytes(Layer.steps * Layer.batch * Layer.slots * Layer.hidden);
    return all + (((Step.time * Layer.batch + Part.firstRow + row) << 4) as usize);
  }
}
