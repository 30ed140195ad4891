// One time step of one layer in one direction whose cell is normalized (Ba, Kiros and Hinton 2016), t = `step`, or T-1-`step` where
// `reverse`, its products being there:
//   x = N(weight_ih x_t),  u = N(weight_hh h_previous),   h, c = cell(x, u, c_previous),   for lstm h = o tanh(N(c))
// N(a) = n gain + bias for each row of a, n = (a - m) r, m the row's mean, r = 1 / sqrt(v + epsilon), v the mean of (a - m)^2.
// gates (T, B, S*H), S = 2 G and the slots of cells/<cell>, and one more with projection: in, the two products in the first 2 G*H
// columns; out, n of both, then the cell's slots. Behind gates lie statistics (T, B, 4): r of x, r of u, m and r of c.
// gains, biases: of x (G*H), of u (G*H) and for lstm of c (H), one behind the other. lengths (B) u32; states: h (T + 1, B, R) at
// word offsetH, c (T + 1, B, H) at word offsetC (lstm only), in slots and with `carry` and `masked` as recurrent_forward has them.
// With `projection` h is left 0, for weight_hr m to be added: m is in the last slot, 0 in rows that have ended.

import { Gru } from "./cells/gru";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { tanh } from "./lib/activations";
import { AnyGate } from "./lib/gates";
import { get, put } from "./lib/lanes";
import { Moments, normalize } from "./lib/moments";
import { Normed } from "./lib/normed";
import { Layer, Part, Step } from "./lib/recurrence";
import { freeScratch, ownWords } from "./lib/scratch";
import { forwardUnits } from "./lib/units";
import { bytes } from "./lib/words";
import { GRU, LSTM, RELU, TANH } from "./numbers";

let epsilonOf: f32 = 0;

// Units: rows.
export function normed_cell_forward(
  gains: usize,
  biases: usize,
  lengths: usize,
  gates: usize,
  states: usize,
  cell: u32,
  hard: u32,
  step: u32,
  steps: u32,
  batch: u32,
  hidden: u32,
  projection: u32,
  reverse: u32,
  masked: u32,
  carry: u32,
  epsilon: f32,
  offsetH: u32,
  offsetC: u32,
  begin: u32,
  end: u32,
): void {
  const h = states + bytes(offsetH), c = states + bytes(offsetC);
  Layer.setSizes(steps, batch, hidden, projection, reverse != 0);
  Layer.setBlocks(0, 0, masked ? lengths : 0, gates, h, c);
  AnyGate.set(hard);
  epsilonOf = epsilon;
  if (carry) {
    carryRows(h, Layer.outputs, begin, end);
    if (cell == LSTM) carryRows(c, hidden, begin, end);
  }
  switch (cell) {
    case TANH:
      forward<Tanh>(gains, biases, step, begin, end);
      break;
    case RELU:
      forward<Relu>(gains, biases, step, begin, end);
      break;
    case GRU:
      forward<Gru>(gains, biases, step, begin, end);
      break;
    case LSTM:
      forward<Lstm>(gains, biases, step, begin, end);
      break;
  }
}

// What the last slot of states (T + 1, B, size) holds, moved to the first.
function carryRows(states: usize, size: u32, begin: u32, end: u32): void {
  const low = states + bytes(begin * size), high = low + bytes(Layer.steps * Layer.batch * size);
  memory.copy(Layer.reverse ? high : low, Layer.reverse ? low : high, bytes((end - begin) * size));
}

function forward<Cell>(gains: usize, biases: usize, step: u32, begin: u32, end: u32): void {
  const cell = changetype<Cell>(0);
  const H = bytes(Layer.hidden), R = bytes(Layer.outputs), columns = cell.gates() * Layer.hidden, G = bytes(columns);
  Normed.enter<Cell>(step, begin, end);
  freeScratch();
  const u = ownWords(columns);
  for (let row: u32 = 0; row < Part.rows; row++) {
    const at = row as usize, x = Normed.gates(row), slots = x + 2 * G, m = slots + (cell.slots() as usize) * H;
    const hPrevious = Step.hPrevious + at * R, cPrevious = Step.cPrevious + at * H;
    const after = Step.h + at * R, c = Step.c + at * H;
    if (Step.ended(row)) {
      memory.copy(after, hPrevious, R);
      if (cell.states() == 2) memory.copy(c, cPrevious, H);
      if (Layer.projection) memory.fill(m, 0, H);
      continue;
    }
    const statistics = Normed.statistics(row);
    Moments.of(x, columns, epsilonOf);
    normalize(x, columns, Moments.mean, Moments.rate);
    store<f32>(statistics, Moments.rate);
    Moments.of(x + G, columns, epsilonOf);
    normalize(x + G, columns, Moments.mean, Moments.rate);
    store<f32>(statistics, Moments.rate, 4);
    for (let j: usize = 0; j < G; j += 16) {
      const n = min<u32>(4, ((G - j) >> 2) as u32);
      put(slots + j, f32x4.add(f32x4.mul(get(x + j, n), get(gains + j, n)), get(biases + j, n)), n);
      put(u + j, f32x4.mul(get(x + G + j, n), get(gains + G + j, n)), n); // the cell adds the bias
    }
    const h = Layer.projection ? m : after;
    forwardUnits<Cell>(slots, u, biases + G, hPrevious, cPrevious, h, c, H, H, 0, H);
    if (cell.states() == 2) {
      Moments.of(c, Layer.hidden, epsilonOf);
      store<f32>(statistics, Moments.mean, 8);
      store<f32>(statistics, Moments.rate, 12);
      output(slots + 3 * H, c, gains + 2 * G, biases + 2 * G, h, H);
    }
    if (Layer.projection) memory.fill(after, 0, R);
  }
}

// h = o tanh(N(c)) of a row.
function output(o: usize, c: usize, gain: usize, bias: usize, h: usize, H: usize): void {
  const m = f32x4.splat(Moments.mean), r = f32x4.splat(Moments.rate);
  for (let j: usize = 0; j < H; j += 16) {
    const n = min<u32>(4, ((H - j) >> 2) as u32);
    const normal = f32x4.mul(f32x4.sub(get(c + j, n), m), r);
    const scaled = f32x4.add(f32x4.mul(normal, get(gain + j, n)), get(bias + j, n));
    put(h + j, f32x4.mul(get(o + j, n), tanh(scaled)), n);
  }
}
