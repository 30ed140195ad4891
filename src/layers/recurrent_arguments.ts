/**
 * What a recurrent layer checks at the door: PyTorch's complaints, with PyTorch's facts.
 *
 * @module
 */
import { formatShape, sameShape } from "../shape.ts";
import type { DType, Tensor } from "../tensor.ts";
import type { Kind } from "./cell.ts";
import type { Input } from "./direction.ts";
import { assertIds } from "./one_hot.ts";
import type { RecurrentSettings, State } from "./recurrent.ts";

/** An input that was found good. */
export interface Sequence {
  /** T */
  readonly steps: number;
  /** B; 1 where unbatched */
  readonly batch: number;
  /** Whether the user gave (T, I). */
  readonly unbatched: boolean;
  /** The tensor, in the user's order of axes. */
  readonly input: Input;
  /** (B) steps that count in each row. */
  readonly lengths: readonly number[] | undefined;
}

const LAYERS = { rnn: "an RNN", gru: "a GRU", lstm: "an LSTM" };

/** Checks a constructor's options. */
export function checkOptions(kind: Kind, options: RecurrentSettings): void {
  const name = LAYERS[kind];
  for (const size of ["inputSize", "hiddenSize", "numLayers"] as const) {
    if (!Number.isSafeInteger(options[size]) || options[size] < 1) {
      throw new RangeError(
        `Cannot make ${name} as ${size} must be a positive integer: current value is ${options[size]}`,
      );
    }
  }
  const { dropout, numLayers, projSize, hiddenSize, nonlinearity } = options;
  if (!(dropout >= 0 && dropout <= 1)) {
    throw new RangeError(
      `Cannot make ${name} as dropout must be a number in the range [0, 1], the probability of an element being zeroed: current value is ${dropout}`,
    );
  }
  if (dropout > 0 && numLayers === 1) {
    console.warn(
      `warning: dropout is added after all but the last recurrent layer, so it has no effect with dropout ${dropout} and numLayers 1`,
    );
  }
  if (nonlinearity !== "tanh" && nonlinearity !== "relu") {
    throw new TypeError(
      `Cannot make ${name} with unknown nonlinearity "${nonlinearity}": known are tanh, relu`,
    );
  }
  if (!Number.isSafeInteger(projSize) || projSize < 0) {
    throw new RangeError(
      `Cannot make ${name} as projSize must be a positive integer, or zero to disable projections: current value is ${projSize}`,
    );
  }
  if (projSize > 0 && kind !== "lstm") {
    throw new TypeError(`Cannot make ${name} with projSize ${projSize}: it is only supported for LSTM`);
  }
  if (projSize >= hiddenSize) {
    throw new RangeError(
      `Cannot make ${name} as projSize must be smaller than hiddenSize ${hiddenSize}: current value is ${projSize}`,
    );
  }
}

/** Checks an input and says what it is. */
export function readInput(
  input: Tensor<DType>,
  { inputSize, batchFirst }: RecurrentSettings,
  lengths: readonly number[] | undefined,
): Sequence {
  const { shape } = input;
  let sequence: Sequence;
  if (input.dtype === "u32") {
    const ids = input as Tensor<"u32">;
    if (shape.length !== 2) {
      throw new TypeError(`Cannot use ids of shape ${formatShape(shape)}: it must be (B, T)`);
    }
    assertIds(ids, inputSize);
    sequence = { steps: shape[1]!, batch: shape[0]!, unbatched: false, input: { ids }, lengths };
  } else {
    if (shape.length !== 2 && shape.length !== 3) {
      throw new TypeError(`Cannot use an input of ${shape.length} dimensions: it must have 2 or 3`);
    }
    if (shape.at(-1) !== inputSize) {
      throw new TypeError(
        `Cannot use an input of shape ${
          formatShape(shape)
        } as its last size must be equal to inputSize: expected ${inputSize}, got ${shape.at(-1)}`,
      );
    }
    const unbatched = shape.length === 2, [first, second] = shape as [number, number];
    const [steps, batch] = unbatched ? [first, 1] : batchFirst ? [second, first] : [first, second];
    sequence = { steps, batch, unbatched, input: { x: input as Tensor }, lengths };
  }
  if (lengths) {
    const good = (length: number): boolean =>
      Number.isInteger(length) && length >= 1 && length <= sequence.steps;
    if (lengths.length !== sequence.batch || !lengths.every(good)) {
      throw new RangeError(
        `Cannot use lengths [${
          lengths.join(", ")
        }]: there must be ${sequence.batch} of them, each from 1 to ${sequence.steps}`,
      );
    }
  }
  return sequence;
}

/** Checks an initial state and takes it apart: [h], [h, c], or [] where absent. */
export function readState(
  state: State | undefined,
  { kind, sequence, settings, outputSize }: {
    kind: Kind;
    sequence: Sequence;
    settings: RecurrentSettings;
    outputSize: number;
  },
): readonly Tensor[] {
  if (state === undefined) return [];
  const tensors = Array.isArray(state) ? state as readonly Tensor[] : [state as Tensor];
  if (tensors.length !== (kind === "lstm" ? 2 : 1)) {
    throw new TypeError(
      `Cannot use a state of ${tensors.length} tensors: ${
        kind === "lstm" ? "an LSTM takes [h, c]" : "one is taken"
      }`,
    );
  }
  const entries = settings.numLayers * (settings.bidirectional ? 2 : 1);
  tensors.forEach((tensor, which) => {
    const size = which === 0 ? outputSize : settings.hiddenSize;
    const expected = sequence.unbatched ? [entries, size] : [entries, sequence.batch, size];
    const what = kind === "lstm" ? `hidden[${which}]` : "hidden";
    if (tensor.shape.length !== expected.length) {
      throw new TypeError(
        `Cannot use ${what} of ${tensor.shape.length} dimensions: for ${
          sequence.unbatched ? "unbatched 2-D" : "batched 3-D"
        } input it should also be ${expected.length}-D`,
      );
    }
    if (!sameShape(tensor.shape, expected)) {
      throw new TypeError(
        `Cannot use ${what}: expected size ${formatShape(expected)}, got ${formatShape(tensor.shape)}`,
      );
    }
  });
  return tensors;
}
