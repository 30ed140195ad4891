/** Sequences of many lengths by fit(): what is learnt does not depend on how far they are padded. @module */
import { assert, assertEquals } from "@std/assert";
import {
  crossEntropy,
  Dense,
  type Device,
  fit,
  GRU,
  lastState,
  lastStep,
  LSTM,
  maxPool,
  meanPool,
  paddedBatches,
  type Tape,
  Tensor,
} from "../../mod.ts";
import { Random } from "../../src/random.ts";
import { fitted } from "../support/fitted.ts";
import { testEach } from "../support/test_each.ts";

const [N, I, H, V] = [12, 3, 5, 4] as const;

/** Sequences of 2 to 9 steps and their classes. */
function makeSequences() {
  const random = new Random(4);
  const label = Uint8Array.from({ length: N }, () => random.integer(V));
  const x = Array.from(label, (label) => {
    const length = 2 + random.integer(8);
    const data = Float32Array.from({ length: length * I }, () => random.uniform() + label);
    return { data, shape: [length, I] };
  });
  return { x, label };
}

/** A batch, with more steps behind it that hold anything. */
function lengthened(batch: Batch, more: number): Batch {
  const [T, B] = batch.x.shape as [number, number, number];
  const data = new Float32Array((T + more) * B * I).fill(7);
  data.set(batch.x.data);
  return { ...batch, x: { data, shape: [T + more, B, I] } };
}

type Batch = typeof paddedBatches<ReturnType<typeof makeSequences>> extends
  (...given: never) => Generator<infer B> ? B : never;

type Tensors = { x: Tensor; label: Tensor<"u32">; lengths: Tensor<"u32"> };

/** What makes a vector of a row, in a way that heeds lengths. */
const WAYS: Record<
  string,
  (device: Device) => { layer: GRU | LSTM; vector: (batch: Tensors, tape?: Tape) => Tensor }
> = {
  "the last state of an LSTM of two layers and directions": (device) => {
    const layer = new LSTM(device, {
      inputSize: I,
      hiddenSize: H,
      numLayers: 2,
      bidirectional: true,
      seed: 1,
    });
    return {
      layer,
      vector: ({ x, lengths }, tape) =>
        lastState(layer, layer.forward(x, undefined, tape, { lengths })[1], tape),
    };
  },
  ...Object.fromEntries([meanPool, maxPool, lastStep].map((pool) => [pool.name, (device: Device) => {
    const layer = new GRU(device, { inputSize: I, hiddenSize: H, seed: 1 });
    return {
      layer,
      vector: ({ x, lengths }: Tensors, tape?: Tape) =>
        pool(layer.forward(x, undefined, tape, { lengths })[0], tape, { lengths }),
    };
  }])),
};

for (const [name, make] of Object.entries(WAYS)) {
  testEach(`results do not depend on padding: ${name}`, async (device) => {
    const outcome = async (more: number) => {
      const { layer, vector } = make(device);
      using _ = layer;
      using dense = new Dense(device, { inputSize: layer.outputFeatures, outputSize: V, seed: 2 });
      const batches = (epoch: number): Batch[] =>
        [...paddedBatches(makeSequences(), { batchSize: 4, numLengths: 3, epoch })]
          .map((batch, index) => lengthened(batch, more * (index + 1)));
      using training = fit([...layer.parameters(), ...dense.parameters()], batches, {
        step: (batch, tape) => {
          const logits = dense.forward(vector(batch, tape), tape);
          return crossEntropy(logits, batch.label, tape);
        },
        epochs: 3,
        learningRate: 1e-2,
      });
      const losses = (await fitted(training)).map(({ loss }) => loss!);
      return [...losses, ...Object.values((await training.state()).weights).flatMap(({ data }) => [...data])];
    };
    const plain = await outcome(0);
    assert(plain[2]! < plain[0]!);
    for (const more of [1, 13]) {
      const padded = await outcome(more);
      assertEquals(padded.length, plain.length);
      padded.forEach((value, index) => {
        const difference = Math.abs(value - plain[index]!);
        assert(difference < 2e-6, `${more} steps more: ${value} in place of ${plain[index]}`);
      });
    }
  });
}

testEach("a class a step: padded steps are ignored", async (device) => {
  const { x, label } = makeSequences();
  const tags = x.map(({ shape }, n) => Uint8Array.from({ length: shape[0]! }, (_, t) => (label[n]! + t) % V));
  const outcome = async (numLengths: number, ignored: number): Promise<number[]> => {
    using gru = new GRU(device, { inputSize: I, hiddenSize: H, bidirectional: true, seed: 1 });
    using dense = new Dense(device, { inputSize: 2 * H, outputSize: V, seed: 2 });
    // All sequences in one batch, so that the number of lengths decides the padding alone.
    const batches = [...paddedBatches({ x, tags }, { batchSize: N, numLengths, padding: { tags: ignored } })];
    const { tags: { shape } } = batches[0]!;
    const [B, T] = shape as [number, number];
    using training = fit([...gru.parameters(), ...dense.parameters()], batches, {
      step: (batch, tape) => {
        const [y] = gru.forward(batch.x, undefined, tape, { lengths: batch.lengths });
        const logits = dense.forward(y, tape).reshape([T * B, V]);
        return crossEntropy(logits, batch.tags, tape, { ignoreIndex: ignored });
      },
      epochs: 5,
      learningRate: 1e-2,
    });
    return (await fitted(training)).map(({ loss }) => loss!);
  };
  const losses = await outcome(1, 255);
  assertEquals(await outcome(1, V), losses);
  // By hand: the first loss is the mean over the steps that count.
  using gru = new GRU(device, { inputSize: I, hiddenSize: H, bidirectional: true, seed: 1 });
  using dense = new Dense(device, { inputSize: 2 * H, outputSize: V, seed: 2 });
  let sum = 0;
  let steps = 0;
  for (const [n, { data, shape }] of x.entries()) {
    const [y] = gru.forward(Tensor.from(device, data, [shape[0]!, 1, I]));
    const logits = dense.forward(y).reshape([shape[0]!, V]);
    const loss = crossEntropy(logits, Tensor.from(device, tags[n]!, [shape[0]!]), undefined, {
      reduction: "sum",
    });
    sum += (await loss.data())[0]!;
    steps += shape[0]!;
  }
  assert(Math.abs(losses[0]! - sum / steps) < 1e-6, `${losses[0]}, by hand ${sum / steps}`);
});
