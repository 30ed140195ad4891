/**
 * Names that nobody has: each of a list is an example of its own, with a beginning and an end. A name that is drawn begins
 * at the beginning and ends by itself.
 *
 *     deno run examples/names.ts [EPOCHS] [SEED]
 *
 * @module
 */
import { Corpus, evaluate, generate, GRU, openDevice, RNNModel, train } from "@refrain/refrain";
import { GIVEN_NAMES } from "./given_names.ts";

const [epochs = 25, seed = 0] = Deno.args.map(Number);
const WANTED = 20;

// A line break begins and ends each name: the vocabulary knows that, and whoever is given it.
const corpus = Corpus.fromText(GIVEN_NAMES.join("\n"), { newlines: "lines" });
const { vocabulary } = corpus;
const [training, heldOut] = corpus.split(0.1);

using device = await openDevice();
const gru = new GRU(device, { inputSize: vocabulary.size, hiddenSize: 96, seed });
using model = new RNNModel(gru, vocabulary.size, { dropout: 0.4 });

// Batches of 16 names, padded to a few lengths; what is padded counts for nothing.
const options = { epochs, batchSize: 16, learningRate: 5e-3, clipGradNorm: 1, logEvery: 10, seed };
for await (const { epoch, perplexity } of train(model, training, options)) {
  console.log(`epoch ${epoch}, perplexity ${perplexity.toFixed(3)}`);
}
const { perplexity, measured } = await evaluate(model, heldOut);
console.log(`held out: perplexity ${perplexity.toFixed(3)}, ${measured}`);

/** So many names; each has random numbers of its own. */
async function draw(count: number, prefix: string): Promise<string[]> {
  const names = Array.from({ length: count }, () => prefix);
  const drawing = { prefix, count, length: 20, minLength: 3, temperature: 0.9, seed };
  for await (const { row, text } of generate(model, vocabulary, drawing)) names[row] += text;
  return names;
}

const known = new Set(GIVEN_NAMES);
const names = new Set(await draw(4 * WANTED, ""));
console.log([...names].filter((name) => !known.has(name)).slice(0, WANTED).join(" "));
console.log([...new Set(await draw(WANTED, "Al"))].filter((name) => !known.has(name)).join(" "));
