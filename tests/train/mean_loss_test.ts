/** Losses of many steps, added up on the device and on the host. @module */
import { assert } from "@std/assert";
import { Corpus, type Device, evaluate, openDevice, type RNNModel } from "../../mod.ts";
import { MeanLoss } from "../../src/train/mean_loss.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { testEach } from "../support/test_each.ts";

const STEPS = 5000;
/** Each step is one character. */
const SIZES = { batchSize: 1, numSteps: 1 };

/** A model of zeros: each loss is log V. */
async function blankModel(device: Device, { vocabulary: { size } }: Corpus): Promise<RNNModel> {
  const model = makeModel(device, { cell: "rnn", vocabularySize: size, hiddenSize: 4 });
  const weights = await model.stateDict();
  for (const { data } of Object.values(weights)) data.fill(0);
  model.loadStateDict(weights);
  return model;
}

testEach("the loss of many steps is exact to 1e-6, trained and evaluated", async (device) => {
  for (const letters of ["abc", "abcdefg"]) {
    const corpus = Corpus.fromText(letters.repeat(STEPS).slice(0, STEPS + 1));
    using model = await blankModel(device, corpus);
    const wanted = Math.log(letters.length);
    const { loss } = await evaluate(model, corpus);
    assert(Math.abs(loss / wanted - 1) < 1e-6, `evaluated: ${loss}, not ${wanted}`);
    const options = { ...SIZES, epochs: 1, learningRate: 1e-30 };
    const [report] = await reportsOf(model, corpus, options);
    assert(Math.abs(report!.loss / wanted - 1) < 1e-6, `trained: ${report!.loss}, not ${wanted}`);
  }
});

/** Milliseconds of a step on a device that works beside the host. */
const STEP = 20;

Deno.test("a device whose reads hold nobody has at most 250 ms of steps before it", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  let ahead = 0;
  const read = async (...args: Parameters<Device["read"]>): Promise<ArrayBuffer> => {
    await new Promise((resolve) => setTimeout(resolve, ahead * STEP));
    ahead = 0;
    return device.read(...args);
  };
  const beside: Device = Object.assign(Object.create(device), {
    alloc: (length: number) => device.alloc(length),
    clear: device.clear.bind(device),
    read,
  });
  const losses = new MeanLoss(beside, 1);
  let most = 0;
  for (let step = 0; step < 100; step++) {
    most = Math.max(most, ++ahead);
    await losses.runEnded();
  }
  assert(most > 1 && most <= 250 / STEP, `${most} steps of ${STEP} ms`);
});
