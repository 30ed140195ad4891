/** Float64 reference of the kernel sample. @module */
import type { Buffers, Params } from "../../kernels.ts";
import { MANNER, SETTINGS } from "../../kernels/numbers.ts";
import { threefry2x32, uniform } from "../../random.ts";

/** A draw, with its distance to the nearest other outcome (in probability): rounding may cross a small one. */
export interface Draw {
  id: number;
  /** Of its probability; where that is not asked for, its logit less the largest one. */
  logarithm: number;
  margin: number;
}

/** Draws one id from row b of logits, for a slot of the history. */
export function drawRow(
  logits: Float64Array,
  settings: Float64Array,
  { b, slot }: { b: number; slot: number },
): Draw {
  const manner = settings.subarray((1 + b) * MANNER);
  const [temperature, topK, topP, seedLow, seedHigh, stream, position, barred] = manner;
  const V = logits.length;
  const peak = Math.max(...logits);
  const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - peak), 0)) + peak;
  const base = settings[SETTINGS.LOGARITHMS] ? logSum : peak;
  const draw = (id: number, margin: number): Draw => ({ id, logarithm: logits[id]! - base, margin });
  const open = logits.map((logit, id) => id === barred! - 1 ? -Infinity : logit);
  const largest = Math.max(...open);
  if (temperature === 0) return draw(open.indexOf(largest), Infinity);

  const weights = open.map((logit) => Math.exp((logit - largest) / temperature!));
  let kept = Array.from({ length: V }, (_, id) => id).sort((a, b) => open[b]! - open[a]! || a - b);
  if (topK! > 0) kept = kept.slice(0, topK);
  let margin = Infinity;
  if (topP! < 1) {
    const total = kept.reduce((sum, id) => sum + weights[id]!, 0);
    let sum = 0;
    let length = 0;
    do {
      sum += weights[kept[length++]!]! / total;
      margin = Math.min(margin, Math.abs(sum - topP!));
    } while (sum < topP! && length < kept.length);
    kept = kept.slice(0, length);
  }
  kept.sort((a, b) => a - b);
  const total = kept.reduce((sum, id) => sum + weights[id]!, 0);
  const u = uniform(threefry2x32(seedLow!, seedHigh!, position! + slot, stream!)[0]);
  let running = 0;
  let drawn = -1;
  for (const id of kept) {
    running += weights[id]!;
    if (id !== kept.at(-1)) margin = Math.min(margin, Math.abs(running / total - u));
    if (drawn < 0 && running > u * total) drawn = id;
  }
  return draw(drawn < 0 ? kept.at(-1)! : drawn, margin);
}

/** ids (B) drawn by temperature, then topK, then topP; history keeps them with their log probability. */
export function sample(
  { logits, settings, ids, history }: Buffers<"sample", Float64Array>,
  { batch: B, columns: V, ld }: Params<"sample">,
): void {
  const slot = settings[SETTINGS.SLOT]!;
  for (let b = 0; b < B; b++) {
    const { id, logarithm } = drawRow(logits.subarray(b * ld, b * ld + V), settings, { b, slot });
    ids[b] = id;
    history.set([id, logarithm], (slot * B + b) * 2);
  }
}
