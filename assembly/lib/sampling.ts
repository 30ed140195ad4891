// One id drawn from a row of logits: what sample and generate_steps share; a row's words of settings are those of sample.
import { exp, log } from "./activations";
import { sumOfExponentials } from "./exponentials";
import { horizontalMax, loadLanes } from "./simd";
import { threefry, uniform } from "./threefry";
import { addWide, total } from "./wide";
import { BARRED, MANNER, NONE, POSITION, SEED_HIGH, SEED_LOW, STREAM, TEMPERATURE, TOP_K, TOP_P } from "../numbers";

// A set of kept logits is a bound and a number of ties: all above the bound, and of those equal to it the first `ties`
// in the order of ids. Weights e^((x - peak) / temperature) are computed anew in every pass; sums are float64.

// The id that is not drawn in the row at hand, NONE where all may be; a thread's own. The logits stay as they are, since
// other threads may read them.
let barred: u32 = NONE;

// Where a row's words of settings lie.
// @ts-ignore: decorator
@inline
export function mannerOf(settings: usize, b: u32): usize {
  return settings + ((((1 + b) * MANNER) << 2) as usize);
}

// Whether the row at hand has a NaN, which greatest() sees on its way; a thread's own.
let broken: bool = false;

// Draws in the row's manner, at its position and `step` more; puts the id and the logarithm of its probability into the record
// (2 words), or where that is not asked for how far its logit lies above the largest. Neither is finite where a logit is a NaN
// or infinite.
export function sampleRow(row: usize, columns: u32, manner: usize, step: u32, asked: bool, record: usize): u32 {
  const temperature = load<f32>(manner, TEMPERATURE);
  barred = NONE;
  broken = false;
  const likeliest = greatest(row, columns), peak = load<f32>(row + (likeliest << 2));
  barred = load<u32>(manner, BARRED) - 1;
  const best = barred == NONE ? likeliest : greatest(row, columns), most = load<f32>(row + (best << 2));
  const id = temperature == 0 ? best : draw(row, columns, manner, step, most, best);
  const above = broken ? NaN : <f64> (load<f32>(row + (id << 2)) - peak);
  store<u32>(record, id);
  store<f32>(record, <f32> (asked ? above - log(sumOfExponentials(row, columns, peak, false)) : above), 4);
  return id;
}

// The id of the largest logit that may be drawn, the lowest of equals; 0 where none is a number.
function greatest(row: usize, columns: u32): u32 {
  let most = f32x4.splat(-Infinity), more = most, odd = f32x4.splat(0); // pmax passes over what is not a number
  let c: u32 = 0;
  for (; barred == NONE && c + 8 <= columns; c += 8) {
    const x = v128.load(row + (c << 2)), y = v128.load(row + (c << 2), 16);
    most = f32x4.pmax(most, x);
    more = f32x4.pmax(more, y);
    odd = v128.or(odd, v128.or(f32x4.ne(x, x), f32x4.ne(y, y)));
  }
  for (; c < columns; c += 4) {
    const x = logitsAt(row, c, columns);
    most = f32x4.pmax(most, x);
    odd = v128.or(odd, f32x4.ne(x, x));
  }
  broken = broken || v128.any_true(odd);
  const peak = f32x4.splat(horizontalMax(f32x4.pmax(most, more)));
  for (c = 0; c < columns; c += 4) {
    const found = i32x4.bitmask(f32x4.eq(logitsAt(row, c, columns), peak));
    if (found) return c + <u32> ctz(found) < columns ? c + <u32> ctz(found) : 0; // beyond: filled lanes, where none is a number
  }
  return 0;
}

function draw(
  row: usize,
  columns: u32,
  manner: usize,
  step: u32,
  peak: f32,
  best: u32,
): u32 {
  const temperature = load<f32>(manner, TEMPERATURE), topK = load<u32>(manner, TOP_K), topP = load<f32>(manner, TOP_P);
  const position = load<u32>(manner, POSITION) + step, stream = load<u32>(manner, STREAM);
  let bound: f32 = -Infinity;
  let ties: u32 = 0; // at -Infinity a tie weighs nothing
  if (topK > 0 && topK < columns) {
    bound = threshold(row, columns, bound, peak, temperature, topK, false);
    ties = topK - countAbove(row, columns, bound);
  }
  if (topP < 1) {
    const all = sumAbove(row, columns, bound, peak, temperature) + ties * weightOf(bound, peak, temperature);
    const next = threshold(row, columns, bound, peak, temperature, topP * all, true);
    const missing = topP * all - sumAbove(row, columns, next, peak, temperature);
    const needed = max<f64>(1, ceil(missing / weightOf(next, peak, temperature)));
    const most = next == bound ? ties : columns;
    ties = needed < <f64> most ? <u32> needed : most; // most where a weight of 0 made a NaN
    bound = next;
  }
  const total = sumAbove(row, columns, bound, peak, temperature) + ties * weightOf(bound, peak, temperature);
  const word = threefry(load<u32>(manner, SEED_LOW), load<u32>(manner, SEED_HIGH), position, stream);
  const point = <f64> f32x4.extract_lane(uniform(word), 0) * total;
  return firstBeyond(row, columns, bound, ties, peak, temperature, point, best);
}

// Four logits from column c on; -Infinity, which weighs nothing, beyond the row's end and in place of what is barred.
// @ts-ignore: decorator
@inline
function logitsAt(row: usize, c: u32, columns: u32): v128 {
  const p = row + (c << 2);
  const x = c + 4 <= columns ? v128.load(p) : loadLanes(p, columns - c, f32x4.splat(-Infinity));
  return barred - c < 4 ? without(x, barred - c) : x;
}

function without(x: v128, lane: u32): v128 {
  return v128.bitselect(f32x4.splat(-Infinity), x, i32x4.eq(i32x4(0, 1, 2, 3), i32x4.splat(lane)));
}

// @ts-ignore: decorator
@inline
function weights(x: v128, peak: f32, temperature: f32): v128 {
  return exp(f32x4.div(f32x4.sub(x, f32x4.splat(peak)), f32x4.splat(temperature)));
}

function weightOf(x: f32, peak: f32, temperature: f32): f64 {
  return f32x4.extract_lane(weights(f32x4.splat(x), peak, temperature), 0);
}

// The sum of the weights of all logits above the bound.
function sumAbove(row: usize, columns: u32, bound: f32, peak: f32, temperature: f32): f64 {
  let sum = f64x2.splat(0);
  for (let c: u32 = 0; c < columns; c += 4) {
    const x = logitsAt(row, c, columns);
    const kept = f32x4.gt(x, f32x4.splat(bound));
    if (v128.any_true(kept)) sum = addWide(sum, v128.and(weights(x, peak, temperature), kept));
  }
  return total(sum);
}

function countAbove(row: usize, columns: u32, bound: f32): u32 {
  let count: u32 = 0;
  for (let c: u32 = 0; c < columns; c += 4) {
    count += popcnt(i32x4.bitmask(f32x4.gt(logitsAt(row, c, columns), f32x4.splat(bound))));
  }
  return count;
}

// Integers in the order of the float32 they stand for.
// @ts-ignore: decorator
@inline
function ordered(bits: i32): i32 {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

// The largest logit x, at least `low`, such that the logits >= x weigh `need` together, or where not `weighted` are `need`
// many; `low` where none is. Halves the range of float32 between low and the peak until no logit is left inside.
function threshold(
  row: usize,
  columns: u32,
  low: f32,
  peak: f32,
  temperature: f32,
  need: f64,
  weighted: bool,
): f32 {
  let above: f64 = 0; // the weight of all logits >= high
  let high = ordered(reinterpret<i32>(peak + 0)) + 1; // 0 for -0
  while (true) {
    const middle = <i32> ((<i64> ordered(reinterpret<i32>(low)) + high) >> 1);
    const lowest = f32x4.splat(low);
    const half = f32x4.splat(reinterpret<f32>(ordered(middle)));
    const highest = f32x4.splat(reinterpret<f32>(ordered(high)));
    let inside = false;
    let sum = f64x2.splat(0), least = f32x4.splat(Infinity);
    for (let c: u32 = 0; c < columns; c += 4) {
      const x = logitsAt(row, c, columns);
      const between = v128.and(f32x4.gt(x, lowest), f32x4.lt(x, highest));
      if (!v128.any_true(between)) continue;
      inside = true;
      const upper = v128.and(between, f32x4.ge(x, half));
      if (!v128.any_true(upper)) continue;
      least = f32x4.pmin(least, v128.bitselect(x, f32x4.splat(Infinity), upper));
      sum = addWide(sum, v128.and(weighted ? weights(x, peak, temperature) : f32x4.splat(1), upper));
    }
    if (!inside) return low;
    const weight = total(sum);
    if (weight > 0 && above + weight >= need) low = smallest(least);
    else {
      above += weight;
      high = middle;
    }
  }
}

// The smallest lane; 0 for -0, which is equal to it and must not be a range of its own.
function smallest(x: v128): f32 {
  return min(
    min(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    min(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  ) + 0;
}

// The first kept id at which the running sum of weights exceeds `point`. Whole vectors are passed over.
function firstBeyond(
  row: usize,
  columns: u32,
  bound: f32,
  ties: u32,
  peak: f32,
  temperature: f32,
  point: f64,
  best: u32,
): u32 {
  let running: f64 = 0;
  for (let c: u32 = 0; c < columns; c += 4) {
    const x = logitsAt(row, c, columns);
    const kept = f32x4.gt(x, f32x4.splat(bound));
    const tied = ties > 0 && v128.any_true(f32x4.eq(x, f32x4.splat(bound)));
    if (!tied) {
      if (!v128.any_true(kept)) continue;
      const sum = total(addWide(f64x2.splat(0), v128.and(weights(x, peak, temperature), kept)));
      if (running + sum <= point) {
        running += sum;
        continue;
      }
    }
    for (let i = c; i < min(columns, c + 4); i++) {
      const logit = load<f32>(row + (i << 2));
      if (i == barred || !(logit > bound || (logit == bound && ties > 0))) continue;
      if (logit == bound) ties--;
      running += weightOf(logit, peak, temperature);
      if (running > point) return i;
    }
  }
  return best; // only where a logit is not a number
}
