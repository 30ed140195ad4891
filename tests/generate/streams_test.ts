/** The two ways to generate, many characters at once or a step each: the same characters from the same model. @module */
import { assertEquals } from "@std/assert";
import {
  type Device,
  generate,
  openDevice,
  type RecurrentOptions,
  RNNModel,
  type RNNModelOptions,
  Tensor,
  Vocabulary,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import { type Kind, KINDS } from "../../src/layers/recurrent/cell.ts";
import { StreamsAtOnce } from "../../src/generate/at_once.ts";
import { StreamsByStep } from "../../src/generate/by_step.ts";
import { type Draw, readPrefixes, type Streams } from "../../src/generate/streams.ts";
import { assertClose } from "../../src/verify/cases/assert_close.ts";
import { testEach } from "../support/test_each.ts";
import { NAIVE } from "../../src/verify/cases/tolerances.ts";

const V = 67;
const H = 13;
/** Prefixes of each row, and how to draw. */
const CASES: readonly { prefixes: readonly number[][]; draw: Omit<Draw, "position" | "stream"> }[] = [
  { prefixes: [[5]], draw: { temperature: 2, topK: 30, topP: 0.9, seed: 4 } },
  { prefixes: [Array.from({ length: 73 }, (_, i) => (i * 7) % V)], draw: { temperature: 0 } },
  { prefixes: [[3], [9, 2, 66, 0, 5], Array.from({ length: 70 }, (_, i) => i % V)], draw: { seed: 3 } },
];

function modelOf(
  device: Device,
  kind: Kind,
  { layer = {}, ...options }: RNNModelOptions & { layer?: Partial<RecurrentOptions> },
): RNNModel {
  const settings = { inputSize: options.embeddingSize || V, hiddenSize: H, seed: 1, ...layer };
  return new RNNModel(makeLayer(device, kind, settings), V, options);
}

/** Characters at four calls, the logits of the last, and the logarithms of all probabilities. */
async function drawn(
  streams: Streams,
  prefixes: readonly number[][],
  draw: Omit<Draw, "position" | "stream">,
): Promise<{ ids: number[]; logits: Float32Array; logarithms: number[] }> {
  const ids: number[] = [];
  const logarithms: number[] = [];
  await readPrefixes(streams, prefixes.map((prefix) => Uint32Array.from(prefix)));
  let position = 0;
  for (const count of [1, 4, 3, 8]) {
    const rows = prefixes.map((_, row) => ({ ...draw, stream: row, position, logProbabilities: true }));
    const history = await streams.draw(rows, count);
    for (let step = 0; step < count; step++) {
      for (const row of prefixes.keys()) {
        const { id, logarithm } = history(step, row);
        ids.push(id);
        logarithms.push(logarithm);
      }
    }
    position += count;
  }
  return { ids, logits: await streams.logits(), logarithms };
}

const MODELS: readonly [kind: Kind, options: Parameters<typeof modelOf>[2]][] = [
  ["rnn", {}],
  ["rnn", { layer: { nonlinearity: "relu", numLayers: 2, bias: false } }],
  ["gru", { embeddingSize: 7, layer: { batchFirst: true } }],
  ["gru", { embeddingSize: H, tieWeights: true, layer: { bias: false } }],
  ["lstm", { dropout: 0.5, layer: { numLayers: 3, dropout: 0.5 } }],
  ["lstm", { embeddingSize: 5, layer: { numLayers: 2 } }],
];

testEach("many characters at once are those of single steps", async (device) => {
  for (const [kind, options] of MODELS) {
    using model = modelOf(device, kind, options);
    for (const { prefixes, draw } of CASES) {
      const sizes = { batch: prefixes.length, most: 8 };
      using one = new StreamsAtOnce(model, sizes);
      using other = new StreamsByStep(model, sizes);
      const actual = await drawn(one, prefixes, draw);
      const expected = await drawn(other, prefixes, draw);
      const what = `${kind}, ${prefixes.length} rows, ${JSON.stringify({ ...options, ...draw })}`;
      assertEquals(actual.ids, expected.ids, what);
      const close = { tolerance: NAIVE, what };
      assertClose(actual.logarithms, expected.logarithms, { shape: [expected.logarithms.length], ...close });
      assertClose(actual.logits, expected.logits, { shape: [prefixes.length, V], ...close });
    }
  }
});

testEach("who joins with a short prefix waits for one run, but where the GPU is software", async (device) => {
  using model = modelOf(device, "lstm", { layer: { numLayers: 2 } });
  for (const Way of [StreamsAtOnce, StreamsByStep]) {
    using streams = new Way(model, { batch: 2, most: 1 });
    streams.join(1, Uint32Array.of(3, 4, 5, 6, 7));
    assertEquals(await streams.read(), device.software);
    assertEquals(streams.isReady(1), !device.software);
  }
});

for (const layer of [{ projSize: 5 }, { layerNorm: true }]) {
  testEach(`a layer generates by single steps: ${JSON.stringify(layer)}`, async (device) => {
    using model = modelOf(device, "lstm", { layer });
    const vocabulary = Vocabulary.fromText(
      Array.from({ length: V }, (_, i) => String.fromCodePoint(0x4e00 + i)).join(""),
    );
    const prefixes = ["一", vocabulary.tokens.slice(7, 20).join("")];
    const ids: number[] = [];
    for await (const { id } of generate(model, vocabulary, { prefixes, length: 20, seed: 1 })) ids.push(id);
    using streams = new StreamsByStep(model, { batch: 2, most: 20 });
    await readPrefixes(streams, prefixes.map((prefix) => vocabulary.encode(prefix)));
    const history = await streams.draw([0, 1].map((stream) => ({ seed: 1, stream, position: 0 })), 20);
    assertEquals(ids, Array.from({ length: 40 }, (_, i) => history(i >> 1, i & 1).id));
  });
}

testEach("a normalized model draws by the logits of one pass", async (device) => {
  for (const kind of KINDS) {
    using model = modelOf(device, kind, { layer: { layerNorm: true, numLayers: 2 } });
    const text = [3, 9, 2, 66, 0, 5];
    using streams = new StreamsByStep(model, { batch: 1, most: 1 });
    await readPrefixes(streams, [Uint32Array.from(text)]);
    await streams.draw([{ stream: 0, position: 0 }], 1);
    const [logits] = model.forward(Tensor.from(device, Uint32Array.from(text), [1, text.length]));
    const expected = (await logits.data()).slice(-V);
    assertClose(await streams.logits(), expected, { shape: [V], tolerance: 8 * NAIVE, what: kind });
  }
});

testEach("a large model goes on from a long prefix as on another device", async (device) => {
  using other = await openDevice("wasm", { threads: 2 });
  const all = Array.from({ length: V }, (_, i) => String.fromCharCode(0x4e00 + i));
  const vocabulary = Vocabulary.fromText(all.join(""));
  const prefix = Array.from({ length: 70 }, (_, i) => all[(i * 7) % V]).join("");
  const options = { prefix, length: 2, temperature: 1, seed: 1, logProbabilities: true };
  const layer = { hiddenSize: 512, numLayers: 3 };
  const [found, expected] = await Promise.all([device, other].map((each) =>
    Array.fromAsync(
      generate(modelOf(each, "lstm", { layer }), vocabulary, options),
      ({ logProbability }) => logProbability!,
    )
  ));
  assertClose(found!, expected!, { shape: [2], tolerance: NAIVE, what: "log probabilities" });
});
