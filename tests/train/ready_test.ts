/** What a device compiles is waited for before a first run, and an abort meanwhile ends the wait: at every door. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Corpus, evaluate, generate, LSTM, openDevice, RNNModel, score, train } from "../../mod.ts";

const corpus = Corpus.fromText("分开 不分开 ".repeat(20));
const { size } = corpus.vocabulary;
/** The doors, each with a signal. */
const DOORS: Readonly<Record<string, (model: RNNModel, signal: AbortSignal) => Promise<unknown>>> = {
  "train()": (model, signal) => train(model, corpus, { batchSize: 2, numSteps: 5, epochs: 1, signal }).next(),
  "evaluate()": (model, signal) => evaluate(model, corpus, { signal }),
  "evaluate() with dynamic": (model, signal) => evaluate(model, corpus, { signal, dynamic: {} }),
  "score()": (model, signal) => Array.fromAsync(score(model, corpus, { signal })),
  "generate()": (model, signal) =>
    Array.fromAsync(generate(model, corpus.vocabulary, { prefix: "分", length: 3, signal })),
};

for (const [door, open] of Object.entries(DOORS)) {
  Deno.test(`${door} waits for ready(), or until its signal is aborted`, async () => {
    using device = await openDevice("wasm", { threads: 1 });
    const model = new RNNModel(new LSTM(device, { inputSize: size, hiddenSize: 8, seed: 1 }), size);
    const controller = new AbortController();
    let asked = 0;
    const ready = (): Promise<void> => {
      asked++;
      queueMicrotask(() => controller.abort(new Error("enough")));
      return new Promise(() => {});
    };
    Object.assign(device, { ready });
    await assertRejects(() => open(model, controller.signal), Error, "enough");
    assertEquals(asked, 1);
  });
}
