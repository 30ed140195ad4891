/** What a model and its training demand, by shapes, is what a device has handed out at the peak, to the byte. @module */
import { assertEquals } from "@std/assert";
import {
  Adam,
  AdamW,
  Corpus,
  encodeModel,
  generate,
  LSTM,
  openDevice,
  RMSprop,
  RNNModel,
  SGD,
} from "../../mod.ts";
import { generationDemand, mostOf } from "../../src/generate/demand.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { configOf } from "../../src/model/config.ts";
import {
  evaluationDemand,
  hostBytes,
  modelMaking,
  modelStorage,
  modelWords,
  optimizerDemand,
  stepDemand,
} from "../../src/model/demand.ts";
import { profileDemand } from "../../src/profile/demand.ts";
import { profile } from "../../src/profile/profile.ts";
import { blocksOf, bytesOf, type Demand, together } from "../../src/tensors/demand.ts";
import { mostBytes } from "../../src/tensors/room.ts";
import { ofValidation } from "../../src/train/reading.ts";
import { runSizes } from "../../src/train/text_pass.ts";
import { Training } from "../../src/train/training.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

/** A model, its optimizer, and a batch. */
const PLAIN = {
  kind: "lstm" as "rnn" | "gru" | "lstm",
  hiddenSize: 24,
  numLayers: 1,
  embeddingSize: 0,
  tieWeights: false,
  projSize: 0,
  bias: true,
  dropout: 0,
  outputDropout: 0,
  batchFirst: false,
  layerNorm: false,
  optimizer: "adam" as keyof typeof OPTIMIZERS,
  momentum: 0,
  batchSize: 3,
  numSteps: 5,
  accumulateSteps: 1,
  resetProbability: 0,
  V: 30,
  validated: false,
};

const OPTIMIZERS = { adam: Adam, adamw: AdamW, sgd: SGD, rmsprop: RMSprop };

/** What differs from the plain one: each option by itself, then several, then sizes whose products are deep. */
const CASES: Partial<typeof PLAIN>[] = [
  {},
  { kind: "rnn" },
  { kind: "gru" },
  { numLayers: 3 },
  { numLayers: 3, dropout: 0.3, outputDropout: 0.2 },
  { embeddingSize: 17 },
  { embeddingSize: 24, tieWeights: true },
  { projSize: 7, numLayers: 2 },
  { bias: false, numLayers: 2 },
  { kind: "gru", bias: false, embeddingSize: 9, outputDropout: 0.5 },
  { optimizer: "adamw" },
  { optimizer: "sgd" },
  { optimizer: "sgd", momentum: 0.9 },
  { optimizer: "rmsprop" },
  { optimizer: "rmsprop", momentum: 0.5 },
  { batchSize: 40, numSteps: 3, validated: true },
  { batchSize: 1, numSteps: 70 },
  { resetProbability: 0.1, projSize: 7, hiddenSize: 130 },
  { accumulateSteps: 4, numLayers: 2, dropout: 0.1 },
  { accumulateSteps: 3, projSize: 7, kind: "lstm" },
  { accumulateSteps: 30, batchSize: 8, kind: "gru", hiddenSize: 32 },
  { batchFirst: true, numLayers: 2, dropout: 0.1 },
  { batchFirst: true, embeddingSize: 8, outputDropout: 0.1, validated: true },
  { kind: "rnn", batchSize: 64, numSteps: 70, hiddenSize: 12, V: 20 },
  { layerNorm: true },
  { layerNorm: true, kind: "gru", numLayers: 2, bias: false, batchSize: 40, numSteps: 33, validated: true },
  { layerNorm: true, projSize: 7, embeddingSize: 9, accumulateSteps: 3 },
  { layerNorm: true, hiddenSize: 1040, embeddingSize: 4, batchSize: 2, numSteps: 3, V: 9, optimizer: "sgd" },
  { V: 4200, embeddingSize: 16, hiddenSize: 20 },
  { hiddenSize: 1040, embeddingSize: 4, batchSize: 2, numSteps: 3, V: 9, optimizer: "sgd" },
  {
    hiddenSize: 64,
    numLayers: 2,
    projSize: 50,
    embeddingSize: 50,
    tieWeights: true,
    dropout: 0.2,
    outputDropout: 0.2,
    V: 800,
    batchSize: 20,
    numSteps: 35,
    optimizer: "sgd",
    validated: true,
  },
];

/**
 * The largest that a demand may be off, as a share. On WebAssembly lists of commands are counted by the block: 3.2e-4 is the
 * most that was seen.
 */
const LARGEST: Record<string, number> = { wasm: 4e-4, webgpu: 0 };

/** A text of `V` characters, of at least two batches. */
function textOf({ V, batchSize, numSteps, accumulateSteps }: typeof PLAIN): string {
  const once = String.fromCodePoint(...Array.from({ length: V }, (_, i) => 0x4e00 + i));
  return once.repeat(Math.ceil(2 * batchSize * accumulateSteps * (numSteps + 1) / V));
}

/** What the formula says of a training, and what the device counted at the peak. */
async function compare(
  deviceName: "wasm" | "webgpu",
  difference: Partial<typeof PLAIN>,
): Promise<{ formula: number; counted: number }> {
  const { kind, embeddingSize, tieWeights, outputDropout, optimizer, momentum, ...options } = {
    ...PLAIN,
    ...difference,
  };
  const { hiddenSize, numLayers, bias, dropout, projSize, batchFirst, layerNorm, V, validated, ...sizes } =
    options;
  using device = await openDevice(deviceName, { threads: 2 });
  const corpus = Corpus.fromText(textOf({ ...PLAIN, ...difference }));
  const counts = { inputSize: embeddingSize || V, hiddenSize, numLayers, projSize };
  const layer = { ...counts, bias, dropout, batchFirst, layerNorm };
  using model = new RNNModel(makeLayer(device, kind, layer), V, {
    embeddingSize,
    dropout: outputDropout,
    tieWeights,
  });
  const rates = { learningRate: 1e-3, ...(momentum > 0 ? { momentum } : {}) };
  using made = new OPTIMIZERS[optimizer](model.parameters(), rates);
  using training = new Training(model, corpus, {
    ...sizes,
    epochs: 1,
    optimizer: made,
    ...(validated ? { validation: corpus } : {}),
  });
  for (const batch of training.batches(1)) {
    for (const _ of training.step.parts(batch)) await training.step.partEnded();
    break;
  }
  await training.step.report();
  const config = configOf(model);
  const demands: Demand[] = [
    modelMaking(config),
    together(
      modelStorage(config),
      optimizerDemand(modelWords(config), { optimizer, momentum }),
      stepDemand(config, sizes),
      validated ? evaluationDemand(config, runSizes(device, config, ofValidation(corpus))) : blocksOf({}),
    ),
  ];
  return { formula: mostBytes(device, demands), counted: device.memory.peak };
}

for (const name of DEVICE_NAMES) {
  for (const difference of CASES) {
    Deno.test(`a training takes what its shapes say: ${JSON.stringify(difference)} [${name}]`, async () => {
      const { formula, counted } = await compare(name as "wasm" | "webgpu", difference);
      const off = Math.abs(formula - counted);
      assertEquals(off / counted <= LARGEST[name]!, true, `${formula} bytes for ${counted}`);
    });
  }
}

/** Models and rows that go on from a prefix: both ways of drawing, on a software GPU. */
const ROWS: (Partial<typeof PLAIN> & { rows: number; top?: number })[] = [
  { rows: 1 },
  { rows: 3, numLayers: 2 },
  { rows: 2, kind: "gru", top: 1 },
  { rows: 2, projSize: 5 },
  { rows: 1, numLayers: 9 },
  { rows: 9, kind: "rnn", embeddingSize: 7 },
];

for (const name of DEVICE_NAMES) {
  for (const { rows, top = 0, ...difference } of ROWS) {
    const title = JSON.stringify({ rows, top, ...difference });
    Deno.test(`a generation takes what its shapes say: ${title} [${name}]`, async () => {
      const { kind, embeddingSize, hiddenSize, numLayers, projSize, V } = { ...PLAIN, ...difference };
      using device = await openDevice(name, { threads: 2 });
      const { vocabulary } = Corpus.fromText(textOf(PLAIN));
      const layer = { inputSize: embeddingSize || V, hiddenSize, numLayers, projSize };
      using model = new RNNModel(makeLayer(device, kind, layer), V, { embeddingSize });
      const sizes = { batch: rows, most: mostOf(device, { length: 40, top }) };
      const config = configOf(model);
      const formula = bytesOf(
        together(modelStorage(config), generationDemand(device, config, sizes)),
        device,
      );
      const before = device.memory.peak;
      const prefix = vocabulary.decode([1, 2, 3]);
      for await (const _ of generate(model, vocabulary, { prefix, count: rows, length: 40, top })) break;
      // Making the model may have taken more.
      const { peak } = device.memory;
      const most = name === "wasm" ? 2048 : 0; // lists of commands
      const off = peak === before ? formula > peak : Math.abs(formula - peak) > most;
      assertEquals(off, false, `${formula} bytes for ${peak}`);
    });
  }
}

for (const name of DEVICE_NAMES) {
  Deno.test(`a profile takes what its shapes say [${name}]`, async () => {
    using device = await openDevice(name, { threads: 2 });
    const corpus = Corpus.fromText(textOf(PLAIN));
    const options = { inputSize: 30, hiddenSize: 90, numLayers: 2, projSize: 20 };
    using model = new RNNModel(new LSTM(device, options), 30);
    const sizes = { batchSize: 3, numSteps: 5 };
    await profile(model, corpus, { ...sizes, steps: 1 });
    const formula = bytesOf(profileDemand(configOf(model), sizes), device);
    const { peak } = device.memory;
    // Each kernel is a list of its own, and reads take a word.
    assertEquals(Math.abs(formula - peak) <= (name === "wasm" ? 8192 : 256), true, `${formula} for ${peak}`);
  });
}

Deno.test("the host holds what is drawn, and what is written to a file", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const corpus = Corpus.fromText(textOf(PLAIN));
  const { byteLength } = corpus.ids;
  for (const [inputSize, options] of [[30, {}], [300, { embeddingSize: 300, tieWeights: true }]] as const) {
    const layer = makeLayer(device, "gru", { inputSize, hiddenSize: 300, numLayers: 2 });
    using model = new RNNModel(layer, 30, options);
    const dict = await model.stateDict();
    const read = model.parameters()[0]!.storage.length * 4;
    const parts = Object.values(dict).reduce((sum, { data }) => sum + data.byteLength, 0);
    const file = await encodeModel(model, corpus.vocabulary);
    const held = byteLength + read + parts + file.length;
    const formula = hostBytes(configOf(model), byteLength);
    assertEquals(Math.abs(formula - held) / held < 0.001, true, `${formula} bytes for ${held}`);
  }
});
