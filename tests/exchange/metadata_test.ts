/** The metadata of model files: damage is found, old files are read, newer ones are refused. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { GRU, openDevice, predict, RNN, RNNModel, type SaveOptions, Vocabulary } from "../../mod.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { configOf } from "../../src/model/config.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { Random } from "../../src/random.ts";
import { VERSION } from "../../src/version.ts";
import { mutateBytes } from "../files/safetensors_mutants.ts";
import { refrain } from "../cli/spawn.ts";
import { UNTOUCHED } from "../support/state_dicts.ts";

const SMALL = { threads: 1 };
const VOCABULARY = Vocabulary.fromText("床前明月光，疑是地上霜。", { unknown: "replace" });

/** A model in which each default would be another value. */
async function modelFile(): Promise<Uint8Array> {
  using device = await openDevice("wasm", SMALL);
  const rnn = new RNN(device, {
    inputSize: 5,
    hiddenSize: 5,
    numLayers: 2,
    nonlinearity: "relu",
    dropout: 0.5,
    seed: 3,
  });
  const options = { embeddingSize: 5, tieWeights: true, dropout: 0.25 };
  using model = new RNNModel(rnn, VOCABULARY.size, options);
  return await encodeModel(model, VOCABULARY);
}

const FILE = await modelFile();
const HEADER_END = 8 + Number(new DataView(FILE.buffer).getBigUint64(0, true));

/** The file with another header, whose length is right. */
function withHeader(json: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + json.length + FILE.length - HEADER_END);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(FILE.subarray(HEADER_END), 8 + json.length);
  return bytes;
}

/** Each bit of the header turned, one by one; then 10,000 mutants of one to three changes. */
function* damagedFiles(): Generator<Uint8Array, void, void> {
  const json = FILE.subarray(8, HEADER_END);
  const random = new Random(7);
  for (let bit = 0; bit < 8 * HEADER_END; bit++) {
    const bytes = FILE.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    yield bytes;
  }
  for (let i = 0; i < 10_000; i++) yield withHeader(mutateBytes(json, random));
}

Deno.test("of damaged headers none is taken, but for one that is the same in every byte", async () => {
  using device = await openDevice("wasm", SMALL);
  const partsOf = async (bytes: Uint8Array): Promise<unknown> => {
    const { model, vocabulary } = await decodeModel(bytes, device);
    using read = model;
    const shapes = Object.entries(await read.stateDict()).map(([name, { shape }]) => [name, shape]);
    return { config: configOf(read), vocabulary: vocabulary.toJSON(), shapes };
  };
  const good = JSON.stringify(await partsOf(FILE));
  const others = new Map<string, number>();
  let refused = 0;
  let same = 0;
  for (const bytes of damagedFiles()) {
    let found: string;
    try {
      found = JSON.stringify(await partsOf(bytes));
    } catch (error) {
      assert(/^Cannot /.test((error as Error).message), (error as Error).stack);
      refused++;
      continue;
    }
    if (found === good && bytes.every((byte, i) => byte === FILE[i])) same++;
    else others.set(found, (others.get(found) ?? 0) + 1);
  }
  assertEquals([...others], []);
  assert(refused > 20_000, `${refused} are refused, ${same} are the same`);
});

Deno.test("one text of refrain calls for all of them, and for the checksum of what they say", async () => {
  const { tensors, metadata } = decodeSafetensors(FILE);
  const { "refrain.config": config = "" } = metadata;
  const file = (changes: Record<string, string | undefined>): Uint8Array => {
    const entries = Object.entries({ ...metadata, ...changes }).filter(([, text]) => text !== undefined);
    return encodeSafetensors(tensors, Object.fromEntries(entries) as Record<string, string>);
  };
  const damaged = (complaint: string): string =>
    `Cannot read the model: its metadata is damaged, as it ${complaint}`;
  const cases: [changes: Record<string, string | undefined>, message: string][] = [
    [{ "refrain.config": undefined }, damaged('lacks the key "refrain.config"')],
    [{ "refrain.vocabulary": undefined }, damaged('lacks the key "refrain.vocabulary"')],
    [{ "refrain.checksum": undefined }, damaged('lacks the key "refrain.checksum"')],
    [{ "refrain.sha256": undefined }, damaged('lacks the key "refrain.sha256"')],
    [{ "refrain.version": undefined }, damaged('has the unknown key "refrain.checksum"')],
    [{ "refrain.version": "1" }, damaged('states the version "1"')],
    [{ "refrain.version": "two" }, damaged('states the version "two"')],
    [{ "refrain.config": config.replace("0.5", "0.1") }, damaged("has another checksum")],
    [{ "refrain.checksum": "00000000" }, damaged("has another checksum")],
    [
      { "refrain.version": "5", "refrain.more": "" },
      "Cannot read the model: its format is version 5, and this refrain reads up to 4",
    ],
  ];
  for (const [changes, message] of cases) {
    const error = await assertRejects(() => decodeModel(file(changes), UNTOUCHED), SyntaxError);
    assertEquals(error.message, message);
  }
});

Deno.test("free metadata makes no sound file fail, whatever its keys and texts", async () => {
  using device = await openDevice("wasm", SMALL);
  const { tensors, metadata } = decodeSafetensors(FILE);
  const free: Record<string, string>[] = [
    { format: "pt", "": "", "dense.weight": "dense.bias", author: "dense.weight" },
    { "refrain.more": "", refrain: "2", "refrain.": "x" },
    Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`note ${i}`, "分".repeat(8000)])),
    { __metadata__: "x", "refrain.config2": "{}", toString: "dense.bias", __proto__x: "rnn.weight_hh_l0" },
  ];
  for (const texts of free) {
    const bytes = encodeSafetensors(tensors, { ...metadata, ...texts });
    const { model } = await decodeModel(bytes, device, { verify: false });
    model[Symbol.dispose]();
  }
  using model = new RNNModel(new GRU(device, { inputSize: 13, hiddenSize: 4, seed: 0 }), 13);
  const weights = await model.stateDict();
  const others = ["config", "vocabulary", "version", "checksum"];
  for (
    const texts of [
      ...free,
      ...others.map((key) => ({ [`refrain.${key}`]: "chorus" })),
      { "refrain.version": "3", "refrain.config": "chorus: twice" },
      { "refrain.config": '{"repeat":2}', "refrain.vocabulary": '["la","da"]', "refrain.checksum": "none" },
      { "best.weight": "dense.weight", "rnn.weight_ih_l1": "rnn.weight_ih_l0" },
    ]
  ) {
    const loaded = await decodeModel(encodeSafetensors(weights, texts), device, { vocabulary: VOCABULARY });
    using read = loaded.model;
    assertEquals([loaded.formatVersion, await read.stateDict()], [undefined, weights], JSON.stringify(texts));
  }
});

Deno.test("weights that another program changed are taken where that is meant", async () => {
  using device = await openDevice("wasm", SMALL);
  const { tensors, metadata } = decodeSafetensors(FILE);
  tensors["dense.bias"]!.data.fill(0.5);
  const bytes = encodeSafetensors(tensors, metadata);
  const { message } = await assertRejects(() => decodeModel(bytes, UNTOUCHED), SyntaxError);
  assertEquals(
    message,
    "Cannot load the model as its file has changed since refrain wrote it: it is damaged, or another program " +
      "wrote it again, which { verify: false } takes",
  );
  const { model, formatVersion } = await decodeModel(bytes, device, { verify: false });
  using changed = model;
  assertEquals((await changed.stateDict())["dense.bias"]!.data[0], 0.5);
  assertEquals(formatVersion, 3);
});

Deno.test("a file says where its weights come from, as far as that is known", async () => {
  using device = await openDevice("wasm", SMALL);
  using model = new RNNModel(new GRU(device, { inputSize: 13, hiddenSize: 4, seed: 0 }), VOCABULARY.size);
  const corpus = "0123456789abcdef".repeat(4);
  const cases: [SaveOptions, Record<string, string>][] = [
    [{}, {}],
    [{ epoch: 0, step: 0 }, { "refrain.epoch": "0", "refrain.step": "0" }],
    [{ epoch: 3, step: 2 ** 40, corpus }, {
      "refrain.epoch": "3",
      "refrain.step": "1099511627776",
      "refrain.corpus": corpus,
    }],
  ];
  for (const [options, texts] of cases) {
    const bytes = await encodeModel(model, VOCABULARY, options);
    const { metadata } = decodeSafetensors(bytes);
    const own = Object.entries(metadata).filter(([key]) => /epoch|step|corpus/.test(key));
    assertEquals([Object.fromEntries(own), metadata["refrain.release"]], [texts, VERSION]);
    const loaded = await decodeModel(bytes, device);
    using _ = loaded.model;
    assertEquals(loaded.origin, { refrain: VERSION, ...options });
  }
  const wrong: [SaveOptions, string][] = [
    [{ epoch: 1.5 }, "Cannot save the model as epoch must be a whole number from 0 to 9007199254740991"],
    [{ step: -1 }, "Cannot save the model as step must be"],
    [{ corpus: "abc" }, "Cannot save the model as corpus must be a SHA-256 in 64 hexadecimal digits"],
  ];
  for (const [options, sentence] of wrong) {
    await assertRejects(() => encodeModel(model, VOCABULARY, options), RangeError, sentence);
  }
});

Deno.test("what is damaged in the origin is told where no SHA-256 is looked at", async () => {
  const { tensors, metadata } = decodeSafetensors(FILE);
  for (
    const [key, text] of Object.entries({
      release: "newest",
      epoch: "-1",
      step: "9007199254740993",
      corpus: "0".repeat(63),
    })
  ) {
    const bytes = encodeSafetensors(tensors, { ...metadata, [`refrain.${key}`]: text });
    const error = await assertRejects(() => decodeModel(bytes, UNTOUCHED, { verify: false }), SyntaxError);
    assertEquals(
      error.message,
      `Cannot read the file: its metadata is damaged, as it states the ${key} "${text}"`,
    );
  }
});

Deno.test("a file without metadata has no version", async () => {
  using device = await openDevice("wasm", SMALL);
  using model = new RNNModel(new GRU(device, { inputSize: 13, hiddenSize: 4, seed: 0 }), 13);
  const bytes = encodeSafetensors(await model.stateDict(), { format: "pt" });
  const loaded = await decodeModel(bytes, device, { vocabulary: VOCABULARY });
  using _ = loaded.model;
  assertEquals([loaded.formatVersion, loaded.origin], [undefined, {}]);
});

/** Written by refrain 0.1.0, once: no later one writes such a file. */
const OLD = decodeURIComponent(new URL("../golden/format_1/model.safetensors", import.meta.url).pathname);

Deno.test("a file of refrain 0.1 is read, and is one of version 1", async () => {
  using device = await openDevice("wasm", SMALL);
  const { model, vocabulary, formatVersion } = await decodeModel(await Deno.readFile(OLD), device);
  using old = model;
  assertEquals(formatVersion, 1);
  assertEquals(vocabulary.unknown, "replace");
  assertEquals(await predict(old, vocabulary, "床前", 12), "床前前地地地地地地地地地地地");
  const { tensors, metadata } = decodeSafetensors(await Deno.readFile(OLD));
  for (const key of ["refrain.config", "refrain.vocabulary"]) {
    const { [key]: text = "", ...others } = metadata;
    for (
      const changed of [others, { ...others, [key.replace("r", "s")]: text }, {
        ...others,
        [`${key}s`]: text,
      }]
    ) {
      await assertRejects(
        () => decodeModel(encodeSafetensors(tensors, changed), device),
        SyntaxError,
        "is damaged",
      );
    }
  }
});

Deno.test("the command line says that a file is of refrain 0.1", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const flags = [
      "--model",
      OLD,
      "--device",
      "wasm",
      "--prefix",
      "床前",
      "--length",
      "2",
      "--temperature",
      "0",
    ];
    const { code, stdout, stderr } = await refrain(["generate", ...flags], { cwd: folder });
    assertEquals([code, stdout], [0, "床前前地\n"]);
    assertEquals(stderr, `model: ${OLD} is a file of refrain 0.1, which has no checksum against damage\n`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Written once by a refrain that took no SHA-256 and kept no line breaks. */
const SECOND = decodeURIComponent(new URL("../golden/format_2/model.safetensors", import.meta.url).pathname);

Deno.test("a file of version 2 is read, and needs no proof", async () => {
  using device = await openDevice("wasm", SMALL);
  const { model, vocabulary, formatVersion } = await decodeModel(await Deno.readFile(SECOND), device);
  using second = model;
  assertEquals([formatVersion, vocabulary.unknown, vocabulary.newlines], [2, "replace", "space"]);
  assertEquals(await predict(second, vocabulary, "床前", 12), "床前霜霜上上上上上上上上上上");
});

/** Written once by a refrain whose files said nothing of their training. */
const THIRD = decodeURIComponent(new URL("../golden/format_3/model.safetensors", import.meta.url).pathname);

Deno.test("a file of version 3 that says nothing of its training is read, and proves itself", async () => {
  using device = await openDevice("wasm", SMALL);
  const bytes = await Deno.readFile(THIRD);
  const { model, vocabulary, formatVersion, origin } = await decodeModel(bytes, device);
  using third = model;
  assertEquals([formatVersion, origin], [3, {}]);
  assertEquals(await predict(third, vocabulary, "fa la", 6), "fa ladr   d");
  bytes[bytes.length - 1]! ^= 1;
  await assertRejects(() => decodeModel(bytes, UNTOUCHED), SyntaxError, "has changed since refrain wrote it");
});
