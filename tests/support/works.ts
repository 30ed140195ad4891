/**
 * Works for tests of turns: every public function that returns a promise, and what verifies and profiles.
 *
 * @module
 */
import {
  accuracy,
  Adam,
  argmax,
  type Carried,
  Corpus,
  crossEntropy,
  decodeModel,
  type Device,
  encodeModel,
  evaluate,
  fit,
  forecast,
  Forecaster,
  generate,
  health,
  inspect,
  load,
  loadForecaster,
  LSTM,
  NGram,
  openDevice,
  parseSeries,
  predict,
  quantize,
  report,
  RNNModel,
  save,
  saveForecaster,
  score,
  Standardizer,
  Tape,
  Tensor,
  train,
  Training,
  Vocabulary,
} from "../../mod.ts";
import { exportModel, importModel } from "../../src/exchange.ts";
import { profile } from "../../src/profile/profile.ts";
import { KERNEL_CHECKS } from "../../src/verify/kernels.ts";
import { runChecks, runLossCurves } from "../../src/verify/verify.ts";
import { unpacked } from "../frameworks/golden.ts";
import { makeBatch, makeClassifier } from "./fitted.ts";

/** What works work on. */
export interface Given {
  readonly device: Device;
  readonly vocabulary: Vocabulary;
  readonly model: RNNModel;
  readonly corpus: Corpus;
  readonly ngram: NGram;
  /** 21 MB: to read and write it takes some time. */
  readonly large: { readonly model: RNNModel; readonly bytes: Uint8Array; readonly path: string };
}

/** A work: without end, unless the table says that it ends. */
export type Work = (given: Given, signal: AbortSignal) => Promise<unknown>;

/** Goes through all that comes. */
async function drain(results: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of results);
}

const LENGTH = 1e6;
const TRAIN = { epochs: LENGTH, batchSize: 2, numSteps: 5 };

/** A text without end. */
function* pieces(text: string): Generator<string, void, void> {
  for (;;) yield text;
}

/** Works that go on until the signal ends them. */
export const ENDLESS: Record<string, Work> = {
  "Corpus.fromStream": ({ vocabulary }, signal) =>
    Corpus.fromStream(pieces("abcdefgh".repeat(1000)), { vocabulary, signal }),
  evaluate: ({ model, corpus }, signal) => evaluate(model, corpus, { signal }),
  "evaluate dynamically": async ({ model, corpus }, signal) => {
    for (;;) await evaluate(model, corpus, { dynamic: {}, signal });
  },
  "evaluate in rows": ({ model, corpus }, signal) => evaluate(model, corpus, { rows: 16, signal }),
  inspect: async ({ model, corpus }, signal) => {
    for (;;) await inspect(model, corpus, { signal });
  },
  "NGram.fromCorpus": async ({ corpus }, signal) => {
    for (;;) await NGram.fromCorpus(corpus, { signal });
  },
  "NGram.evaluate": async ({ ngram, corpus }, signal) => {
    for (;;) await ngram.evaluate(corpus, { signal });
  },
  generate: ({ model, vocabulary }, signal) =>
    drain(generate(model, vocabulary, { prefixes: ["a", "bc"], length: LENGTH, signal })),
  "generate from a long prefix": ({ model, vocabulary }, signal) =>
    drain(generate(model, vocabulary, { prefix: "abcdefgh".repeat(LENGTH / 8), length: 1, signal })),
  predict: ({ model, vocabulary }, signal) => predict(model, vocabulary, "a", LENGTH, { signal }),
  "TrainingLoop.run": async ({ model, corpus }, signal) => {
    using training = new Training(model, corpus, { ...TRAIN, signal });
    await drain(training.run());
  },
  "TrainingLoop.run of fit()": async ({ device }, signal) => {
    using model = makeClassifier(device);
    const batches = [makeBatch(6, 4, 1), makeBatch(3, 4, 2)];
    const options = { epochs: LENGTH, step: model.step, validation: batches, signal };
    using training = fit(model.parameters, batches, options);
    await drain(training.run());
  },
  score: ({ model, corpus }, signal) => drain(score(model, corpus, { signal })),
  train: ({ model, corpus }, signal) => drain(train(model, corpus, { ...TRAIN, signal })),
  "train with validation": ({ model, vocabulary, corpus: validation }, signal) => {
    const corpus = Corpus.fromText("abcdefgh".repeat(4), { vocabulary });
    return drain(train(model, corpus, { ...TRAIN, validation, signal }));
  },
  profile: ({ model, corpus }, signal) =>
    profile(model, corpus, { steps: LENGTH, batchSize: 2, numSteps: 5, signal }),
  "verify, kernels": ({ device }, signal) =>
    drain(runChecks(
      [{ name: device.name, device }],
      Array.from({ length: 100 }, () => KERNEL_CHECKS.filter(({ rows }) => rows[0] !== "gemm")).flat(),
      signal,
    )),
  "verify, losses": async ({ device }, signal) => {
    for (;;) await drain(runLossCurves([{ name: device.name, device }], signal));
  },
};

/** A file of another framework. */
const KERAS = await unpacked("keras_mixed.h5");

/** Works that end soon, and leave nothing. */
export const SHORT: Record<string, Work> = {
  decodeModel: async ({ device, large }, signal) => {
    (await decodeModel(large.bytes, device, { signal })).model[Symbol.dispose]();
  },
  importModel: async ({ device }, signal) => {
    (await importModel({ "model.h5": KERAS }, device, { signal })).model[Symbol.dispose]();
  },
  "exportModel, onnx": ({ large }, signal) => exportModel(large.model, { to: "onnx", signal }),
  "exportModel, keras": ({ large }, signal) => exportModel(large.model, { to: "keras", signal }),
  encodeModel: ({ vocabulary, large }, signal) => encodeModel(large.model, vocabulary, { signal }),
  load: async ({ device, large }, signal) => {
    (await load(large.path, device, { signal })).model[Symbol.dispose]();
  },
  quantize: ({ large }, signal) => quantize(large.bytes, { signal }),
  "quantize, f16": ({ large }, signal) => quantize(large.bytes, { to: "f16", signal }),
  openDevice: async ({ device: { name } }, signal) => {
    (await openDevice(name as "wasm" | "webgpu", { signal }))[Symbol.dispose]();
  },
  save: ({ vocabulary, large }, signal) => save(large.path, large.model, vocabulary, { signal }),
};

/** What goes on while it is to. */
type Reads = (given: Given, going: () => boolean) => Promise<void>;

/** Reads what a pass of 4 tokens carries. */
function ofCarried(read: (carried: Carried) => Promise<Float32Array>): Reads {
  return async ({ model, device }, going) => {
    const carried: Carried[] = [];
    const ids = Tensor.from(device, new Uint32Array(4), [1, 4]);
    using _ = device.record(() => void model.logits(ids, undefined, carried));
    while (going()) await read(carried[0]!);
    ids[Symbol.dispose]();
  };
}

/** What reads one block, or a few: a single step, which takes no signal. */
export const READS: Record<string, Reads> = {
  "Carried.read": ofCarried((carried) => carried.read()),
  "Carried.readTrail": ofCarried((carried) => carried.readTrail(4, "h")),
  "Device.read": async ({ device, model }, going) => {
    while (going()) await device.read(model.parameters()[0]!.value);
  },
  "Device.ready": async ({ device }, going) => {
    while (going()) await device.ready();
  },
  "Module.gradients": async ({ model }, going) => {
    while (going()) await model.gradients();
  },
  "Module.stateDict": async ({ model }, going) => {
    while (going()) await model.stateDict();
  },
  "Optimizer.state": async ({ model }, going) => {
    using adam = new Adam(model.parameters());
    while (going()) await adam.state();
  },
  "Report.html": async (_, going) => {
    const log = Array.from({ length: 1000 }, (_, i) => ({ epoch: i + 1, loss: 1 / (i + 1) }));
    while (going()) await report([{ name: "first", log }]).html();
  },
  "Tape.gradient": async ({ device, model }, going) => {
    using tape = new Tape(device);
    const ids = Tensor.from(device, new Uint32Array(4), [1, 4]);
    const [logits] = model.forward(ids, undefined, tape);
    tape.backward(crossEntropy(logits, ids, tape));
    while (going()) await tape.gradient(logits);
  },
  "Tensor.data": async ({ device }, going) => {
    using tensor = Tensor.from(device, new Float32Array(1000), [1000]);
    while (going()) await tensor.data();
  },
  "TrainingLoop.state": async ({ model, corpus }, going) => {
    using training = new Training(model, corpus, TRAIN);
    while (going()) await training.state();
  },
  accuracy: async ({ device }, going) => {
    using logits = Tensor.from(device, new Float32Array(1000), [500, 2]);
    using targets = Tensor.from(device, new Uint8Array(500), [500]);
    while (going()) await accuracy(logits, targets);
  },
  argmax: async ({ device }, going) => {
    using logits = Tensor.from(device, new Float32Array(1000), [500, 2]);
    while (going()) await argmax(logits);
  },
  forecast: async ({ device }, going) => {
    using forecaster = forecasterOn(device);
    while (going()) await forecast(forecaster, SERIES, { steps: 100 });
  },
  loadForecaster: async ({ device, large: { path } }, going) => {
    const file = `${path}.series`;
    using forecaster = forecasterOn(device);
    await saveForecaster(file, forecaster, SERIES);
    while (going()) {
      const { model } = await loadForecaster(file, device);
      model[Symbol.dispose]();
    }
  },
  saveForecaster: async ({ device, large: { path } }, going) => {
    using forecaster = forecasterOn(device);
    while (going()) await saveForecaster(`${path}.series`, forecaster, SERIES);
  },
  health: async ({ model }, going) => {
    while (going()) await health(model.parameters());
  },
};

const SERIES = parseSeries(`spots\n${Array.from({ length: 30 }, (_, row) => row % 11).join("\n")}`);

function forecasterOn(device: Device): Forecaster {
  const { columns } = SERIES;
  const sizes = { layer: { hiddenSize: 64 }, numSteps: 20, horizon: 5, seed: 0 };
  return new Forecaster(device, { ...sizes, columns, scale: Standardizer.of(SERIES) });
}

function makeModel(device: Device, hiddenSize: number): RNNModel {
  return new RNNModel(new LSTM(device, { inputSize: 8, hiddenSize, numLayers: 2, seed: 0 }), 8);
}

/**
 * What works work on.
 *
 * @param device The device.
 * @param folder Where the large model's file goes.
 */
export async function give(device: Device, folder: string): Promise<Given> {
  const vocabulary = Vocabulary.fromText("abcdefgh");
  const corpus = Corpus.fromText("abcdefgh".repeat(200_000), { vocabulary });
  const large = makeModel(device, 650);
  const path = `${folder}/${device.name}.safetensors`;
  const bytes = await encodeModel(large, vocabulary);
  await Deno.writeFile(path, bytes);
  const ngram = await NGram.fromCorpus(corpus, { order: 3 });
  return {
    device,
    vocabulary,
    corpus,
    ngram,
    model: makeModel(device, 16),
    large: { model: large, bytes, path },
  };
}
