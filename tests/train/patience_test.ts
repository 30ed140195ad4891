/** A training that ends when its reports get no better, in one go or in two. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Corpus, type RNNModel, Training, type TrainingState, type TrainOptions } from "../../mod.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));
const VALIDATION = Corpus.fromText("la sol fa mi re do", { vocabulary: CORPUS.vocabulary });
const OPTIONS: TrainOptions = {
  epochs: 60,
  batchSize: 3,
  numSteps: 5,
  learningRate: 0.05,
  validation: VALIDATION,
};

/** The epochs that are reported of a training that goes on from a state, and where it ended. */
async function run(
  model: RNNModel,
  options: Partial<TrainOptions>,
  from?: TrainingState,
): Promise<{ epochs: number[]; state: TrainingState; ended: boolean }> {
  using training = new Training(model, CORPUS, { ...OPTIONS, ...options });
  if (from) training.restore(from);
  const epochs: number[] = [];
  for await (const { epoch } of training.run()) epochs.push(epoch);
  return { epochs, state: await training.state(), ended: training.ended };
}

/** Behind which of some losses none of the next `patience` is better than all before. */
function endOf(losses: readonly number[], patience: number): number {
  let best = 0;
  losses.some((loss, i) => {
    if (loss < losses[best]!) best = i;
    return i - best >= patience;
  });
  return best + patience;
}

testEach("patience ends a training behind so many reports that are no better", async (device) => {
  const sizes = { vocabularySize: CORPUS.vocabulary.size };
  using whole = makeModel(device, sizes);
  const losses = (await reportsOf(whole, CORPUS, OPTIONS)).map(({ validationLoss }) => validationLoss!);
  for (const patience of [1, 4]) {
    const end = endOf(losses, patience);
    assert(end < 59, "the validation gets worse in time");
    using model = makeModel(device, sizes);
    const { epochs, state, ended } = await run(model, { patience });
    assertEquals([epochs.length, ended], [end + 1, true]);
    assertEquals([state.best, state.worse], [Math.min(...losses.slice(0, end + 1)), patience]);
    // In two goes, of which the second begins with reports that were no better.
    using first = makeModel(device, sizes);
    const half = await run(first, { patience, epochs: end });
    using second = makeModel(device, sizes);
    assertEquals(await run(second, { patience }, half.state), { epochs: [end + 1], state, ended });
    using third = makeModel(device, sizes);
    assertEquals((await run(third, { patience }, state)).epochs, [], "it has ended");
  }
});

testEach("without patience all epochs are run, and a time budget is a signal", async (device) => {
  using model = makeModel(device, { vocabularySize: CORPUS.vocabulary.size });
  const { epochs, state, ended } = await run(model, { patience: Infinity, epochs: 5 });
  assertEquals([epochs, ended, state.epoch], [[1, 2, 3, 4, 5], true, 6]);
  const signal = AbortSignal.timeout(100);
  using training = new Training(model, CORPUS, { ...OPTIONS, epochs: 1e6, logEvery: 1e6, signal });
  await assertRejects(
    async () => {
      for await (const _ of training.run());
    },
    DOMException,
    "timeout",
  );
  assert((await training.state()).steps > 0);
});

testEach("a patience that is none is refused, and a state without its counts", async (device) => {
  using model = makeModel(device, { vocabularySize: CORPUS.vocabulary.size });
  for (const patience of [0, -1, 1.5, NaN]) {
    const make = (): Training => new Training(model, CORPUS, { ...OPTIONS, patience });
    assertThrows(make, RangeError, "Cannot train as patience must be");
  }
  using training = new Training(model, CORPUS, OPTIONS);
  const state = await training.state();
  const sentence = "Cannot restore the training as its best loss, or the reports since then, are no numbers";
  const { best: _, ...without } = state;
  assertThrows(() => training.restore(without as TrainingState), RangeError, sentence);
  assertThrows(() => training.restore({ ...state, worse: -1 }), RangeError, sentence);
});
