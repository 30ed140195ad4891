/** Files of models that go out, what other programs are to feed them, and what these are to answer. @module */
import { RNNModel } from "../../../mod.ts";
import { type ExportFormat, exportModel, type OnnxForm } from "../../../src/exchange.ts";
import type { Listed } from "../compare.ts";
import { type Answers, answersOf } from "./answers.ts";
import type { ExportCase } from "./models.ts";

/** A file, and a run of it. */
export interface Run {
  readonly file: string;
  readonly to: ExportFormat;
  readonly bytes: Uint8Array;
  /** By the file's names; of Keras "x" alone. */
  readonly feeds: Answers;
  /** Of Keras "y" alone. */
  readonly outputs: Answers;
}

/**
 * Makes the files of a model: ONNX of sequences, of steps where it has such, and Keras, whose sequences are (B, T, ·).
 *
 * @param one The model.
 */
export async function* runsOf({ name, model, input, states }: ExportCase): AsyncGenerator<Run, void, void> {
  const write = async (to: ExportFormat, form?: OnnxForm): Promise<Uint8Array> =>
    await exportModel(model, form ? { to, form } : { to });
  const isIds = model instanceof RNNModel;
  const x = isIds ? "ids" : "x";
  const answers = await answersOf(model, input, states);
  yield {
    file: `${name}.onnx`,
    to: "onnx",
    bytes: await write("onnx"),
    feeds: { [x]: input, ...states },
    outputs: answers,
  };
  const { bidirectional, batchFirst } = (isIds ? model.rnn : model).options;
  const isBatchFirst = isIds || batchFirst;
  if (!bidirectional) {
    const step = firstStep(input, isBatchFirst);
    const { logits, y, ...rest } = await answersOf(model, step, states);
    const axis = isBatchFirst ? 1 : 0;
    yield {
      file: `${name}_step.onnx`,
      to: "onnx",
      bytes: await write("onnx", "step"),
      feeds: { [x]: without(step, axis), ...states },
      outputs: { ...logits ? { logits: without(logits, axis) } : { y: without(y!, axis) }, ...rest },
    };
  }
  if (!isBatchFirst) return;
  const { logits, y } = await answersOf(model, input);
  yield {
    file: `${name}.keras`,
    to: "keras",
    bytes: await write("keras"),
    feeds: { x: input },
    outputs: { y: (logits ?? y)! },
  };
}

/** The first step of a sequence, as a sequence. */
function firstStep({ shape, data }: Listed, isBatchFirst: boolean): Listed {
  const [first, second, ...rest] = shape as [number, number, ...number[]];
  const size = rest.reduce((a, b) => a * b, 1);
  if (!isBatchFirst) return { shape: [1, second, ...rest], data: data.slice(0, second * size) };
  return {
    shape: [first, 1, ...rest],
    data: data.filter((_, i) => Math.floor(i / size) % second === 0),
  };
}

/** Without an axis of one element. */
function without({ shape, data }: Listed, axis: number): Listed {
  return { shape: shape.toSpliced(axis, 1), data };
}
