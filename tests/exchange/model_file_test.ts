/** A model as a file: what it gives back, who else can read it, and what it refuses. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Corpus,
  type Device,
  generate,
  load,
  openDevice,
  type RecurrentOptions,
  type RNNModel,
  save,
  Vocabulary,
} from "../../mod.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { assertNoneTaken } from "../support/flipped_bits.ts";
import { makeModel, reportsOf } from "../support/language_models.ts";
import { UNTOUCHED } from "../support/state_dicts.ts";
import { lacksPython, python } from "../support/python.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

const CORPUS = Corpus.fromText("床前明月光，疑是地上霜。𠮷\u200d😀");
const VOCABULARY = CORPUS.vocabulary;
const V = VOCABULARY.size;

async function textOf(model: RNNModel, vocabulary: Vocabulary): Promise<string> {
  let text = "";
  for await (const one of generate(model, vocabulary, { prefix: "床前", length: 40, seed: 1 })) {
    text += one.text;
  }
  return text;
}

/** A path in a folder that is gone afterwards. */
async function withPath(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/model.safetensors`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function trained(
  device: Device,
  options: Partial<RecurrentOptions> & { cell: Kind },
) {
  const model = makeModel(device, { vocabularySize: V, ...options });
  await reportsOf(model, CORPUS, { epochs: 3, batchSize: 1, numSteps: 7, learningRate: 1e-2 });
  return model;
}

const OPTIONS: Record<Kind, Partial<RecurrentOptions>[]> = {
  rnn: [{}, { nonlinearity: "relu", bias: false }],
  gru: [{ numLayers: 2, dropout: 0.25, batchFirst: true }],
  lstm: [{}, { projSize: 5, numLayers: 2 }],
};

for (const cell of KINDS) {
  testEach(`a loaded model has the saved one's weights, options and text: ${cell}`, async (device) => {
    for (const options of OPTIONS[cell]) {
      using model = await trained(device, { cell, ...options });
      await withPath(async (path) => {
        await save(path, model, VOCABULARY);
        const loaded = await load(path, device);
        using again = loaded.model;
        assertEquals(await again.stateDict(), await model.stateDict());
        const { seed: _, ...saved } = model.rnn.options;
        const { seed: __, ...found } = again.rnn.options;
        assertEquals([again.rnn.kind, found, again.vocabularySize], [cell, saved, V]);
        assertEquals(loaded.vocabulary.tokens, VOCABULARY.tokens);
        assertEquals(await textOf(again, loaded.vocabulary), await textOf(model, VOCABULARY));
        assertEquals(await encodeModel(again, loaded.vocabulary), await encodeModel(model, VOCABULARY));
      });
    }
  });
}

Deno.test("a file of one device is read by another, and gives the same greedy text", async () => {
  const texts: string[] = [];
  using first = await openDevice(DEVICE_NAMES[0]);
  using model = await trained(first, { cell: "lstm" });
  const bytes = await encodeModel(model, VOCABULARY);
  for (const name of DEVICE_NAMES) {
    using device = await openDevice(name);
    const { model, vocabulary } = await decodeModel(bytes, device);
    let text = "";
    for await (const one of generate(model, vocabulary, { prefix: "床", length: 20, temperature: 0 })) {
      text += one.text;
    }
    texts.push(text);
  }
  assertEquals(new Set(texts).size, 1);
});

testEach("files that do not hold a model of refrain are refused", async (device) => {
  using model = await trained(device, { cell: "gru" });
  const bytes = await encodeModel(model, VOCABULARY);
  const { tensors, metadata } = decodeSafetensors(bytes);
  const { "refrain.config": config, "refrain.vocabulary": tokens } = metadata as Record<string, string>;
  const withNaN = structuredClone(tensors);
  withNaN["rnn.bias_hh_l0"]!.data[3] = NaN;
  const { "dense.bias": _, ...without } = tensors;
  const file = (parts: Record<string, string>, other = tensors): Uint8Array =>
    encodeSafetensors(other, { "refrain.config": config!, "refrain.vocabulary": tokens!, ...parts });
  const refusals: [bytes: Uint8Array, errorClass: typeof SyntaxError | typeof TypeError, message: string][] =
    [
      [bytes.subarray(0, bytes.length - 1), SyntaxError, "Cannot "],
      [
        encodeSafetensors(tensors),
        TypeError,
        "Cannot load the model as its file has no vocabulary: give one of 15 tokens",
      ],
      [file({ "refrain.config": "{" }), SyntaxError, "Cannot read the model: its metadata is not JSON"],
      [
        file({ "refrain.config": config!.replace('"gru"', '"hru"') }),
        SyntaxError,
        "Cannot read the model: its configuration is not one of refrain",
      ],
      [
        file({ "refrain.config": config!.replace('"gru"', '"constructor"') }),
        SyntaxError,
        "Cannot read the model: its configuration is not one of refrain",
      ],
      [
        file({ "refrain.config": config!.replace('"gru"', '"lstm"') }),
        TypeError,
        'Cannot load parameter "rnn.weight_ih_l0" as its shape must be (44, 15): current shape is (33, 15)',
      ],
      [
        file({}, withNaN),
        SyntaxError,
        'Cannot read the model: weights "rnn.bias_hh_l0" are not all finite',
      ],
      [file({}, without), TypeError, 'Cannot load a state dict: missing keys "dense.bias"'],
    ];
  for (const [given, errorClass, message] of refusals) {
    await assertRejects(() => decodeModel(given, device), errorClass, message);
  }
  await withPath(async (path) => {
    await Deno.writeFile(path, bytes.subarray(0, 99));
    await assertRejects(() => load(path, device), SyntaxError);
    await assertRejects(() => load(`${path}.absent`, device), Error);
  });
});

Deno.test({
  name: "Python's safetensors reads the file: names, shapes and numbers",
  ignore: await lacksPython(["safetensors", "numpy"], "the file is not opened there"),
  fn: async () => {
    using device = await openDevice(DEVICE_NAMES[0]);
    using model = await trained(device, { cell: "lstm", numLayers: 2, projSize: 5 });
    await withPath(async (path) => {
      await save(path, model, VOCABULARY);
      const script = `
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="numpy") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    found = {n: {"shape": list(t.shape), "data": t.astype(float).flatten().tolist()} for n, t in tensors.items()}
    print(json.dumps({"tensors": found, "metadata": file.metadata()}))`;
      const { tensors, metadata } = JSON.parse(await python("-c", script, path));
      const expected = Object.fromEntries(
        Object.entries(await model.stateDict()).map((
          [name, { shape, data }],
        ) => [name, { shape, data: [...data] }]),
      );
      assertEquals(tensors, expected);
      assertEquals(metadata["format"], "pt");
      assertEquals(JSON.parse(metadata["refrain.vocabulary"]).tokens, VOCABULARY.tokens);
    });
  },
});

Deno.test("of a model file's bits none can be turned, and 10,000 of larger ones neither", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const read = (bytes: Uint8Array): Promise<unknown> => decodeModel(bytes, UNTOUCHED);
  const origin = { epoch: 3, step: 17, corpus: "0123456789abcdef".repeat(4) };
  using smallest = makeModel(device, { cell: "rnn", vocabularySize: V, hiddenSize: 1 });
  await assertNoneTaken(await encodeModel(smallest, VOCABULARY, origin), { read });
  for (const cell of KINDS) {
    using model = makeModel(device, { cell, vocabularySize: V, numLayers: 2 });
    await assertNoneTaken(await encodeModel(model, VOCABULARY, origin), { read, count: 3400 });
  }
});

Deno.test("a large file whose header has a bit turned is refused by load() as a small one", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  using model = makeModel(device, { cell: "lstm", vocabularySize: V, hiddenSize: 384 });
  const file = await encodeModel(model, VOCABULARY);
  assert(file.length > 2 ** 21, "its room is looked at before it is read");
  const end = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  await withPath(async (path) => {
    const read = async (bytes: Uint8Array): Promise<unknown> => {
      await Deno.writeFile(path, bytes);
      return await load(path, device);
    };
    await assertNoneTaken(file, { read, count: 100, end });
  });
});

testEach("a signal ends saving and loading: nothing is written, and the model stays", async (device) => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model.safetensors`;
  const vocabulary = Vocabulary.fromText("fa la");
  using model = makeModel(device, { vocabularySize: vocabulary.size });
  const bytes = await encodeModel(model, vocabulary);
  await Deno.writeFile(path, bytes);
  const other = `${folder.path}/other.safetensors`;
  const reason = new Error("enough");
  const ended = AbortSignal.abort(reason);
  const later = (): AbortSignal => {
    const controller = new AbortController();
    queueMicrotask(() => controller.abort(reason));
    return controller.signal;
  };
  for (const signal of [() => ended, later]) {
    for (
      const work of [
        () => encodeModel(model, vocabulary, { signal: signal() }),
        () => save(other, model, vocabulary, { signal: signal() }),
        () => decodeModel(bytes, device, { signal: signal() }),
        () => load(path, device, { signal: signal() }),
      ]
    ) assertEquals(await work().then(() => undefined, (error) => error), reason);
    const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name);
    assertEquals(names, ["model.safetensors"]);
  }
  const { signal } = new AbortController();
  assertEquals(await encodeModel(model, vocabulary, { signal }), bytes);
});

testEach("what a file shall say of its training is checked, and so are the weights", async (device) => {
  const vocabulary = Vocabulary.fromText("fa la");
  using model = makeModel(device, { vocabularySize: vocabulary.size });
  await assertRejects(
    () => encodeModel(model, vocabulary, { corpus: "abc" }),
    RangeError,
    'corpus must be a SHA-256 in 64 hexadecimal digits: current value is "abc"',
  );
  const weights = await model.stateDict();
  Object.values(weights)[0]!.data[0] = NaN;
  model.loadStateDict(weights);
  await assertRejects(() => encodeModel(model, vocabulary), RangeError, "Cannot save the model: ");
});
