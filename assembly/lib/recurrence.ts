// What recurrent_forward and recurrent_backward share: the layer, the part of it that a thread takes, and a step of that part.
// Static fields are globals of the instance, and so of the thread, which runs one kernel at a time: nothing is allocated.
import { LEFT, packRows } from "./pack";
import { share, SHARES } from "./shares";
import { bytes } from "./words";

// One layer in one direction.
export class Layer {
  static steps: u32 = 0; // T
  static batch: u32 = 0; // B
  static hidden: u32 = 0; // H
  static outputs: u32 = 0; // R
  static projection: u32 = 0; // R, or 0 without a projection
  static slots: u32 = 0; // S
  static reverse: bool = false;
  static weight_hh: usize = 0; // (G*H, R)
  static weight_hr: usize = 0; // (R, H)
  static lengths: usize = 0; // (B), or 0 where no step is masked
  static gates: usize = 0; // (T, B, S*H)
  static h: usize = 0; // (T + 1, B, R)
  static c: usize = 0; // (T + 1, B, H)

  static setSizes(steps: u32, batch: u32, hidden: u32, projection: u32, reverse: bool): void {
    Layer.steps = steps;
    Layer.batch = batch;
    Layer.hidden = hidden;
    Layer.outputs = projection ? projection : hidden;
    Layer.projection = projection;
    Layer.reverse = reverse;
  }

  static setSlots<Cell>(): void {
    Layer.slots = changetype<Cell>(0).slots() + (Layer.projection ? 1 : 0);
  }

  static setBlocks(weight_hh: usize, weight_hr: usize, lengths: usize, gates: usize, h: usize, c: usize): void {
    Layer.weight_hh = weight_hh;
    Layer.weight_hr = weight_hr;
    Layer.lengths = lengths;
    Layer.gates = gates;
    Layer.h = h;
    Layer.c = c;
  }
}

// The part of the layer that a thread takes: some rows with all units and outputs, or some units and outputs of all rows.
export class Part {
  static firstRow: u32 = 0;
  static rows: u32 = 0;
  static firstUnit: u32 = 0; // of H
  static units: u32 = 0;
  static firstOutput: u32 = 0; // of R
  static outputs: u32 = 0;

  static takeRows(begin: u32, end: u32): void {
    Part.firstRow = Layer.batch * begin / SHARES;
    Part.rows = Layer.batch * end / SHARES - Part.firstRow;
    Part.firstUnit = 0;
    Part.units = Layer.hidden;
    Part.firstOutput = 0;
    Part.outputs = Layer.outputs;
  }

  static takeUnits(begin: u32, end: u32): void {
    Part.firstRow = 0;
    Part.rows = Layer.batch;
    Part.firstUnit = share(Layer.hidden, begin);
    Part.units = share(Layer.hidden, end) - Part.firstUnit;
    Part.firstOutput = share(Layer.outputs, begin);
    Part.outputs = share(Layer.outputs, end) - Part.firstOutput;
  }
}

// Where the part's rows lie in one time step. It leads from one slot of the states to the next:
//   0 ──t=0─▶ 1 ──t=1─▶ 2 … T    the initial state in slot 0
//   0 ◀─t=0── 1 ◀─t=1── 2 … T    where the layer runs in reverse, in slot T
export class Step {
  static time: u32 = 0; // t
  static gates: usize = 0; // (rows, S*H)
  static hPrevious: usize = 0; // (rows, R)
  static cPrevious: usize = 0; // (rows, H)
  static h: usize = 0; // (rows, R)
  static c: usize = 0; // (rows, H)

  // The forward pass takes the steps 0 to T - 1 in this order, the backward pass from the last one on.
  static enter(step: u32): void {
    const time = Layer.reverse ? Layer.steps - 1 - step : step;
    const before = (Layer.reverse ? time + 1 : time) * Layer.batch + Part.firstRow;
    const after = (Layer.reverse ? time : time + 1) * Layer.batch + Part.firstRow;
    Step.time = time;
    Step.gates = Layer.gates + bytes((time * Layer.batch + Part.firstRow) * Layer.slots * Layer.hidden);
    Step.hPrevious = Layer.h + bytes(before * Layer.outputs);
    Step.cPrevious = Layer.c + bytes(before * Layer.hidden);
    Step.h = Layer.h + bytes(after * Layer.outputs);
    Step.c = Layer.c + bytes(after * Layer.hidden);
  }

  // Whether the sequence of a row of the part has ended before this step.
  // @ts-ignore: decorator
  @inline
  static ended(row: u32): bool {
    return Layer.lengths != 0 && load<u32>(Layer.lengths + bytes(Part.firstRow + row)) <= Step.time;
  }
}

// The part's outputs of a block (rows, R), as these columns of the left panels (rows, R).
export function packOutputs(block: usize, panels: usize): void {
  const outputs = Layer.outputs, first = Part.firstOutput;
  packRows(block + bytes(first), outputs, Part.rows, Part.outputs, LEFT, panels, outputs, first);
}

// The part's units of a slot of the step's gates, as the units of gate `gate` in the left panels (rows, depth).
export function packSlot(slot: u32, panels: usize, depth: u32, gate: u32): void {
  const hidden = Layer.hidden, first = Part.firstUnit, block = Step.gates + bytes(slot * hidden + first);
  packRows(block, Layer.slots * hidden, Part.rows, Part.units, LEFT, panels, depth, gate * hidden + first);
}
