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
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { DEVICE_NAMES, testEach } from "../support/test_each.ts";

const { vocabulary } = Corpus.fromText("床前明月光，疑是地上霜。");
const V = vocabulary.size;

/** The file of a model of int8. */
async function fileOf(
  device: Device,
  kind: Kind,
  { embeddingSize = 0, ...options }: Partial<RecurrentOptions> & { embeddingSize?: number } = {},
): Promise<Uint8Array> {
  const layer = makeLayer(device, kind, {
    hiddenSize: 45,
    seed: 3,
    ...options,
    inputSize: embeddingSize || V,
  });
  using model = new RNNModel(layer, V, { embeddingSize });
  return await quantize(await encodeModel(model, vocabulary));
}

/** Texts, and what each of their characters was given. */
async function textsOf(model: RNNModel, count: number): Promise<{ text: string; chances: number[] }[]> {
  const rows = Array.from({ length: count }, () => ({ text: "床前", chances: [] as number[] }));
  for await (
    const { row, text, logProbability } of generate(model, vocabulary, { prefix: "床前", count, length: 30 })
  ) {
    rows[row]!.text += text;
    rows[row]!.chances.push(logProbability);
  }
  return rows;
}

const MODELS: [Kind, Partial<RecurrentOptions> & { embeddingSize?: number }][] = [
  ...KINDS.map((kind): [Kind, object] => [kind, {}]),
  ["lstm", { numLayers: 2, embeddingSize: 17 }],
  ["gru", { resetAfter: false, bias: false }],
  ["rnn", { nonlinearity: "relu", embeddingSize: 8 }],
];

testEach("a text of int8 weights is as likely as float32 has it, alone and beside others", async (device) => {
  for (const [kind, options] of MODELS) {
    const { model } = await decodeModel(await fileOf(device, kind, options), device);
    using taken = model;
    const rows = await textsOf(taken, 5);
    const [alone] = await textsOf(taken, 1);
    assertEquals(alone, rows[0], kind);
    const { text, chances } = alone!;
    const exact: number[] = [];
    for await (const { logProbability } of score(taken, Corpus.fromText(text, { vocabulary }))) {
      exact.push(logProbability!);
    }
    const off = chances.map((chance, i) => Math.abs(chance - exact.slice(-30)[i]!));
    assert(Math.max(...off) < 0.03, `${kind}: ${Math.max(...off)}`);
    assert(Math.max(...off) > 1e-6, `${kind}: no product was of int8`);
  }
});

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
