/**
 * Recurrent layers the plain way, one row, one step, one unit at a time, in float64: the equations of PyTorch's pages of
 * nn.RNN, nn.GRU and nn.LSTM, of Cho et al.'s reset, of hard gates and of norms, and nothing else. Shares no line with src/ or with the references of the kernels.
 *
 * @module
 */
import type { RecurrentSettings } from "../../src/layers/recurrent/options.ts";
import type { StateDict } from "../../src/tensors/module.ts";

type Vector = number[];
/** h, and for LSTM c. */
type States = Vector[];

/** What a whole pass gives. */
export interface NaiveResult {
  /** (T, B, D·R) */
  output: number[];
  /** h (L·D, B, R), for LSTM [h, c] with c (L·D, B, H) */
  state: number[][];
}

const GATES: Record<RecurrentSettings["gateActivation"], (x: number) => number> = {
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  hardSigmoid5: (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1),
  hardSigmoid6: (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
};

/** Rows of numbers together as norm_weight and norm_bias from `first` on normalize them: the mean 0, the variance 1, then both. */
function normalized(dict: StateDict, suffix: string, { first, x }: { first: number; x: Vector }): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const gains = dict[`norm_weight_${suffix}`]!.data;
  const shifts = dict[`norm_bias_${suffix}`]?.data;
  return x.map((value, i) =>
    (value - mean) / Math.sqrt(variance + 1e-5) * gains[first + i]! + (shifts?.[first + i] ?? 0)
  );
}

/** W x + b for the rows of one gate. */
function affine(
  dict: StateDict,
  [weight, bias]: [string, string],
  { gate, rows, x }: { gate: number; rows: number; x: Vector },
): Vector {
  const { shape: [, columns], data } = dict[weight]!;
  return Array.from({ length: rows }, (_, unit) => {
    const row = gate * rows + unit;
    const product = x.reduce((sum, value, i) => sum + data[row * columns! + i]! * value, 0);
    return product + (dict[bias]?.data[row] ?? 0);
  });
}

/** One step of one row: the next states. */
function step(
  kind: "rnn" | "gru" | "lstm",
  { hiddenSize: rows, nonlinearity, projSize, resetAfter, gateActivation, layerNorm }: RecurrentSettings,
  { dict, suffix, x, states: [h, c], opposite = false }: {
    dict: StateDict;
    suffix: string;
    x: Vector;
    states: States;
    opposite?: boolean | undefined;
  },
): States {
  const sigmoid = GATES[gateActivation];
  const gates = { rnn: 1, gru: 3, lstm: 4 }[kind];
  /** All gates' products as one row, normalized. */
  const whole = (weight: string, first: number, x: Vector): Vector => {
    const all = Array.from({ length: gates }, (_, gate) => affine(dict, [weight, ""], { gate, rows, x }));
    return normalized(dict, suffix, { first, x: all.flat() });
  };
  const input = (gate: number): Vector =>
    layerNorm
      ? whole(`weight_ih_${suffix}`, 0, x).slice(gate * rows, (gate + 1) * rows)
      : affine(dict, [`weight_ih_${suffix}`, `bias_ih_${suffix}`], { gate, rows, x });
  const hidden = (gate: number, x: Vector = h!): Vector =>
    layerNorm
      ? whole(`weight_hh_${suffix}`, gates * rows, x).slice(gate * rows, (gate + 1) * rows)
      : affine(dict, [`weight_hh_${suffix}`, `bias_hh_${suffix}`], { gate, rows, x });
  const both = (gate: number): Vector => {
    const right = hidden(gate);
    return input(gate).map((value, unit) => value + right[unit]!);
  };
  if (kind === "rnn") {
    return [both(0).map((sum) => nonlinearity === "relu" ? Math.max(0, sum) : Math.tanh(sum))];
  }
  if (kind === "gru") {
    const r = both(0).map(sigmoid);
    const z = both(1).map(sigmoid);
    const right = resetAfter
      ? hidden(2).map((value, unit) => r[unit]! * value)
      : hidden(2, h!.map((value, unit) => r[unit]! * value));
    const n = input(2).map((value, unit) => Math.tanh(value + right[unit]!));
    const [first, second] = opposite ? [h!, n] : [n, h!];
    return [first.map((value, unit) => (1 - z[unit]!) * value + z[unit]! * second[unit]!)];
  }
  const [i, f, g, o] = [
    both(0).map(sigmoid),
    both(1).map(sigmoid),
    both(2).map(Math.tanh),
    both(3).map(sigmoid),
  ];
  const cell = c!.map((value, unit) => f![unit]! * value + i![unit]! * g![unit]!);
  const inner = layerNorm ? normalized(dict, suffix, { first: 8 * rows, x: cell }) : cell;
  const m = inner.map((value, unit) => o![unit]! * Math.tanh(value));
  const none = `none_${suffix}`;
  return [
    projSize ? affine(dict, [`weight_hr_${suffix}`, none], { gate: 0, rows: projSize, x: m }) : m,
    cell,
  ];
}

/**
 * A whole pass.
 *
 * @param kind The layer.
 * @param options What it was made with; batchFirst and dropout are left aside.
 * @param given Weights; x (T, B, I); initial states in the layout of the result; lengths (B); and what becomes of the
 * outputs (T, B, ·) of each layer but the last.
 */
export function naiveRecurrence(
  kind: "rnn" | "gru" | "lstm",
  options: RecurrentSettings,
  given: {
    dict: StateDict;
    x: ArrayLike<number>;
    steps: number;
    batch: number;
    state?: readonly ArrayLike<number>[];
    lengths?: readonly number[];
    /** Whether a GRU's z means (1 - z) h + z n. */
    opposite?: boolean;
    between?: (outputs: number[], layer: number) => number[];
  },
): NaiveResult {
  const { dict, steps, batch, lengths, between = (outputs): number[] => outputs } = given;
  const { numLayers, bidirectional, hiddenSize, projSize } = options;
  const directions = bidirectional ? [false, true] : [false];
  const R = projSize || hiddenSize;
  const sizes = kind === "lstm" ? [R, hiddenSize] : [R];
  const state: number[][] = sizes.map(() => []);
  let input = Array.from(given.x);
  let features = options.inputSize;
  for (let layer = 0; layer < numLayers; layer++) {
    const width = directions.length * R;
    const output = new Array<number>(steps * batch * width).fill(0);
    directions.forEach((reverse, d) => {
      const entry = layer * directions.length + d;
      for (let b = 0; b < batch; b++) {
        let states: States = sizes.map((size, which) =>
          Array.from(
            { length: size },
            (_, unit) => (given.state?.[which]?.[(entry * batch + b) * size + unit]) ?? 0,
          )
        );
        const length = lengths?.[b] ?? steps;
        const suffix = `l${layer}${reverse ? "_reverse" : ""}`;
        for (let k = 0; k < length; k++) {
          const t = reverse ? length - 1 - k : k;
          const row = t * batch + b;
          const x = input.slice(row * features, (row + 1) * features);
          states = step(kind, options, { dict, suffix, x, states, opposite: given.opposite });
          states[0]!.forEach((value, unit) => {
            output[row * width + d * R + unit] = value;
          });
        }
        states.forEach((values, which) => state[which]!.push(...values));
      }
    });
    features = width;
    input = layer < numLayers - 1 ? between(output, layer) : output;
  }
  return { output: input, state };
}
