/** What an imported model answers, held against what its own framework answered. @module */
import { type Device, RNNModel, Tensor } from "../../mod.ts";
import type { ImportedModel, ImportOptions } from "../../src/exchange.ts";

/** An array as the cases have it. */
export interface Listed {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A model, saved in one or several formats, and what it answers. */
export interface Case extends Pick<ImportOptions, "from" | "nonlinearity" | "reset"> {
  readonly name: string;
  /** Its file in each format, or its files. */
  readonly files: readonly (string | readonly string[])[];
  /** Whether tests keep its files. */
  readonly golden: boolean;
  readonly input: Listed;
  /** What the framework answers: of language models logits (B, T, V). */
  readonly output?: Listed;
  /** What the refusal says, of a model that does not come in. */
  readonly refused?: string;
}

/**
 * What a case's files do not tell.
 *
 * @param one The case.
 */
export function toldOf({ from, nonlinearity, reset }: Case): ImportOptions {
  return { ...from && { from }, ...nonlinearity && { nonlinearity }, ...reset && { reset } };
}

/**
 * The largest difference of a model's outputs from the framework's.
 *
 * @param device The device of the model.
 * @param imported The model.
 * @param expected The case.
 * @returns The difference; infinite where shapes differ.
 */
export async function difference(
  device: Device,
  { model }: Pick<ImportedModel, "model">,
  { input, output }: Case,
): Promise<number> {
  const { shape, data } = await answerOf(device, model, input);
  if (shape.join() !== output!.shape.join()) return Infinity;
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - output!.data[i]!)), 0);
}

async function answerOf(
  device: Device,
  model: ImportedModel["model"],
  { shape, data }: Listed,
): Promise<{ shape: readonly number[]; data: Float32Array }> {
  const isIds = shape.length === 2;
  const x = isIds
    ? Tensor.from(device, Uint32Array.from(data), [...shape])
    : Tensor.from(device, Float32Array.from(data), [...shape]);
  if (!(model instanceof RNNModel)) {
    const y = model.forward(x);
    return { shape: y.shape, data: await y.data() };
  }
  const [B, T] = shape as [number, number];
  const [logits] = model.forward(x as Tensor<"u32">);
  const V = model.vocabularySize;
  const rows = await logits.data(); // time-major
  const y = Float32Array.from(rows, (_, i) => {
    const [b, t, v] = [Math.floor(i / (T * V)), Math.floor(i / V) % T, i % V];
    return rows[(t * B + b) * V + v]!;
  });
  return { shape: [B, T, V], data: y };
}
