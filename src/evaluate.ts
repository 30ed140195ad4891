/**
 * Evaluation: the loss of a model on a text, its weights and its training state untouched.
 *
 * @module
 */
import { checkFits, consecutiveBatches } from "./data/batches.ts";
import type { Corpus } from "./data/corpus.ts";
import type { Block } from "./device/device.ts";
import type { State } from "./layers/recurrent.ts";
import { addLosses, meanLoss, perplexity } from "./loss.ts";
import type { RNNModel } from "./model.ts";
import { Tensor } from "./tensor.ts";

/** What evaluate() finds. */
export interface Evaluation {
  /** Mean cross-entropy, in nats a character. */
  loss: number;
  /** e^loss */
  perplexity: number;
  /** The loss in bits. */
  bitsPerCharacter: number;
  /** Characters that were predicted. */
  characters: number;
}

/**
 * The loss of a model over a corpus, the state carried from batch to batch.
 *
 * @example Use
 * ```ts
 * import { Corpus, evaluate, openDevice, RNN, RNNModel } from "@refrain/refrain";
 * import { assert } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
 * const layer = new RNN(device, { inputSize: corpus.vocabulary.size, hiddenSize: 16, seed: 0 });
 * const { perplexity } = await evaluate(new RNNModel(layer, corpus.vocabulary.size), corpus, { batchSize: 1 });
 * assert(perplexity > 3 && perplexity < 5); // four characters, nothing learnt
 * ```
 *
 * @param model whose loss is asked for
 * @param corpus ids of the model's vocabulary
 * @param options B and T of the batches
 * @throws {RangeError} when the corpus is too small for them
 */
export async function evaluate<S extends State>(
  model: RNNModel<S>,
  corpus: Corpus,
  { batchSize = 1, numSteps = 35 }: { batchSize?: number; numSteps?: number } = {},
): Promise<Evaluation> {
  const { device } = model, shape = [batchSize, numSteps];
  checkFits(corpus.size, { batchSize, numSteps, sampling: "consecutive" });
  let ids!: Tensor<"u32">, targets!: Tensor<"u32">, losses!: Block;
  using program = device.record(() => {
    ids = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    targets = Tensor.from(device, new Uint32Array(batchSize * numSteps), shape);
    losses = device.alloc(batchSize * numSteps);
    addLosses(model.logits(ids, undefined, []), targets, losses);
  });
  let steps = 0;
  for (const batch of consecutiveBatches(corpus.ids, { batchSize, numSteps })) {
    ids.write(batch.inputs);
    targets.write(batch.targets);
    program.run();
    if (++steps % 64 === 0) await device.read(losses);
  }
  const loss = meanLoss(await device.read(losses), steps);
  const characters = steps * batchSize * numSteps;
  return { loss, perplexity: perplexity(loss), bitsPerCharacter: loss / Math.LN2, characters };
}
