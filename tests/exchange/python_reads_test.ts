/**
 * What Python does with every file that refrain writes: models and checkpoints of each cell, optimizer and schedule are
 * read by safetensors for NumPy and for PyTorch, and what PyTorch writes again with refrain's metadata is told apart. It
 * runs where a Python with both is found: the one that REFRAIN_PYTHON names, which then must have them, else python3. What
 * PyTorch wrote once lies in tests/golden/re_saved/, for machines without it.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Adam,
  AdamW,
  Corpus,
  type Device,
  encodeModel,
  openDevice,
  type Optimizer,
  RMSprop,
  RNNModel,
  SGD,
  Training,
  type TrainingState,
  type TrainSchedule,
} from "../../mod.ts";
import { decodeModel } from "../../src/exchange/model_file.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/train/checkpoint.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { lacksPython, python } from "../support/python.ts";
import { UNTOUCHED } from "../support/state_dicts.ts";

const CORPUS = Corpus.fromText("fa la do re mi fa sol la ".repeat(3));
const { vocabulary } = CORPUS;
const HASH = "0123456789abcdef".repeat(4);
const GOLDEN = new URL("../golden/", import.meta.url);
/** What weights are kept in, and by how much rounding to it may change one of them. */
const DTYPES = { float32: 0, float16: 1e-3, bfloat16: 8e-3, float64: 0 };

const OPTIMIZERS: Record<string, (model: RNNModel) => Optimizer> = {
  adam: (model) => new Adam(model.parameters()),
  adamw: (model) => new AdamW(model.parameters()),
  sgd: (model) => new SGD(model.parameters()),
  momentum: (model) => new SGD(model.parameters(), { momentum: 0.9, nesterov: true }),
  rmsprop: (model) => new RMSprop(model.parameters(), { momentum: 0.5 }),
};
const SCHEDULES: Record<string, TrainSchedule> = {
  constant: { kind: "constant", warmup: 3 },
  step: { kind: "step", stepSize: 2, unit: "step" },
  exponential: { kind: "exponential", gamma: 0.5 },
  cosine: { kind: "cosine", maxSteps: 9, unit: "step" },
  plateau: { kind: "plateau" },
};

/** The files of one training, by name. */
async function filesOf(
  device: Device,
  name: string,
  [cell, optimizer, schedule]: [typeof KINDS[number], string, string],
): Promise<[string, Uint8Array][]> {
  const V = vocabulary.size;
  const tied = optimizer === "sgd";
  const projSize = cell === "lstm" && !tied ? 3 : 0;
  const sizes = { hiddenSize: 5, numLayers: 2, dropout: 0.1, projSize, bias: schedule !== "step", seed: 1 };
  const layer = makeLayer(device, cell, { ...sizes, inputSize: tied ? 5 : V });
  using model = new RNNModel(layer, V, tied ? { embeddingSize: 5, tieWeights: true } : {});
  using made = OPTIMIZERS[optimizer]!(model);
  let state: TrainingState | undefined;
  using training: Training = new Training(model, CORPUS, {
    epochs: 1,
    batchSize: 2,
    numSteps: 5,
    optimizer: made,
    schedule: SCHEDULES[schedule]!,
    onStep: async ({ step }) => {
      if (step === 2) state = await training.state();
    },
  });
  for await (const _ of training.run());
  return [
    [`${name}-model`, await encodeModel(model, vocabulary, { ...training.reached, corpus: HASH })],
    [`${name}-checkpoint`, await encodeCheckpoint({ state: state!, run: { best: Infinity }, corpus: HASH })],
  ];
}

async function sha256(data: Float32Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data as Float32Array<ArrayBuffer>)).toHex();
}

/** What Python must find in a file. */
async function expectationOf(bytes: Uint8Array): Promise<unknown> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const described = await Promise.all(
    Object.entries(tensors).map(async (
      [name, { shape, data }],
    ) => [name, { shape, sha256: await sha256(data) }]),
  );
  return { tensors: Object.fromEntries(described), metadata };
}

/** Holds a model that PyTorch wrote again against the one that it was, and against its way in. */
async function assertToldApart(
  device: Device,
  bytes: Uint8Array,
  was: Uint8Array,
  rounding: number,
): Promise<void> {
  const { message } = await assertRejects(() => decodeModel(bytes, UNTOUCHED), SyntaxError);
  assertEquals(
    message,
    "Cannot load the model as its file has changed since refrain wrote it: it is damaged, or another program " +
      "wrote it again, which { verify: false } takes",
  );
  const { model, formatVersion, vocabulary } = await decodeModel(bytes, device, { verify: false });
  using taken = model;
  assertEquals([formatVersion, vocabulary.size], [3, CORPUS.vocabulary.size]);
  const weights = await taken.stateDict();
  const { tensors } = decodeSafetensors(was);
  const [first] = Object.keys(tensors).sort();
  for (const [name, { data }] of Object.entries(tensors)) {
    const expected = name === first ? data.map((value) => value + 1) : data;
    const off = expected.findIndex((value, i) =>
      Math.abs(value - weights[name]!.data[i]!) > rounding * Math.abs(value) + 1e-7
    );
    assertEquals(off, -1, `${name}: ${expected[off]} became ${weights[name]!.data[off]}`);
  }
}

Deno.test({
  name:
    "Python reads models and checkpoints of every cell, optimizer and schedule, and what it writes is told apart",
  ignore: await lacksPython(["torch", "safetensors", "numpy"], "its files of another day are read"),
  fn: async () => {
    await using folder = await temporaryFolder();
    using device = await openDevice("wasm", { threads: 1 });
    const files = new Map<string, Uint8Array>();
    for (const cell of KINDS) {
      for (const optimizer of Object.keys(OPTIMIZERS)) {
        for (const schedule of Object.keys(SCHEDULES)) {
          const name = `${cell}-${optimizer}-${schedule}`;
          for (const [file, bytes] of await filesOf(device, name, [cell, optimizer, schedule])) {
            files.set(file, bytes);
          }
        }
      }
    }
    assertEquals(files.size, 2 * 3 * 5 * 5);
    const expected: Record<string, unknown> = {};
    for (const [name, bytes] of files) {
      await Deno.writeFile(`${folder.path}/${name}.safetensors`, bytes);
      expected[name] = await expectationOf(bytes);
    }
    await Deno.writeTextFile(`${folder.path}/expected.json`, JSON.stringify(expected));
    await python(decodeURIComponent(new URL("re_save.py", GOLDEN).pathname), folder.path);
    for (const [name, bytes] of files) {
      for (const [dtype, rounding] of Object.entries(DTYPES)) {
        const again = await Deno.readFile(`${folder.path}/${name}.${dtype}.safetensors`);
        if (name.endsWith("-model")) await assertToldApart(device, again, bytes, rounding);
        else {
          await assertRejects(
            () => decodeCheckpoint(again),
            SyntaxError,
            "or another program wrote it again",
          );
          const { state } = await decodeCheckpoint(again, { verify: false });
          assertEquals(state.epoch, (await decodeCheckpoint(bytes)).state.epoch);
        }
      }
    }
  },
});

Deno.test("a file that PyTorch wrote again is refused with both causes, and taken where that is meant", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const read = (name: string): Promise<Uint8Array> =>
    Deno.readFile(new URL(`re_saved/${name}.safetensors`, GOLDEN));
  const was = await read("model");
  using _ = (await decodeModel(was, device)).model;
  for (const [dtype, rounding] of Object.entries(DTYPES)) {
    const bytes = await read(`model.${dtype}`);
    assert(decodeSafetensors(bytes).metadata["refrain.sha256"] !== undefined, "PyTorch keeps the metadata");
    await assertToldApart(device, bytes, was, rounding);
  }
});
