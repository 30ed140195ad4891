/**
 * PyTorch's concise RNN tutorial, in its order: characters, batches, the layer and its shapes, the model with random
 * weights, training, and texts that it writes.
 *
 *     deno run examples/tutorial.ts [EPOCHS]
 *
 * @module
 */
import {
  consecutiveBatches,
  Corpus,
  LYRICS,
  oneHot,
  openDevice,
  predict,
  randomBatches,
  RNN,
  RNNModel,
  Tensor,
  train,
} from "@refrain/refrain";

const [epochs = "250"] = Deno.args;

// The text: 10,000 characters of lyrics, line breaks as spaces; each character has an id.
const corpus = Corpus.fromText(LYRICS, { newlines: "space", maxChars: 10_000 });
const { vocabulary } = corpus;
const sample = corpus.ids.slice(0, 20);
console.log(`${vocabulary.size} characters`, vocabulary.decode(sample), [...sample]);

// Batches of a short sequence, cut at random and so that a row goes on in the next batch.
const sequence = Uint32Array.from({ length: 30 }, (_, i) => i);
for (const batches of [randomBatches, consecutiveBatches]) {
  for (const { inputs, targets } of batches(sequence, { batchSize: 2, numSteps: 6 })) {
    console.log(batches.name, "X", [...inputs], "Y", [...targets]);
  }
}

// The layer: one-hot rows (T, B, V) in, outputs (T, B, H) and the last state (1, B, H) out.
using device = await openDevice();
console.log(device);
const numHiddens = 256;
const [numSteps, batchSize] = [35, 2];
const rnnLayer = new RNN(device, { inputSize: vocabulary.size, hiddenSize: numHiddens });
const ids = Tensor.from(device, new Uint32Array(numSteps * batchSize), [numSteps, batchSize]);
const X = oneHot(ids, vocabulary.size);
const [Y, stateNew] = rnnLayer.forward(X);
console.log(X.shape, Y.shape, stateNew.shape);

// The model: the layer, and a dense layer that gives every character a score. Its weights are random yet.
const model = new RNNModel(rnnLayer, vocabulary.size);
console.log(model);
console.log(await predict(model, vocabulary, "分开", 10));

// Training: consecutive batches, Adam, gradients clipped at 0.01, perplexity; two texts at each report.
const options = { epochs: Number(epochs), batchSize: 32, learningRate: 1e-3, clipGradNorm: 1e-2 };
for await (
  const { epoch, perplexity, seconds } of train(model, corpus, { ...options, numSteps, logEvery: 50 })
) {
  console.log(`epoch ${epoch}, perplexity ${perplexity.toFixed(6)}, time ${seconds.toFixed(2)} sec`);
  for (const prefix of ["分开", "不分开"]) console.log(" -", await predict(model, vocabulary, prefix, 50));
}
