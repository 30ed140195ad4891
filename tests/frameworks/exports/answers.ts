/** What a model answers, by the names that its file of ONNX has. @module */
import { type Device, Recurrent, RNNModel, type Sequential, Tensor } from "../../../mod.ts";
import type { Listed } from "../compare.ts";

/** Outputs by name. */
export type Answers = Record<string, Listed>;

/** A state: h, of an LSTM [h, c]. */
type State = Tensor | readonly [h: Tensor, c: Tensor];

/**
 * The answers of a model.
 *
 * @param model The model.
 * @param input Ids (B, T), or numbers in the model's order of axes.
 * @param states What it begins with, h_0 and of an LSTM c_0: zeros where they are not there.
 * @returns "logits" (B, T, V) or "y", and of what keeps states "h_n" and "c_n".
 */
export async function answersOf(
  model: RNNModel | Recurrent | Sequential,
  input: Listed,
  states: Answers = {},
): Promise<Answers> {
  const { device } = model;
  const { h_0: h, c_0: c } = states;
  const state = h && (c ? [tensor(device, h), tensor(device, c)] : tensor(device, h)) as State | undefined;
  if (model instanceof RNNModel) {
    const ids = Tensor.from(device, Uint32Array.from(input.data), [...input.shape]);
    const [logits, last] = model.forward(ids, state);
    const [B, T] = input.shape as [number, number];
    return { logits: turned(await listed(logits), [T, B]), ...await statesIn(last) };
  }
  if (model instanceof Recurrent) {
    const [y, last] = model.forward(tensor(device, input), state);
    return { y: await listed(y), ...await statesIn(last) };
  }
  return { y: await listed(model.forward(tensor(device, input))) };
}

/**
 * The largest difference of answers, as a part of their size where that is above 1: a ReLU's have no bound.
 *
 * @param one What was answered.
 * @param other What was to be answered.
 * @returns The difference; infinite where shapes differ.
 */
export function differenceOf(one: Listed, other: Listed): number {
  if (one.shape.join() !== other.shape.join()) return Infinity;
  return one.data.reduce(
    (most, value, i) =>
      Math.max(most, Math.abs(value - other.data[i]!) / Math.max(1, Math.abs(other.data[i]!))),
    0,
  );
}

/**
 * Rows (T·B, V) as (B, T, V); more axes in front stay as they are.
 *
 * @param rows The rows.
 * @param sizes T and B.
 */
export function turned({ shape, data }: Listed, [T, B]: readonly [number, number]): Listed {
  const V = shape.at(-1)!;
  const result = data.map((_, i) => {
    const [b, t, v] = [Math.floor(i / (T * V)), Math.floor(i / V) % T, i % V];
    return data[(t * B + b) * V + v]!;
  });
  return { shape: [B, T, V], data: result };
}

async function statesIn(state: State): Promise<Answers> {
  if (state instanceof Tensor) return { h_n: await listed(state) };
  const [h, c] = state;
  return { h_n: await listed(h), c_n: await listed(c) };
}

function tensor(device: Device, { shape, data }: Listed): Tensor {
  return Tensor.from(device, Float32Array.from(data), [...shape]);
}

async function listed(tensor: Tensor): Promise<Listed> {
  return { shape: tensor.shape, data: [...await tensor.data()] };
}
