/**
 * A small classifier and its batches, for tests of fit().
 *
 * @module
 */
import {
  type BatchTensors,
  crossEntropy,
  Dense,
  type Device,
  Dropout,
  type FitReport,
  GRU,
  type Parameter,
  type Tape,
  type Tensor,
  type TrainingLoop,
} from "../../mod.ts";
import { Random } from "../../src/random.ts";

/** Sizes: inputs, hidden units, classes. */
const [I, H, V] = [3, 5, 4] as const;

/** Sequences side by side, and the class of each. */
export interface Labelled {
  /** (T, B, I) */
  readonly x: { readonly data: Float32Array; readonly shape: readonly number[] };
  /** (B, 1) */
  readonly label: { readonly data: Uint8Array; readonly shape: readonly number[] };
}

/** A batch of T steps and B rows; a class has numbers of its own. */
export function makeBatch(T: number, B: number, seed: number): Labelled {
  const random = new Random(seed);
  const label = Uint8Array.from({ length: B }, () => random.integer(V));
  const at = (index: number): number => random.uniform() + label[Math.floor(index / I) % B]!;
  const data = Float32Array.from({ length: T * B * I }, (_, index) => at(index));
  return { x: { data, shape: [T, B, I] }, label: { data: label, shape: [B, 1] } };
}

/** A GRU whose last state a dense layer judges. */
export interface Classifier extends Disposable {
  readonly parameters: Parameter[];
  readonly step: (batch: BatchTensors<Labelled>, tape?: Tape) => Tensor;
  weights(): Promise<unknown>;
}

/** Makes one; its first weights are always the same. */
export function makeClassifier(device: Device, { dropout = 0 } = {}): Classifier {
  const gru = new GRU(device, { inputSize: I, hiddenSize: H, seed: 1 });
  const dense = new Dense(device, { inputSize: H, outputSize: V, seed: 2 });
  const drop = new Dropout({ probability: dropout, seed: 3 });
  return {
    parameters: [...gru.parameters(), ...dense.parameters()],
    step: ({ x, label }, tape) => {
      const [, h] = gru.forward(x, undefined, tape);
      const logits = dense.forward(drop.forward(h.reshape(h.shape.slice(1)), tape), tape);
      return crossEntropy(logits, label, tape);
    },
    weights: () => Promise.all([gru.stateDict(), dense.stateDict()]),
    [Symbol.dispose]: () => {
      gru[Symbol.dispose]();
      dense[Symbol.dispose]();
    },
  };
}

/** All reports of a training, without what depends on the clock. */
export async function fitted(training: TrainingLoop<FitReport, object>): Promise<Partial<FitReport>[]> {
  const reports = await Array.fromAsync(training.run());
  return reports.map(({ stepsPerSecond: _, ...rest }) => rest);
}
