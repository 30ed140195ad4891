/** Options: each class takes its own, and every door refuses a name that it does not know. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as refrain from "../../mod.ts";
import { Corpus, Dense, type Device, openDevice, RNN, RNNModel, Tensor, Vocabulary } from "../../mod.ts";
import { exportModel, importModel } from "../../src/exchange.ts";

/** What a caller without types may write. */
// deno-lint-ignore no-explicit-any
const { GRU, GRUCell, LSTM, LSTMCell, RNNCell, ...rest } = refrain as any;

const device = await openDevice("wasm", { threads: 1 });
Deno.test.afterAll(() => device[Symbol.dispose]());
const V = 4;
const sizes = { inputSize: V, hiddenSize: 3, seed: 0 };
const corpus = Corpus.fromText("分开 不分开 分开");
const { vocabulary } = corpus;
const layer = new RNN(device, sizes);
const model = new RNNModel(new RNN(device, sizes), V);
const dense = new Dense(device, { inputSize: V, outputSize: 2, seed: 0 });
const parameters = dense.parameters();
const x = Tensor.from(device, new Float32Array(V), [1, 1, V]);
const ids = new Uint32Array(20);
const bytes = await refrain.encodeModel(model, vocabulary);

/** Runs a generator to its first value, and ends it. */
async function first(generator: AsyncGenerator<unknown>): Promise<void> {
  await generator.next();
  await generator.return(undefined);
}

/** A door, a typo, the option that is meant or all that there are, and the call. */
type Door = [task: string, typo: string, meant: string, call: (options: object) => unknown];

const DOORS: Door[] = [
  ["make an RNN", "hiddensize", "hiddenSize", (options) => new rest.RNN(device, { ...sizes, ...options })],
  ["make a GRU", "num_layers", "numLayers", (options) => new GRU(device, { ...sizes, ...options })],
  ["make an LSTM", "projsize", "projSize", (options) => new LSTM(device, { ...sizes, ...options })],
  ["make an RNNCell", "biass", "bias", (options) => new RNNCell(device, { ...sizes, ...options })],
  ["make a GRUCell", "sed", "seed", (options) => new GRUCell(device, { ...sizes, ...options })],
  [
    "make an LSTMCell",
    "forgetbias",
    "forgetBias",
    (options) => new LSTMCell(device, { ...sizes, ...options }),
  ],
  ["run a layer", "length", "lengths", (options) => layer.forward(x, undefined, undefined, options)],
  ["make a Dense", "outputsize", "outputSize", (options) => new rest.Dense(device, options)],
  [
    "tie a Dense",
    "weights",
    "weight",
    (options) => new Dense(device, { inputSize: 1, outputSize: 1 }, options),
  ],
  ["make an Embedding", "vocabSize", "known", (options) => new rest.Embedding(device, options)],
  [
    "look vectors up",
    "timemajor",
    "timeMajor",
    (options) =>
      new rest.Embedding(device, { vocabularySize: V, embeddingSize: 2 }).forward(x, undefined, options),
  ],
  ["make a Dropout", "probabilty", "probability", (options) => new refrain.Dropout(options)],
  [
    "drop elements out",
    "batch_first",
    "batchFirst",
    (options) => new refrain.Dropout().forward(x, undefined, options),
  ],
  [
    "apply gelu",
    "aproximate",
    "approximate",
    (options) => refrain.gelu(x, undefined, options),
  ],
  ["concatenate", "dimm", "dim", (options) => refrain.concatenate([x], undefined, options)],
  ...[refrain.meanPool, refrain.maxPool, refrain.lastStep].map((pool): Door => [
    "pool over time",
    "length",
    "lengths",
    (options) => pool(x, undefined, options),
  ]),
  ["make a LayerNorm", "eps", "known", (options) => new rest.LayerNorm(device, options)],
  ["make an RNNModel", "tie_weights", "tieWeights", (options) => new RNNModel(layer, V, options)],
  [
    "compute a loss",
    "inplace",
    "inPlace",
    (options) => refrain.crossEntropy(x, Tensor.from(device, ids, [1, 20]), undefined, options),
  ],
  [
    "compute a loss",
    "reducton",
    "reduction",
    (options) => refrain.meanSquaredError(x, x, undefined, options),
  ],
  ["compute a loss", "beta", "delta", (options) => refrain.huber(x, x, undefined, options)],
  [
    "compute a loss",
    "pos_weight",
    "posWeight",
    (options) => refrain.binaryCrossEntropyWithLogits(x, x, undefined, options),
  ],
  ["make Adam", "learningrate", "learningRate", (options) => new refrain.Adam(parameters, options)],
  ["make AdamW", "weightdecay", "weightDecay", (options) => new refrain.AdamW(parameters, options)],
  ["make SGD", "moment", "momentum", (options) => new refrain.SGD(parameters, options)],
  ["make RMSprop", "lr", "known", (options) => new refrain.RMSprop(parameters, options)],
  [
    'use schedule "cosine"',
    "maxstep",
    "maxSteps",
    (options) => new rest.Schedule(0.1, { kind: "cosine", maxSteps: 3, ...options }),
  ],
  [
    'use schedule "step"',
    "patience",
    "known",
    (options) => new rest.Schedule(0.1, { kind: "step", stepSize: 3, ...options }),
  ],
  [
    "fit",
    "clipgradnorm",
    "clipGradNorm",
    (options) => rest.fit(parameters, [], { step: () => x, epochs: 1, ...options }),
  ],
  ["make a tensor", "dType", "dtype", (options) => new Tensor(device, x.block, [1], options)],
  ["make a corpus", "maxchars", "maxChars", (options) => Corpus.fromText("a", options)],
  ["split the corpus", "batchsize", "batchSize", (options) => corpus.split(0.5, options)],
  ["build a vocabulary", "kin", "kind", (options) => Vocabulary.fromText("a", options)],
  ["build a vocabulary", "mincount", "minCount", (options) => Vocabulary.fromCounts([["a", 1]], options)],
  ["build a vocabulary", "unknow", "unknown", (options) => Vocabulary.fromTokens(["a"], options)],
  ["cut batches", "numsteps", "numSteps", (options) => rest.consecutiveBatches(ids, options)],
  [
    "cut batches",
    "batch_size",
    "batchSize",
    (options) => rest.paddedBatches({ ids: [ids] }, { batchSize: 1, ...options }),
  ],
  ["read a series", "column", "columns", (options) => rest.parseSeries("a\n1", options)],
  ["cut windows", "num_steps", "numSteps", (options) => rest.windows([1, 2], { columns: 1, ...options })],
  [
    "make a Forecaster",
    "horizons",
    "horizon",
    (options) => new rest.Forecaster(device, { columns: ["a"], ...options }),
  ],
  ["cut batches", "epochs", "epoch", (options) => rest.randomBatches(ids, options)],
];

for (const [task, typo, meant, call] of DOORS) {
  Deno.test(`who would ${task} with ${typo} is told`, () => {
    const { message } = assertThrows(() => call({ [typo]: 1 }), TypeError);
    const answer = meant === "known"
      ? /: known are \w+(, \w+)*$/
      : new RegExp(`: did you mean "${meant}"\\?$`);
    assertEquals(message.startsWith(`Cannot ${task} with unknown option "${typo}": `), true, message);
    assertEquals(answer.test(message), true, message);
  });
}

/** Doors that answer later. */
const LATER: Door[] = [
  [
    "measure the accuracy",
    "ignore_index",
    "ignoreIndex",
    (options) => refrain.accuracy(x, Tensor.from(device, ids, [1, 20]), options),
  ],
  [
    "train",
    "learningrate",
    "learningRate",
    (options) => first(rest.train(model, corpus, { epochs: 1, ...options })),
  ],
  ["make a corpus", "encodings", "encoding", (options) => Corpus.fromStream(["a"], options)],
  ["evaluate", "row", "rows", (options) => refrain.evaluate(model, corpus, options)],
  [
    "evaluate dynamically",
    "segments",
    "segment",
    (options) => refrain.evaluate(model, corpus, { dynamic: options }),
  ],
  ["count n-grams", "orders", "order", (options) => refrain.NGram.fromCorpus(corpus, options)],
  [
    "evaluate",
    "window",
    "windows",
    async (options) => (await refrain.NGram.fromCorpus(corpus)).evaluate(corpus, options),
  ],
  ["generate", "topk", "topK", (options) => first(refrain.generate(model, vocabulary, options))],
  ["predict", "signals", "signal", (options) => refrain.predict(model, vocabulary, "a", 1, options)],
  ["score", "signals", "signal", (options) => first(refrain.score(model, corpus, options))],
  ["inspect the model", "row", "rows", (options) => refrain.inspect(model, corpus, options)],
  ["save the model", "epochs", "epoch", (options) => refrain.encodeModel(model, vocabulary, options)],
  ["load the model", "verfy", "verify", (options) => refrain.decodeModel(bytes, device, options)],
  ["quantize the model", "too", "to", (options) => refrain.quantize(bytes, options)],
  [
    "import the model",
    "vocabulry",
    "vocabulary",
    (options) => importModel({ "a.h5": bytes }, device, options),
  ],
  ["export the model", "fromm", "form", (options) => exportModel(model, { to: "onnx", ...options })],
  ["load the model", "verfy", "verify", (options) => refrain.loadForecaster("", device, options)],
  [
    "forecast",
    "step",
    "steps",
    (options) => refrain.forecast({ options: {} } as refrain.Forecaster, {} as refrain.Series, options),
  ],
  ['open device "wasm"', "thread", "threads", (options) => openDevice("wasm", options)],
];

for (const [task, typo, meant, call] of LATER) {
  Deno.test(`who would ${task} with ${typo} is told`, async () => {
    const message = `Cannot ${task} with unknown option "${typo}": did you mean "${meant}"?`;
    await assertRejects(() => call({ [typo]: 1 }) as Promise<unknown>, TypeError, message);
  });
}

Deno.test("a schedule of train() is held to its kind, and has a unit", async () => {
  const train = (schedule: object): Promise<unknown> =>
    first(rest.train(model, corpus, { epochs: 1, batchSize: 1, numSteps: 2, schedule }));
  await train({ kind: "exponential", gamma: 0.9, unit: "step" });
  const message = 'Cannot use schedule "exponential" with unknown option "gama": did you mean "gamma"?';
  await assertRejects(() => train({ kind: "exponential", gamma: 0.9, gama: 1 }), TypeError, message);
  const unit = 'Cannot use a schedule as unit must be "epoch" or "step": current value is "epochs"';
  await assertRejects(() => train({ kind: "exponential", gamma: 0.9, unit: "epochs" }), RangeError, unit);
});

Deno.test("what is no object of options is told as such", () => {
  const message = "Cannot make an RNN with options that are not an object: current value is 256";
  assertThrows(() => new rest.RNN(device, 256), TypeError, message);
  const symbol = `${message.slice(0, -3)}Symbol(256)`;
  assertThrows(() => new rest.RNN(device, Symbol(256)), TypeError, symbol);
  const number =
    "Cannot use Adam as learningRate must be a float32 number, at least 0: current value is Symbol(1)";
  assertThrows(() => new rest.Adam(parameters, { learningRate: Symbol(1) }), RangeError, number);
});

/** Never called: it must compile as it stands, each error included. */
export function optionsByClass(device: Device): void {
  new refrain.RNN(device, { ...sizes, nonlinearity: "relu" });
  new refrain.LSTM(device, { ...sizes, projSize: 2, forgetBias: 1 });
  // @ts-expect-error an RNN has no forget gate
  new refrain.RNN(device, { ...sizes, forgetBias: 1 });
  // @ts-expect-error nor a projection
  new refrain.RNN(device, { ...sizes, projSize: 2 });
  // @ts-expect-error a GRU has one activation
  new refrain.GRU(device, { ...sizes, nonlinearity: "relu" });
  // @ts-expect-error and no forget gate
  new refrain.GRU(device, { ...sizes, forgetBias: 1 });
  // @ts-expect-error an LSTM has its own activations
  new refrain.LSTM(device, { ...sizes, nonlinearity: "tanh" });
  // @ts-expect-error a cell is one layer
  new refrain.LSTMCell(device, { ...sizes, numLayers: 2 });
  // @ts-expect-error a schedule has the numbers of its kind
  new refrain.Schedule(0.1, { kind: "exponential", gamma: 0.9, maxSteps: 3 });
}

Deno.test("a layer that is made without options says so", () => {
  const layers = { RNN, GRU, LSTM, RNNCell, GRUCell, LSTMCell, Dense, ...rest };
  for (
    const name of ["RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell"].concat(
      "Dense",
      "Embedding",
      "LayerNorm",
    )
  ) {
    for (const options of [undefined, null]) {
      const sentence = ` ${name} with options that are not an object: current value is ${options}`;
      assertThrows(() => new layers[name](device, options), TypeError, sentence);
    }
  }
});
