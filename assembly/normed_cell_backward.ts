// The gradient of normed_cell_forward, the products' backward passes left aside. With dh the gradient of the step's h in all,
// dy[t] + dh from the step after, or with `projection` dm, and N'(d) = r (d gain - mean(d gain) - n mean(d gain n)) for each row:
//   dx, du, dc_previous = cell_backward(slots, h_previous, c_previous, c, dh, dc), where for lstm N(c) stands for c in o tanh(c)
// gates (T, B, S*H): in, what the forward pass left; out, N'(dx) and N'(du), the products' gradients, in the first 2 G*H columns.
// dy: (T, B, R), or dm (B, H) with projection. dstates: dh (B, R) at word 0, in: from the step after, out: what the cell passes
// straight to h_previous, without weight_hh^T du; dc (B, H) at word offsetDc (lstm only). Where `masked`, rows with
// lengths[b] <= t pass both on unchanged, and their products' gradients are zeros.
// partials ((T + 15) / 16, B, 2, P), P words as gains: to those of t / 16 and the row are added d n, the gradient of gains, and
// d, that of biases. gains, biases (P), lengths (B) u32, states, and statistics behind gates as the forward pass has them.

import { Gru } from "./cells/gru";
import { Lstm } from "./cells/lstm";
import { Relu } from "./cells/relu";
import { Tanh } from "./cells/tanh";
import { tanh } from "./lib/activations";
import { AnyGate } from "./lib/gates";
import { get, put } from "./lib/lanes";
import { normalizeBack } from "./lib/moments";
import { Normed } from "./lib/normed";
import { Layer, Part, Step } from "./lib/recurrence";
import { freeScratch, ownWords } from "./lib/scratch";
import { backwardUnits } from "./lib/units";
import { BLOCK } from "./lib/wide";
import { bytes } from "./lib/words";
import { GRU, LSTM, RELU, TANH } from "./numbers";

// Scales, shifts, and gradients.
class Pass {
  static gains: usize = 0; // (P)
  static biases: usize = 0; // (P)
  static dy: usize = 0; // (T, B, R), or with projection (B, H)
  static dh: usize = 0; // (B, R)
  static dc: usize = 0; // (B, H)
  static partials: usize = 0; // ((T + 15) / 16, B, 2, P)
}

// Units: rows.
export function normed_cell_backward(
  gains: usize,
  biases: usize,
  lengths: usize,
  states: usize,
  gates: usize,
  dy: usize,
  dstates: usize,
  partials: usize,
  cell: u32,
  hard: u32,
  step: u32,
  steps: u32,
  batch: u32,
  hidden: u32,
  projection: u32,
  reverse: u32,
  masked: u32,
  offsetH: u32,
  offsetC: u32,
  offsetDc: u32,
  begin: u32,
  end: u32,
): void {
  Layer.setSizes(steps, batch, hidden, projection, reverse != 0);
  Layer.setBlocks(0, 0, masked ? lengths : 0, gates, states + bytes(offsetH), states + bytes(offsetC));
  AnyGate.set(hard);
  Pass.gains = gains;
  Pass.biases = biases;
  Pass.dy = dy;
  Pass.dh = dstates;
  Pass.dc = dstates + bytes(offsetDc);
  Pass.partials = partials;
  switch (cell) {
    case TANH:
      backward<Tanh>(step, begin, end);
      break;
    case RELU:
      backward<Relu>(step, begin, end);
      break;
    case GRU:
      backward<Gru>(step, begin, end);
      break;
    case LSTM:
      backward<Lstm>(step, begin, end);
      break;
  }
}

function backward<Cell>(step: u32, begin: u32, end: u32): void {
  const cell = changetype<Cell>(0);
  const H = bytes(Layer.hidden), R = bytes(Layer.outputs), columns = cell.gates() * Layer.hidden, G = bytes(columns);
  const P = 2 * G + (cell.states() == 2 ? H : 0);
  Normed.enter<Cell>(step, begin, end);
  freeScratch();
  const own = ownWords(4 * Layer.hidden);
  for (let row: u32 = 0; row < Part.rows; row++) {
    const at = row as usize, b = Part.firstRow + row, x = Normed.gates(row), slots = x + 2 * G;
    if (Step.ended(row)) {
      memory.fill(x, 0, 2 * G);
      continue;
    }
    const statistics = Normed.statistics(row), rateX = load<f32>(statistics), rateU = load<f32>(statistics, 4);
    const dgain = Pass.partials + 2 * P * ((Step.time / BLOCK * Layer.batch + b) as usize), dbias = dgain + P;
    const hPrevious = Step.hPrevious + at * R, cPrevious = Step.cPrevious + at * H;
    const h = Step.h + at * R, c = Step.c + at * H;
    const straight = Pass.dh + bytes(b * Layer.outputs), dc = Pass.dc + bytes(b * Layer.hidden);
    // The gradient of h is d, and where there is one, above.
    const d = Layer.projection ? Pass.dy + bytes(b * Layer.hidden) : straight;
    const above = Layer.projection ? <usize> 0 : Pass.dy + bytes((Step.time * Layer.batch + b) * Layer.outputs);
    if (cell.states() == 2) {
      const none = own, dO = own + H;
      outputBack(slots + 3 * H, c, d, above, dc, own, dgain + 2 * G, dbias + 2 * G, 2 * G, statistics);
      memory.fill(none, 0, H);
      backwardUnits<Cell>(slots, hPrevious, h, cPrevious, c, none, 0, straight, dc, H, 0, H);
      memory.copy(slots + 3 * H, dO, H);
    } else {
      backwardUnits<Cell>(slots, hPrevious, h, cPrevious, c, d, above, straight, dc, H, 0, H);
    }
    if (!cell.direct()) memory.fill(straight, 0, R);
    normalizeBack(x, slots, Pass.gains, rateX, dgain, dbias, columns);
    if (cell.slots() > cell.gates()) { // the last gate's hidden part has a gradient of its own
      memory.copy(slots + G - H, slots + G, H);
    }
    normalizeBack(x + G, slots, Pass.gains + G, rateU, dgain + G, dbias + G, columns);
  }
}

// From h = o tanh(N(c)): adds to dc, and leaves the gradient of o's sum in the second quarter of `own` (4, H).
function outputBack(
  o: usize,
  c: usize,
  d: usize,
  above: usize,
  dc: usize,
  own: usize,
  dgain: usize,
  dbias: usize,
  first: usize,
  statistics: usize,
): void {
  const H = bytes(Layer.hidden), gain = Pass.gains + first, bias = Pass.biases + first;
  const dO = own + H, normal = own + 2 * H, dScaled = own + 3 * H;
  const m = v128.load32_splat(statistics, 8), r = v128.load32_splat(statistics, 12);
  const gate = changetype<AnyGate>(0);
  for (let j: usize = 0; j < H; j += 16) {
    const n = min<u32>(4, ((H - j) >> 2) as u32);
    const value = f32x4.mul(f32x4.sub(get(c + j, n), m), r);
    const t = tanh(f32x4.add(f32x4.mul(value, get(gain + j, n)), get(bias + j, n)));
    const dh = above ? f32x4.add(get(d + j, n), get(above + j, n)) : get(d + j, n);
    const out = get(o + j, n);
    put(normal + j, value, n);
    put(dScaled + j, f32x4.mul(f32x4.mul(dh, out), f32x4.sub(f32x4.splat(1), f32x4.mul(t, t))), n);
    put(dO + j, f32x4.mul(f32x4.mul(dh, t), gate.slope(out)), n);
  }
  normalizeBack(normal, dScaled, gain, load<f32>(statistics, 12), dgain, dbias, Layer.hidden);
  for (let j: usize = 0; j < H; j += 16) {
    const n = min<u32>(4, ((H - j) >> 2) as u32);
    put(dc + j, f32x4.add(get(dc + j, n), get(normal + j, n)), n);
  }
}
