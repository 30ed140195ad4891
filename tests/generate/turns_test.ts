/** Long work lets timers and signals have their turn. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Corpus, generate, LSTM, RNNModel, Vocabulary } from "../../mod.ts";
import { testEach } from "../support/test_each.ts";

const LONG = "abcdefgh".repeat(2000);

for (const projSize of [0, 2]) { // by a kernel of many steps, and by one of one step
  testEach(`a signal ends the reading of a long prefix: projection ${projSize}`, async (device) => {
    const vocabulary = Vocabulary.fromText("abcdefgh");
    const layer = new LSTM(device, { inputSize: 8, hiddenSize: 64, projSize, numLayers: 2, seed: 0 });
    using model = new RNNModel(layer, 8);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("enough")), 30);
    const options = { prefix: LONG, length: 1, signal: controller.signal };
    await assertRejects(() => Array.fromAsync(generate(model, vocabulary, options)), Error, "enough");
    clearTimeout(timer);
  });
}

Deno.test("timers have their turn while a text that is at hand is read", async () => {
  let turns = 0;
  let seen = 0;
  const timer = setInterval(() => turns++, 1);
  const pieces = function* (): Generator<string> {
    const end = performance.now() + 400; // however fast the machine is
    while (performance.now() < end) {
      seen = turns;
      yield LONG.repeat(10);
    }
  };
  const corpus = await Corpus.fromStream(pieces());
  clearInterval(timer);
  assert(seen >= 2, `${seen} turns`);
  assertEquals(corpus.vocabulary.size, 8);
});
