/**
 * What a recurrent layer checks at the door: PyTorch's complaints, with PyTorch's facts.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { ID_ARRAYS } from "../../ids.ts";
import { assertIds, assertSequences, checkTensor } from "../../tensors/arguments.ts";
import { formatShape, sameShape } from "../../tensors/shape.ts";
import { type DType, Tensor } from "../../tensors/tensor.ts";
import type { Input } from "./direction.ts";
import type { Lengths } from "./lengths.ts";
import type { RecurrentSettings } from "./options.ts";
import { quote } from "../../messages/quote.ts";

/**
 * An initial or final state: h (L·D, B, R), for LSTM [h, c] with c (L·D, B, H); (L·D, ·) unbatched. Where a model may be of
 * any kind, as one that was loaded, `state instanceof Tensor` tells them apart.
 */
export type State = Tensor | readonly [Tensor, Tensor];

/** The tensors of a state: h, or h and c. */
export function tensorsOf(state: State): Tensor[] {
  return [state].flat() as Tensor[];
}

/** The state of its tensors: h, or h and c; undefined of none. */
export function stateOf<S extends State>(tensors: readonly Tensor[]): S | undefined {
  return (tensors.length === 2 ? tensors : tensors[0]) as S | undefined;
}

/** An input that was found good. */
export interface Sequence {
  /** T: time steps. */
  readonly steps: number;
  /** B: rows of the batch, 1 where the input has none. */
  readonly batch: number;
  /** Whether the user gave no batch: (T, I), or (I) in one step. */
  readonly unbatched: boolean;
  /** Whether x and the outputs are (B, T, ·). */
  readonly batchFirst: boolean;
  /** The tensor, in the user's order of axes. */
  readonly input: Input;
  /** (B) The steps that each row has; all T where absent. */
  readonly lengths: Lengths | undefined;
  /** How error messages call this input. */
  readonly form: string;
}

/** Checks an input and says what it is. */
export function readInput(
  input: Tensor<DType>,
  { inputSize, batchFirst }: RecurrentSettings,
  { lengths, device }: { lengths: Lengths | undefined; device: Device },
): Sequence {
  if (input?.dtype === "u32") {
    const ids = input as Tensor<"u32">;
    assertSequences(ids, inputSize, device);
    const [batch, steps] = ids.shape as [number, number];
    checkLengths(lengths, { batch, steps, device });
    return { steps, batch, unbatched: false, batchFirst, input: { ids }, lengths, form: "batched 3-D" };
  }
  checkInput(input, { inputSize, device }, [2, 3]);
  const { shape } = input;
  const unbatched = shape.length === 2;
  const [first, second] = shape as [number, number];
  const [steps, batch] = unbatched ? [first, 1] : batchFirst ? [second, first] : [first, second];
  checkLengths(lengths, { batch, steps, device });
  return {
    steps,
    batch,
    unbatched,
    batchFirst: batchFirst && !unbatched,
    lengths,
    input: { x: input as Tensor },
    form: unbatched ? "unbatched 2-D" : "batched 3-D",
  };
}

/** Checks the input of one step, x (B, I), x (I) or ids (B), and makes a sequence of it. */
export function readStep(
  input: Tensor<DType>,
  { inputSize }: { inputSize: number },
  device: Device,
): Sequence {
  const step = { steps: 1, batchFirst: false, lengths: undefined };
  if (input?.dtype === "u32") {
    const ids = input as Tensor<"u32">;
    assertIds(ids, inputSize, device);
    if (ids.shape.length !== 1) {
      throw new TypeError(`Cannot use ids of shape ${formatShape(ids.shape)} in one step: it must be (B)`);
    }
    const batch = ids.size;
    const column = ids.reshape([batch, 1]);
    return { ...step, batch, unbatched: false, input: { ids: column }, form: "batched 2-D" };
  }
  checkInput(input, { inputSize, device }, [1, 2]);
  const { shape } = input;
  const unbatched = shape.length === 1;
  return {
    ...step,
    batch: unbatched ? 1 : shape[0]!,
    unbatched,
    input: { x: (input as Tensor).reshape([1, ...shape]) },
    form: unbatched ? "unbatched 1-D" : "batched 2-D",
  };
}

function checkInput(
  input: Tensor<DType>,
  { inputSize, device }: { inputSize: number; device: Device },
  dimensions: readonly [number, number],
): void {
  checkTensor("an input", input, { dtype: "f32", device });
  const { shape } = input;
  if (!dimensions.includes(shape.length)) {
    throw new TypeError(
      `Cannot use an input of ${shape.length} dimensions: it must have ${dimensions.join(" or ")}`,
    );
  }
  if (shape.at(-1) !== inputSize) {
    const ids = shape.length === dimensions[0] ? `; ids must be ${ID_ARRAYS}` : "";
    throw new TypeError(
      `Cannot use an input of shape ${
        formatShape(shape)
      } as its last size must be equal to inputSize: expected ${inputSize}, got ${shape.at(-1)}${ids}`,
    );
  }
}

/**
 * Throws unless these are as many lengths as rows, each of at least one step. Those of a recorded program are held to it at
 * each write too.
 */
export function checkLengths(
  lengths: Lengths | undefined,
  { batch, steps, device }: { batch: number; steps: number; device: Device },
): void {
  if (lengths === undefined || lengths === null) return;
  const good = (length: number): boolean => Number.isInteger(length) && length >= 1 && length <= steps;
  const check = (given: ArrayLike<number>): void => {
    if (given.length === batch && Array.from(given).every(good)) return;
    throw new RangeError(
      `Cannot use lengths [${
        Array.from(given).join(", ")
      }]: there must be ${batch} of them, each from 1 to ${steps}`,
    );
  };
  if (lengths instanceof Tensor) {
    checkTensor("lengths", lengths, { dtype: "u32", device });
    const again = (values: Uint32Array): Uint32Array[] => {
      check(values);
      return [];
    };
    if (device.recording) lengths.derive(`checked for ${batch} rows of ${steps} steps`, again);
    else check(lengths.values);
    return;
  }
  if (!Array.isArray(lengths) && !ArrayBuffer.isView(lengths)) {
    throw new TypeError(
      `Cannot use lengths that are not an array of numbers: current value is ${quote(lengths)}`,
    );
  }
  check(lengths);
}

/**
 * Checks an initial state and takes it apart: [h], [h, c], or [] where absent.
 *
 * @param expected The shapes of h and, for LSTM, c.
 * @param input The kind of input that the dimensions must go with.
 */
export function readState(
  state: State | null | undefined,
  { expected, input, device }: { expected: readonly (readonly number[])[]; input: string; device: Device },
): readonly Tensor[] {
  if (state === undefined || state === null) return [];
  const tensors = Array.isArray(state) ? state as readonly Tensor[] : [state as Tensor];
  if (tensors.length !== expected.length) {
    throw new TypeError(
      `Cannot use a state of ${tensors.length} tensors: ${
        expected.length === 2 ? "an LSTM takes [h, c]" : "one is taken"
      }`,
    );
  }
  tensors.forEach((tensor, which) => {
    const shape = expected[which]!;
    const what = expected.length === 2 ? `hidden[${which}]` : "hidden";
    checkTensor(what, tensor, { dtype: "f32", device });
    if (tensor.shape.length !== shape.length) {
      const also = input.endsWith(`${shape.length}-D`) ? "also " : "";
      throw new TypeError(
        `Cannot use ${what} of ${tensor.shape.length} dimensions: for ${input} input it should ${also}be ${shape.length}-D`,
      );
    }
    if (!sameShape(tensor.shape, shape)) {
      throw new TypeError(
        `Cannot use ${what}: expected size ${formatShape(shape)}, got ${formatShape(tensor.shape)}`,
      );
    }
  });
  return tensors;
}
