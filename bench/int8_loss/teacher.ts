/**
 * The loss of a model of int8 along a text by the kernel that generates, and by its reference: a step a token, whose logits are
 * read, and the text's own token is the next input. What evaluate() computes is of the float32 numbers that int8 stands for.
 *
 * @module
 */
import { int8WordsOf } from "../../src/generate/int8_words.ts";
import { CELL_GATES, type Params } from "../../src/kernels.ts";
import { MANNER, SETTINGS } from "../../src/kernels/numbers.ts";
import { cellOf } from "../../src/layers/recurrent/cell.ts";
import type { RNNModel } from "../../src/model.ts";
import { generate_steps_int8 } from "../../src/verify/reference/generate_steps_int8.ts";

/** Parts of a text beside each other, each from a zero state. */
export interface Rows {
  /** Tokens by part, of which the last is a target alone. */
  readonly parts: readonly Uint32Array[];
}

/** Takes the next ids (B), and gives their logits (B, ld). */
type Step = (ids: Uint32Array) => Promise<ArrayLike<number>>;

/** The mean loss of all parts by the kernel, in nats. */
export async function kernelLoss(model: RNNModel, rows: Rows): Promise<number> {
  const { device } = model;
  const { words, plan } = int8WordsOf(model)!;
  const params = paramsOf(model, rows.parts.length);
  const sizes = sizesOf(params);
  const own = {
    plan: device.alloc(plan.length),
    settings: device.alloc(sizes.settings),
    ids: device.alloc(sizes.ids),
    states: device.alloc(sizes.states),
    logits: device.alloc(sizes.logits),
    history: device.alloc(sizes.history),
  };
  const buffers = { words, biases: model.parameters()[0]!.storage.values, ...own };
  device.write(own.plan, plan);
  device.write(own.settings, settingsOf(params));
  try {
    return await lossBy(params, rows, async (ids) => {
      device.write(buffers.ids, ids);
      device.run<"generate_steps_int8">("generate_steps_int8", buffers, params);
      return new Float32Array(await device.read(buffers.logits));
    });
  } finally {
    for (const block of Object.values(own)) block[Symbol.dispose]();
  }
}

/** The same by sums of exact integers and cells of float64. */
export async function referenceLoss(model: RNNModel, rows: Rows): Promise<number> {
  const { words, plan } = int8WordsOf(model)!;
  const { values } = model.parameters()[0]!.storage;
  const params = paramsOf(model, rows.parts.length);
  const sizes = sizesOf(params);
  const buffers = {
    words: Float64Array.from(new Uint32Array(await model.device.read(words))),
    plan: Float64Array.from(plan),
    biases: Float64Array.from(new Float32Array(await model.device.read(values))),
    settings: Float64Array.from(settingsOf(params)),
    ids: new Float64Array(sizes.ids),
    states: new Float64Array(sizes.states),
    logits: new Float64Array(sizes.logits),
    history: new Float64Array(sizes.history),
  };
  return await lossBy(params, rows, (ids) => {
    buffers.ids.set(ids);
    generate_steps_int8(buffers, params);
    return Promise.resolve(buffers.logits);
  });
}

async function lossBy(
  { columns, ld }: Params<"generate_steps_int8">,
  { parts }: Rows,
  step: Step,
): Promise<number> {
  const steps = parts[0]!.length - 1;
  let sum = 0;
  for (let s = 0; s < steps; s++) {
    const logits = await step(Uint32Array.from(parts, (part) => part[s]!));
    parts.forEach((part, row) => {
      const own = Float64Array.from({ length: columns }, (_, v) => logits[row * ld + v]!);
      const most = own.reduce((most, value) => Math.max(most, value));
      const total = own.reduce((total, value) => total + Math.exp(value - most), 0);
      sum += most + Math.log(total) - own[part[s + 1]!]!;
    });
  }
  return sum / (steps * parts.length);
}

function paramsOf(
  { rnn, vocabularySize: columns, embedding: table }: RNNModel,
  batch: number,
): Params<"generate_steps_int8"> {
  const { hiddenSize: hidden, numLayers: layers, inputSize } = rnn.options;
  const { index: cell, hard } = cellOf(rnn.kind, rnn.options);
  const ld = Math.max(columns, 2 * CELL_GATES[cell]! * hidden);
  return { cell, hard, batch, hidden, layers, columns, embedding: table ? inputSize : 0, ld };
}

/** Words of the blocks of one step. */
function sizesOf({ batch, hidden, layers, ld }: Params<"generate_steps_int8">): Record<
  "settings" | "ids" | "states" | "logits" | "history",
  number
> {
  return {
    settings: (1 + batch) * MANNER,
    ids: batch,
    states: 3 * layers * batch * hidden,
    logits: batch * ld,
    history: 2 * batch,
  };
}

/** One step, whose draw is of no account. */
function settingsOf({ batch }: Params<"generate_steps_int8">): Uint32Array {
  const settings = new Uint32Array((1 + batch) * MANNER);
  settings[SETTINGS.STEPS] = 1;
  return settings;
}
