/** fit(): the loop over batches of arrays, against one that is written by hand, and against itself where it stops. @module */
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  Adam,
  clipGradNorm,
  type Device,
  DeviceError,
  fit,
  type FitOptions,
  type FitReport,
  type FitSetting,
  SGD,
  Tape,
  Tensor,
  type TrainingState,
} from "../../mod.ts";
import { fitted, type Labelled, makeBatch, makeClassifier } from "../support/fitted.ts";
import { testEach } from "../support/test_each.ts";
import { usedBytes } from "../support/used_bytes.ts";

/** Three shapes of four batches. */
const BATCHES = [makeBatch(6, 4, 1), makeBatch(6, 4, 2), makeBatch(3, 4, 3), makeBatch(6, 2, 4)];
const HELD_OUT = [makeBatch(5, 3, 5), makeBatch(6, 4, 6)];
const OPTIONS = { epochs: 3, learningRate: 1e-2, clipGradNorm: 0.5 };

testEach("fit() gives the weights of a loop that is written by hand, bit for bit", async (device) => {
  const { epochs, clipGradNorm: maxNorm, learningRate } = OPTIONS;
  using byHand = makeClassifier(device);
  using adam = new Adam(byHand.parameters, { learningRate });
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const { x, label } of BATCHES) {
      adam.zeroGrad();
      using tape = new Tape(device);
      const batch = {
        x: Tensor.from(device, x.data, x.shape),
        label: Tensor.from(device, label.data, label.shape),
      };
      const loss = byHand.step(batch, tape);
      tape.backward(loss);
      clipGradNorm(byHand.parameters, maxNorm);
      adam.step();
      losses.push((await loss.data())[0]!);
    }
  }
  using model = makeClassifier(device);
  using training = fit(model.parameters, BATCHES, { ...OPTIONS, step: model.step });
  const reports = await fitted(training);
  assertEquals(await model.weights(), await byHand.weights());
  assertEquals(reports.map(({ epoch, steps }) => [epoch, steps]), [[1, 4], [2, 8], [3, 12]]);
  reports.forEach(({ loss }, index) => {
    const mean = losses.slice(4 * index, 4 * index + 4).reduce((sum, each) => sum + each) / 4;
    assert(Math.abs(loss! - mean) < 1e-6, `epoch ${index + 1}: ${loss}, by hand ${mean}`);
  });
  assert(reports[2]!.loss! < reports[0]!.loss!);
});

/** What a training leaves. */
interface Outcome {
  reports: Partial<FitReport>[];
  state: TrainingState<FitSetting>;
}

type Given = Partial<FitOptions<Labelled>> & { sgd?: boolean };

/** Trains from a state to the end, or until `stop` steps have been taken. */
async function run(
  device: Device,
  { sgd, ...given }: Given,
  from?: TrainingState<FitSetting>,
  stop = Infinity,
): Promise<Outcome> {
  using model = makeClassifier(device, { dropout: 0.3 });
  using optimizer = new SGD(model.parameters, { learningRate: 0.1, momentum: 0.9 });
  let stopped: TrainingState<FitSetting> | undefined;
  const { learningRate, ...others } = OPTIONS;
  const options: FitOptions<Labelled> = {
    ...others,
    ...given,
    ...(sgd ? { optimizer } : { learningRate }),
    step: model.step,
    onStep: async ({ epoch, step }) => {
      if ((epoch - 1) * 4 + step !== stop) return;
      stopped = await training.state();
      throw new Error("stopped");
    },
  };
  // Each epoch has its own order.
  const batches = (epoch: number): Labelled[] => BATCHES.map((_, index) => BATCHES[(index + epoch) % 4]!);
  using training = fit(model.parameters, batches, options);
  if (from) training.restore(from);
  const reports: Partial<FitReport>[] = [];
  try {
    for await (const { stepsPerSecond: _, ...report } of training.run()) reports.push(report);
  } catch (error) {
    if (!stopped) throw error;
  }
  return { reports, state: stopped ?? await training.state() };
}

const CASES: Record<string, Given> = {
  "Adam": {},
  "SGD, momentum": { sgd: true },
  "plateau": { schedule: { kind: "plateau", patience: 0, threshold: 0.5 }, validation: HELD_OUT },
  "cosine by steps": { schedule: { kind: "cosine", maxSteps: 12, unit: "step" } },
  "reports within epochs": { logEvery: "3steps" },
};

for (const [name, given] of Object.entries(CASES)) {
  testEach(`a fit() goes on with the same bits: ${name}`, async (device) => {
    const whole = await run(device, given);
    for (const stop of [1, 4, 6]) {
      const first = await run(device, given, undefined, stop);
      const second = await run(device, given, structuredClone(first.state));
      assertEquals([...first.reports, ...second.reports], whole.reports, `stopped behind step ${stop}`);
      assertEquals(second.state, whole.state, `stopped behind step ${stop}`);
      assertNotEquals(first.state.weights, whole.state.weights);
    }
  });
}

testEach("each shape is recorded once, of batches and of the validation", async (device) => {
  using model = makeClassifier(device);
  let recorded = 0;
  const step: typeof model.step = (batch, tape) => {
    recorded++;
    return model.step(batch, tape);
  };
  using training = fit(model.parameters, BATCHES, { ...OPTIONS, step, validation: HELD_OUT });
  await fitted(training);
  assertEquals(recorded, 3 + 2);
});

testEach(
  "a validation is the mean of its batches' losses, without dropout, and changes no bit",
  async (device) => {
    const plain = await run(device, {});
    const { reports, state } = await run(device, { validation: HELD_OUT });
    assertEquals(state.weights, plain.state.weights);
    using model = makeClassifier(device, { dropout: 0.3 });
    model.parameters.forEach((parameter, index) => device.write(parameter.value, state.weights[index]!.data));
    let sum = 0;
    for (const { x, label } of HELD_OUT) {
      const batch = {
        x: Tensor.from(device, x.data, x.shape),
        label: Tensor.from(device, label.data, label.shape),
      };
      sum += (await model.step(batch).data())[0]!;
    }
    const { validationLoss } = reports.at(-1)!;
    assert(Math.abs(validationLoss! - sum / 2) < 1e-6, `${validationLoss}, by hand ${sum / 2}`);
  },
);

testEach("what a validation measures beside its loss is the mean over what counts", async (device) => {
  using model = makeClassifier(device);
  const given: unknown[] = [];
  using training = fit(model.parameters, BATCHES, {
    ...OPTIONS,
    epochs: 2,
    step: model.step,
    validation: HELD_OUT,
    measure: async ({ x, label }) => {
      given.push(await x.data());
      return { sum: label.values.reduce((sum, value) => sum + value), count: label.size };
    },
  });
  const reports = await Array.fromAsync(training.run());
  assertEquals(given, [...HELD_OUT, ...HELD_OUT].map(({ x }) => x.data));
  const labels = HELD_OUT.flatMap(({ label }) => [...label.data]);
  const mean = labels.reduce((sum, value) => sum + value) / labels.length;
  assertEquals(reports.map(({ validationMeasure }) => validationMeasure), [mean, mean]);
});

testEach("a signal ends it behind the step that runs, and its run goes on", async (device) => {
  const whole = await run(device, {});
  using model = makeClassifier(device, { dropout: 0.3 });
  const controller = new AbortController();
  const batches = (epoch: number): Labelled[] => BATCHES.map((_, index) => BATCHES[(index + epoch) % 4]!);
  const onStep = ({ epoch, step }: { epoch: number; step: number }): void => {
    if (epoch === 2 && step === 1) controller.abort(new Error("enough"));
  };
  const { signal } = controller;
  using training = fit(model.parameters, batches, { ...OPTIONS, step: model.step, signal, onStep });
  await assertRejects(() => fitted(training), Error, "enough");
  assertEquals(training.reached, { epoch: 2, step: 5 });
  const state = await training.state();
  await assertRejects(() => training.run().next(), Error, "enough");
  assertEquals((await run(device, {}, state)).state, whole.state);
});

testEach("a state is read at once, whatever runs meanwhile", async (device) => {
  const states = async (wait: boolean): Promise<unknown[]> => {
    using model = makeClassifier(device);
    const reading: Promise<unknown>[] = [];
    const onStep = (): void | Promise<void> => {
      reading.push(training.state());
      return wait ? reading.at(-1)!.then(() => {}) : undefined;
    };
    using training = fit(model.parameters, BATCHES, { ...OPTIONS, epochs: 1, step: model.step, onStep });
    await fitted(training);
    return await Promise.all(reading);
  };
  assertEquals(await states(false), await states(true));
});

testEach("parameters are in one training at a time, while it runs", async (device) => {
  using model = makeClassifier(device);
  const options = { ...OPTIONS, step: model.step };
  using first = fit(model.parameters, BATCHES, options);
  using second = fit(model.parameters.slice(1), BATCHES, options);
  const state = await second.state();
  const reports = first.run();
  await reports.next();
  const sentence = "another training of its parameters has begun";
  await assertRejects(() => second.run().next(), DeviceError, sentence);
  await assertRejects(async () => second.restore(await Promise.resolve(state)), DeviceError, sentence);
  await assertRejects(
    async () => await fitted(fit(model.parameters, BATCHES, options)),
    DeviceError,
    sentence,
  );
  await reports.return();
  assertEquals((await fitted(second)).length, 3);
});

testEach("a fit() is shown in a line, and gives back what it took", async (device) => {
  using model = makeClassifier(device);
  const before = usedBytes(device);
  {
    using training = fit(model.parameters, BATCHES, { ...OPTIONS, step: model.step });
    assertEquals(
      String(training),
      `Training(epoch 1 of 3, step 0 of 4), 174 parameters on ${device.name}`,
    );
    await fitted(training);
    assertEquals(
      String(training),
      `Training(epoch 3 of 3, step 4 of 4), 174 parameters on ${device.name}`,
    );
  }
  assertEquals(usedBytes(device), before);
});
