/**
 * Models on their way to PyTorch and back, through Python's safetensors. It runs where a Python with torch and
 * safetensors is found: the one that REFRAIN_PYTHON names, which then must have both, else python3.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Device,
  load,
  openDevice,
  type RecurrentOptions,
  RNNModel,
  type RNNModelOptions,
  save,
  Tensor,
  Vocabulary,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { lacksPython, python } from "../support/python.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";

const VOCABULARY = Vocabulary.fromText("abcdefghijklm");
const V = VOCABULARY.size;
const H = 11;
const B = 3;
const T = 5;
const IDS = Array.from(
  { length: B },
  (_, row) => Array.from({ length: T }, (_, i) => (row * 5 + i * i * 3) % V),
);
/** The largest difference, in units of the largest logit. */
const TOLERANCE = 2e-5;

interface Case {
  cell: Kind;
  layer?: Partial<RecurrentOptions>;
  model?: RNNModelOptions;
  /** What the parts are called in Python. */
  names: { rnn: string; dense: string; embedding?: string };
  /** Whether Python's linear layer has a bias. */
  bareDenseBias?: boolean;
}

const CASES: Record<string, Case> = {
  rnn: { cell: "rnn", names: { rnn: "rnn", dense: "dense" } },
  relu: {
    cell: "rnn",
    layer: { nonlinearity: "relu", numLayers: 2, bias: false },
    names: { rnn: "layer", dense: "fc" },
  },
  gru: { cell: "gru", layer: { numLayers: 2 }, names: { rnn: "gru", dense: "linear" }, bareDenseBias: false },
  lstm: { cell: "lstm", names: { rnn: "lstm", dense: "decoder" } },
  projected: { cell: "lstm", layer: { projSize: 7, numLayers: 3 }, names: { rnn: "lstm", dense: "fc" } },
  embedded: {
    cell: "lstm",
    model: { embeddingSize: 7 },
    names: { rnn: "rnn", dense: "decoder", embedding: "encoder" },
  },
  tied: {
    cell: "gru",
    model: { embeddingSize: H, tieWeights: true },
    names: { rnn: "rnn", dense: "fc", embedding: "embedding" },
  },
};

async function logitsOf(model: RNNModel): Promise<Float32Array> {
  const ids = Tensor.from(model.device, new Uint32Array(IDS.flat()), [B, T]);
  return await model.forward(ids)[0].data();
}

async function readLogits(path: string): Promise<Float32Array> {
  return decodeSafetensors(await Deno.readFile(path)).tensors["logits"]!.data;
}

function assertClose(actual: Float32Array, expected: Float32Array, what: string): void {
  assertEquals(actual.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / largest;
  assert(difference <= TOLERANCE, `${what}: the logits differ by ${difference} of the largest`);
}

/** Saves a model of each case, and says in cases.json what it is in PyTorch's words. */
async function saveAll(device: Device, folder: string): Promise<void> {
  const cases: unknown[] = [];
  for (
    const [name, { cell, layer = {}, model: options = {}, names, bareDenseBias = true }] of Object.entries(
      CASES,
    )
  ) {
    const { embeddingSize = 0, tieWeights = false } = options;
    const settings = { inputSize: embeddingSize || V, hiddenSize: H, seed: 5, ...layer };
    using model = new RNNModel(makeLayer(device, cell, settings), V, options);
    await save(`${folder}/${name}.safetensors`, model, VOCABULARY);
    const { numLayers, bias, nonlinearity, projSize } = model.rnn.options;
    cases.push({
      name,
      cell,
      vocabularySize: V,
      embeddingSize,
      tieWeights,
      names,
      ids: IDS,
      bareDenseBias,
      options: {
        input_size: settings.inputSize,
        hidden_size: H,
        num_layers: numLayers,
        bias,
        ...(cell === "rnn" ? { nonlinearity } : {}),
        ...(projSize > 0 ? { proj_size: projSize } : {}),
      },
    });
  }
  await Deno.writeTextFile(`${folder}/cases.json`, JSON.stringify(cases));
}

Deno.test({
  name: "models go to PyTorch and come from it with the same logits",
  ignore: await lacksPython(["torch", "safetensors"], "no round trip"),
  fn: async (test) => {
    const folder = await Deno.makeTempDir();
    try {
      {
        using device = await openDevice(DEVICE_NAMES[0]);
        await saveAll(device, folder);
      }
      const script = decodeURIComponent(new URL("../golden/round_trip.py", import.meta.url).pathname);
      await python(script, folder);
      for (const deviceName of DEVICE_NAMES) {
        using device = await openDevice(deviceName);
        for (const [name, { layer }] of Object.entries(CASES)) {
          await test.step(`${name} [${deviceName}]`, async () => {
            const there = await load(`${folder}/${name}.safetensors`, device);
            assertClose(
              await logitsOf(there.model),
              await readLogits(`${folder}/${name}.logits.safetensors`),
              "there",
            );
            there.model[Symbol.dispose]();
            const { nonlinearity = "tanh" } = layer ?? {};
            const options = { vocabulary: VOCABULARY, nonlinearity };
            const back = await load(`${folder}/${name}.python.safetensors`, device, options);
            assertClose(
              await logitsOf(back.model),
              await readLogits(`${folder}/${name}.python.logits.safetensors`),
              "back",
            );
            back.model[Symbol.dispose]();
          });
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
