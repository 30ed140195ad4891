/** Texts of a model of int8: the same for any number of rows and threads, and as likely as float32 has them. @module */
import { assert, assertEquals } from "@std/assert";
import {
  Corpus,
  decodeModel,
  type Device,
  encodeModel,
  generate,
  openDevice,
  quantize,
  type RecurrentOptions,
  RNNModel,
  score,
  Vocabulary,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

const { vocabulary } = Corpus.fromText("床前明月光，疑是地上霜。");

/** What a model is made of beside its cell. */
type Form = Partial<RecurrentOptions> & { embeddingSize?: number; tieWeights?: boolean };

/** The file of a model of int8. */
async function fileOf(
  device: Device,
  kind: Kind,
  { embeddingSize = 0, tieWeights = false, ...options }: Form = {},
  words: Vocabulary = vocabulary,
): Promise<Uint8Array> {
  const { size } = words;
  const layer = makeLayer(device, kind, {
    hiddenSize: 45,
    seed: 3,
    ...options,
    inputSize: embeddingSize || size,
  });
  using model = new RNNModel(layer, size, { embeddingSize, tieWeights });
  return await quantize(await encodeModel(model, words));
}

/** A text, and what each of its characters was given. */
interface Drawn {
  text: string;
  chances: number[];
}

async function textsOf(
  model: RNNModel,
  count: number,
  { prefix, words }: { prefix: string; words: Vocabulary } = { prefix: "床前", words: vocabulary },
): Promise<Drawn[]> {
  const rows = Array.from({ length: count }, (): Drawn => ({ text: prefix, chances: [] }));
  const options = { prefix, count, length: 30, logProbabilities: true };
  for await (const { row, text, logProbability } of generate(model, words, options)) {
    rows[row]!.text += text;
    rows[row]!.chances.push(logProbability!);
  }
  return rows;
}

const MODELS: [Kind, Form][] = [
  ...KINDS.map((kind): [Kind, object] => [kind, {}]),
  ["lstm", { numLayers: 2, embeddingSize: 17 }],
  ["gru", { resetAfter: false, bias: false }],
  ["rnn", { nonlinearity: "relu", embeddingSize: 8 }],
  ["gru", { numLayers: 2, embeddingSize: 45, tieWeights: true, gateActivation: "hardSigmoid6" }],
];

testEach("a text of int8 weights is as likely as float32 has it, alone and beside others", async (device) => {
  for (const [kind, options] of MODELS) {
    const { model } = await decodeModel(await fileOf(device, kind, options), device);
    using taken = model;
    const rows = await textsOf(taken, 4); // more go by step on a software adapter, in float32
    const [alone] = await textsOf(taken, 1);
    assertEquals(alone, rows[0], kind);
    const { text, chances } = alone!;
    const exact: number[] = [];
    for await (const { logProbability } of score(taken, Corpus.fromText(text, { vocabulary }))) {
      exact.push(logProbability!);
    }
    const off = chances.map((chance, i) => Math.abs(chance - exact.slice(-30)[i]!));
    // A table's numbers, and with them a tied model's logits, are some sqrt(hidden) times as large as a dense weight's.
    const most = options.tieWeights ? 0.03 * Math.sqrt(45) : 0.03;
    assert(Math.max(...off) < most, `${kind}: ${Math.max(...off)}`);
    assert(Math.max(...off) > 1e-6, `${kind}: no product was of int8`);
  }
});

testEach("of models with norms or a projection texts are those of the float32 numbers", async (device) => {
  const forms: [Kind, Form][] = [
    ...KINDS.map((kind): [Kind, Form] => [kind, { layerNorm: true, numLayers: 2 }]),
    ["lstm", { projSize: 9, embeddingSize: 9, tieWeights: true }],
  ];
  for (const [kind, form] of forms) {
    const { model } = await decodeModel(await fileOf(device, kind, form), device);
    using taken = model;
    const rows = await textsOf(taken, 3);
    taken.loadStateDict(await taken.stateDict());
    assertEquals(Object.keys(taken.int8Weights()), []);
    assertEquals(await textsOf(taken, 3), rows, kind);
  }
});

if (DEVICE_NAMES.includes("wasm") && DEVICE_NAMES.includes("webgpu")) {
  Deno.test("texts of int8 are WebAssembly's on WebGPU, of a large vocabulary too [webgpu]", async () => {
    const large = Vocabulary.fromJSON(
      Array.from({ length: 3001 }, (_, i) => String.fromCodePoint(0x4e00 + i)),
    );
    const prefix = "丁七";
    for (const [kind, embeddingSize] of [["rnn", 0], ["gru", 19], ["lstm", 0]] as const) {
      const texts: Drawn[] = [];
      let bytes: Uint8Array | undefined;
      for (const device of [await openDevice("wasm", { threads: 1 }), await openDevice("webgpu")]) {
        using used = device;
        bytes ??= await fileOf(used, kind, { embeddingSize, bias: true }, large);
        const { model } = await decodeModel(bytes, used);
        texts.push(...await textsOf(model, 1, { prefix, words: large }));
      }
      const [first, second] = texts;
      assertEquals(second!.text, first!.text, kind);
      const off = first!.chances.map((chance, i) => Math.abs(chance - second!.chances[i]!));
      assert(Math.max(...off) < 1e-3, `${kind}: ${Math.max(...off)}`);
    }
  });
}

if (DEVICE_NAMES.includes("wasm")) {
  Deno.test("texts of int8 are the same at 1, 2 and 3 threads [wasm]", async () => {
    using first = await openDevice("wasm", { threads: 1 });
    for (const [kind, options] of MODELS) {
      const bytes = await fileOf(first, kind, options);
      const texts = [];
      for (const threads of [1, 2, 3]) {
        using device = await openDevice("wasm", { threads });
        const { model } = await decodeModel(bytes, device);
        texts.push([await textsOf(model, 1), await textsOf(model, 7)]);
      }
      assertEquals(texts[1], texts[0]);
      assertEquals(texts[2], texts[0]);
    }
  });
}
