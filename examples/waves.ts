/**
 * Sequences of many lengths, each with a class: is a noisy series of numbers a sine, a square or a saw? What is not a text
 * is trained by fit(), on batches that paddedBatches() cuts.
 *
 *     deno run examples/waves.ts [EPOCHS]
 *
 * @module
 */
import { crossEntropy, Dense, fit, GRU, meanPool, openDevice, paddedBatches, Tensor } from "@refrain/refrain";

const [epochs = "20"] = Deno.args;
const SHAPES = ["sine", "square", "saw"];

/** A wave at a time that is counted in periods. */
function wave(shape: number, time: number): number {
  if (shape === 0) return Math.sin(2 * Math.PI * time);
  return shape === 1 ? Math.sign(0.5 - time % 1) : 2 * (time % 1) - 1;
}

/** As many series of 10 to 60 steps, their periods and beginnings by chance: a list of (T, 1), and a class each. */
function makeSeries(count: number) {
  const label = Uint8Array.from({ length: count }, (_, n) => n % SHAPES.length);
  const x = Array.from(label, (shape) => {
    const steps = 10 + Math.floor(50 * Math.random());
    const [start, period] = [Math.random(), 5 + 10 * Math.random()];
    const at = (step: number): number => wave(shape, start + step / period) + 0.2 * (Math.random() - 0.5);
    return { data: Float32Array.from({ length: steps }, (_, step) => at(step)), shape: [steps, 1] };
  });
  return { x, label };
}

using device = await openDevice();
using gru = new GRU(device, { inputSize: 1, hiddenSize: 32 });
using dense = new Dense(device, { inputSize: 32, outputSize: SHAPES.length });

/** Logits (B, 3): outputs of each row's own steps, their mean, and what a dense layer makes of it. */
function judge({ x, lengths }: { x: Tensor; lengths: Tensor<"u32"> }, tape?: Parameters<typeof meanPool>[1]) {
  const [outputs] = gru.forward(x, undefined, tape, { lengths });
  return dense.forward(meanPool(outputs, tape, { lengths }), tape);
}

// Batches of 16 rows, each of one of four lengths: four recorded programs, and an order of its own in each epoch.
const series = makeSeries(960);
const held = [...paddedBatches(makeSeries(240), { batchSize: 16, numLengths: 4 })];
const training = fit(
  [...gru.parameters(), ...dense.parameters()],
  (epoch) => paddedBatches(series, { batchSize: 16, numLengths: 4, epoch }),
  {
    step: (batch, tape) => crossEntropy(judge(batch, tape), batch.label, tape),
    validation: held,
    epochs: Number(epochs),
    learningRate: 3e-3,
    clipGradNorm: 1,
    logEvery: 5,
  },
);
for await (const { epoch, loss, validationLoss, stepsPerSecond } of training.run()) {
  const told = [loss, validationLoss!].map((loss) => loss.toFixed(3)).join(", held out ");
  console.log(`epoch ${epoch}, loss ${told}, ${Math.round(stepsPerSecond)} steps/s`);
}

// How many of those that it has not seen are right.
let right = 0;
for (const { x, label, lengths } of held) {
  using inputs = Tensor.from(device, x.data, x.shape);
  using counts = Tensor.from(device, lengths, [lengths.length]);
  using logits = judge({ x: inputs, lengths: counts });
  const scores = await logits.data();
  label.data.forEach((shape, row) => {
    const own = [...scores.subarray(3 * row, 3 * row + 3)];
    if (own.indexOf(Math.max(...own)) === shape) right++;
  });
}
console.log(`${right} of ${16 * held.length} series that it has not seen are right`);
