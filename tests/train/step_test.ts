/** A step of training that is recorded in two parts, to the gradients and from clipping on. @module */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Corpus, type RNNModel, SGD, train, type TrainOptions } from "../../mod.ts";
import type { Ranks } from "../../src/train/ranks.ts";
import { Training } from "../../src/train/training.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { makeModel, timeless } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));
const OPTIONS: TrainOptions = { epochs: 3, batchSize: 3, numSteps: 5, learningRate: 1e-2, clipGradNorm: 0.5 };

/** The reports and the weights of a training, whose gradients something may act on before they are clipped. */
async function trained(model: RNNModel, act?: Ranks["sum"]): Promise<unknown> {
  const ranks = act && { rank: 0, size: 1, sum: act };
  const training = new Training(model, CORPUS, { ...OPTIONS, ...(ranks && { ranks }) });
  const reports: unknown[] = [];
  for await (const report of training.run()) reports.push(report);
  training[Symbol.dispose]();
  return [timeless(reports as never), await model.stateDict()];
}

for (const cell of KINDS) {
  testEach(`a step in two parts has the bits of a whole one: ${cell}`, async (device) => {
    const sizes = { cell, vocabularySize: CORPUS.vocabulary.size, seed: 1 };
    using whole = makeModel(device, sizes);
    using parts = makeModel(device, sizes);
    using changed = makeModel(device, sizes);
    let calls = 0;
    const expected = await trained(whole);
    assertEquals(await trained(parts, () => void calls++), expected);
    assertEquals(calls > 0, true);
    const clearing = (values: Float32Array | Float64Array): void => {
      if (values instanceof Float32Array) values.fill(0);
    };
    assertNotEquals(await trained(changed, clearing), expected);
  });
}

testEach("a training that cannot begin gives the parameters back", async (device) => {
  using model = makeModel(device, { cell: "gru", vocabularySize: CORPUS.vocabulary.size, seed: 1 });
  const schedule = { kind: "plateau", unit: "step" } as const;
  assertThrows(() => new Training(model, CORPUS, { ...OPTIONS, schedule }), TypeError, '"plateau"');
  await trained(model);
});

testEach("a step that is not recorded to its end frees what was", async (device) => {
  using model = makeModel(device, { cell: "gru", vocabularySize: CORPUS.vocabulary.size, seed: 1 });
  const inUse = async (): Promise<number> => {
    await device.read(model.parameters()[0]!.value); // what waits is run, and its list freed
    return usedBytes(device);
  };
  const failing = async (method: "record" | "clear", call: number): Promise<number> => {
    const before = await inUse();
    const own = device[method].bind(device) as (...given: unknown[]) => never;
    let calls = 0;
    const stub = (...given: unknown[]): never => {
      if (++calls === call) throw new Error(`the call ${call} fails`);
      return own(...given);
    };
    Object.defineProperty(device, method, { configurable: true, value: stub });
    try {
      const ranks = { rank: 0, size: 1, sum: () => {} };
      assertThrows(() => new Training(model, CORPUS, { ...OPTIONS, ranks }), Error, `the call ${call} fails`);
    } finally {
      Reflect.deleteProperty(device, method);
    }
    return await inUse() - before;
  };
  assertEquals(await failing("record", 2), 0);
  assertEquals(await failing("clear", 3), 0); // the first two are recorded, the third resets the health
  await trained(model);
});

testEach("gradients of what the optimizer leaves alone do not add up", async (device) => {
  using model = makeModel(device, { cell: "gru", vocabularySize: CORPUS.vocabulary.size, seed: 1 });
  using optimizer = new SGD(model.parameters().slice(-2), { learningRate: 0 });
  for (const accumulateSteps of [1, 2]) {
    const options = { ...OPTIONS, batchSize: 1, accumulateSteps, optimizer };
    const norms: number[] = [];
    for await (const { gradNorm } of train(model, CORPUS, options)) norms.push(gradNorm);
    assertEquals(norms, Array(3).fill(norms[0]), `${accumulateSteps}`);
  }
});

testEach("a training whose step cannot be freed gives the parameters back", async (device) => {
  using model = makeModel(device, { cell: "gru", vocabularySize: CORPUS.vocabulary.size, seed: 1 });
  const training = new Training(model, CORPUS, OPTIONS);
  const broken = (): never => {
    throw new Error("it stays");
  };
  Object.defineProperty(training.step, Symbol.dispose, { value: broken });
  assertThrows(() => training[Symbol.dispose](), Error, "it stays");
  await trained(model);
});
