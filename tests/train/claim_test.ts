/** One training of a model at a time. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Corpus, DeviceError, evaluate, generate, RNN, RNNModel, train } from "../../mod.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("abcabdabe".repeat(4));
const V = CORPUS.vocabulary.size;
const OPTIONS = { epochs: 3, batchSize: 2, numSteps: 2, learningRate: 1e-2 };
const MESSAGE = "Cannot train the model as another training of its parameters has begun: " +
  "let that one end or call its return(), or train a second model";

testEach("a second training of a model is refused until the first has ended", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const first = train(model, CORPUS, OPTIONS);
  const refused = train(model, CORPUS, OPTIONS); // begins with its first report
  await first.next();
  const error = await assertRejects(() => refused.next(), DeviceError);
  assertEquals(error.message, MESSAGE);
  // What only looks at the model goes on meanwhile, and so does the first.
  await evaluate(model, CORPUS);
  for await (const _ of generate(model, CORPUS.vocabulary, { prefix: "a", length: 3 }));
  const rest = await Array.fromAsync(first);
  assertEquals(rest.map(({ epoch }) => epoch), [2, 3]);
  assertEquals((await reportsOf(model, CORPUS, OPTIONS)).length, 3);
});

testEach("a training is over however it ends", async (device) => {
  using model = makeModel(device, { vocabularySize: V });
  const broken = new Error("on purpose");
  for await (const _ of train(model, CORPUS, OPTIONS)) break;
  await assertRejects(
    () =>
      reportsOf(model, CORPUS, {
        ...OPTIONS,
        onStep: () => {
          throw broken;
        },
      }),
    Error,
    broken.message,
  );
  await assertRejects(
    () => reportsOf(model, CORPUS, { ...OPTIONS, signal: AbortSignal.abort(broken) }),
    Error,
  );
  const returned = train(model, CORPUS, OPTIONS);
  await returned.next();
  await returned.return();
  const thrown = train(model, CORPUS, OPTIONS);
  await thrown.next();
  await assertRejects(() => thrown.throw(broken), Error, broken.message);
  assertEquals((await reportsOf(model, CORPUS, OPTIONS)).length, 3);
});

testEach("a model that shares parameters with one in training is refused, another is not", async (device) => {
  using layer = new RNN(device, { inputSize: V, hiddenSize: 5, seed: 0 });
  using model = new RNNModel(layer, V);
  using other = makeModel(device, { vocabularySize: V });
  const first = train(model, CORPUS, OPTIONS);
  await first.next();
  assertEquals((await reportsOf(other, CORPUS, OPTIONS)).length, 3);
  using sharing = new RNNModel(layer, V);
  await assertRejects(() => train(sharing, CORPUS, OPTIONS).next(), DeviceError, MESSAGE);
  await first.return();
});
