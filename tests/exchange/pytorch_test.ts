/** Files without metadata, as Python writes them: what is inferred from names and shapes, and what is refused. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Device,
  type LoadOptions,
  type RecurrentOptions,
  RNNModel,
  type RNNModelOptions,
  type StateDict,
  Tensor,
  Vocabulary,
} from "../../mod.ts";
import { makeLayer } from "../../src/layers/make_layer.ts";
import type { Kind } from "../../src/layers/recurrent/cell.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { encodeAs } from "../support/encode_as.ts";
import { gru, H, UNTOUCHED, V, VOCABULARY, zeros } from "../support/state_dicts.ts";
import { testEach } from "../support/test_each.ts";

type Made = { cell: Kind; layer?: Partial<RecurrentOptions>; model?: RNNModelOptions };

function make(device: Device, { cell, layer = {}, model = {} }: Made): RNNModel {
  const options = { inputSize: model.embeddingSize || V, hiddenSize: H, seed: 3, ...layer };
  return new RNNModel(makeLayer(device, cell, options), V, model);
}

async function logitsOf(model: RNNModel): Promise<Float32Array> {
  const ids = Tensor.from(model.device, new Uint32Array([1, 12, 0, 7, 7, 5, 3, 2, 11, 4]), [2, 5]);
  return await model.forward(ids)[0].data();
}

/** The names of a state dict, each by what `rename` makes of it; undefined leaves it out. */
function renamed(dict: StateDict, rename: (name: string) => string | undefined): StateDict {
  return Object.fromEntries(
    Object.entries(dict).flatMap(([name, tensor]) => {
      const other = rename(name);
      return other === undefined ? [] : [[other, tensor]];
    }),
  );
}

const prefixes = (rnn: string, dense: string, embedding = "embedding.") => (name: string) =>
  name.replace("rnn.", rnn).replace("dense.", dense).replace("embedding.", embedding);

const BARE: Record<string, Made & { rename?: (name: string) => string | undefined; options?: LoadOptions }> =
  {
    "RNN": { cell: "rnn" },
    "RNN with relu, which an option tells": {
      cell: "rnn",
      layer: { nonlinearity: "relu" },
      options: { nonlinearity: "relu" },
    },
    "GRU of three layers": { cell: "gru", layer: { numLayers: 3 }, rename: prefixes("gru.", "fc.") },
    "LSTM without bias": { cell: "lstm", layer: { bias: false }, rename: prefixes("lstm.", "linear.") },
    "LSTM with projections": {
      cell: "lstm",
      layer: { projSize: 5, numLayers: 2 },
      rename: prefixes("module.a.lstm.", "module.out."),
    },
    "GRU without prefix": { cell: "gru", rename: prefixes("", "decoder.") },
    "LSTM with an embedding": {
      cell: "lstm",
      model: { embeddingSize: 7 },
      rename: prefixes("rnn.", "decoder.", "encoder."),
    },
    "GRU with an embedding as large as the state": {
      cell: "gru",
      model: { embeddingSize: H },
      rename: prefixes("rnn.", "head.", "table."),
    },
    "LSTM with tied weights of which one copy is kept": {
      cell: "lstm",
      model: { embeddingSize: H, tieWeights: true },
      rename: (name) => name.startsWith("embedding.") ? undefined : name.replace("dense.", "decoder."),
    },
  };

testEach("a state dict that Python wrote gives PyTorch's logits", async (device) => {
  const golden = (name: string) => new URL(`../golden/from_python/${name}`, import.meta.url);
  const vocabulary = Vocabulary.fromJSON(JSON.parse(await Deno.readTextFile(golden("vocabulary.json"))));
  const { ids, logits } = JSON.parse(await Deno.readTextFile(golden("logits.json")));
  using model =
    (await decodeModel(await Deno.readFile(golden("model.safetensors")), device, { vocabulary })).model;
  const given = Tensor.from(device, new Uint32Array(ids.flat()), [2, 6]);
  const expected = logits.flat() as number[];
  const found = await model.forward(given)[0].data();
  const largest = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => assert(Math.abs(value - found[i]!) <= 2e-5 * largest, `logit ${i}`));
});

for (const [name, { rename = (name: string) => name, options = {}, ...made }] of Object.entries(BARE)) {
  testEach(`a bare state dict is read by its names and shapes: ${name}`, async (device) => {
    using model = make(device, made);
    const bytes = encodeSafetensors(renamed(await model.stateDict(), rename));
    using loaded = (await decodeModel(bytes, device, { vocabulary: VOCABULARY, ...options })).model;
    assertEquals(await logitsOf(loaded), await logitsOf(model));
    const { seed: _, ...expected } = model.rnn.options;
    const { seed: __, ...found } = loaded.rnn.options;
    assertEquals([loaded.rnn.kind, found], [made.cell, expected]);
    assertEquals(loaded.options.tieWeights, made.model?.tieWeights ?? false);
    // What it is saved as needs no options any more.
    using again = (await decodeModel(await encodeModel(loaded, VOCABULARY), device)).model;
    assertEquals(await logitsOf(again), await logitsOf(model));
  });
}

testEach(
  "two matrices without bias: columns tell the linear layer, else the embedding's name",
  async (device) => {
    for (const [embeddingSize, name] of [[7, "table."], [H, "embed."]] as const) {
      using model = make(device, { cell: "lstm", model: { embeddingSize } });
      const dict = await model.stateDict();
      dict["dense.bias"]!.data.fill(0);
      model.loadStateDict(dict);
      const bare = renamed(
        dict,
        (key) => key === "dense.bias" ? undefined : prefixes("rnn.", "head.", name)(key),
      );
      using loaded = (await decodeModel(encodeSafetensors(bare), device, { vocabulary: VOCABULARY })).model;
      assertEquals(await logitsOf(loaded), await logitsOf(model));
    }
  },
);

Deno.test("a state dict that is no language model's is refused before the device is touched", async () => {
  const none = undefined;
  const cases: [parts: Parameters<typeof gru>[0], message: string][] = [
    [
      { "rnn.weight_ih_l0_reverse": zeros(3 * H, V) },
      '"rnn.weight_ih_l0_reverse" is of a bidirectional layer',
    ],
    [
      { "lstm.weight_ih_l0": zeros(3 * H, V) },
      'must have one recurrent layer, or a stack that numbers tell, as "rnns.0." and "rnns.1.": found "lstm.", "rnn."',
    ],
    [{ "step": zeros(1) }, 'Cannot load a state dict: unexpected keys "step"'],
    [{ "rnn.weight_hh_l0": none }, 'missing keys "rnn.weight_hh_l0"'],
    [{ "rnn.weight_hh_l0": zeros(3 * H) }, '"rnn.weight_hh_l0" must be a matrix: current shape is (33,)'],
    [
      { "rnn.weight_hh_l0": zeros(2 * H, H) },
      "must have 1, 3 or 4 rows a column (RNN, GRU, LSTM): current shape",
    ],
    [{ "rnn.weight_hh_l0": zeros(0, H) }, "must be a matrix"],
    [
      { "rnn.weight_hr_l0": zeros(5, H) },
      "with projections must have 4 rows for each of 11 hidden units (LSTM)",
    ],
    [{ "rnn.bias_hh_l0": none, "rnn.bias_hh_l1": zeros(3 * H) }, 'missing keys "rnn.bias_hh_l0"'],
    [{ "rnn.bias_ih_l0": zeros(H) }, '"rnn.bias_ih_l0" as its shape must be (33,): current shape is (11,)'],
    [{ "rnn.weight_ih_l1": zeros(3 * H, H) }, 'unexpected keys "rnn.weight_ih_l1"'],
    [{ "rnn.weight_hh_l7": zeros(3 * H, H) }, 'missing keys "rnn.weight_ih_l1", "rnn.weight_hh_l1"'],
    [{ "rnn.weight_ih_l0": zeros(3 * H, V + 1) }, "one-hot rows of the vocabulary's size 13: it reads 14"],
    [{ "dense.weight": none, "dense.bias": none }, "one linear layer, and at most one embedding: found none"],
    [{ "dense.weight": none }, '"dense.weight" must be a matrix'],
    [{ "fc.weight": zeros(V, H), "fc.bias": zeros(V) }, 'must have one linear layer: found "dense.", "fc."'],
    [
      { "dense.weight": zeros(V, H + 1) },
      '"dense.weight" must have 11 columns, the outputs of the recurrent layer',
    ],
    [{ "dense.bias": zeros(V + 1) }, '"dense.bias" as its shape must be (13,): current shape is (14,)'],
    [{ "table.weight": zeros(V, 7) }, '"table.weight" must have 13 columns, what the recurrent layer reads'],
    [
      { "table.weight": zeros(5, V) },
      '"embedding.weight" as its shape must be (13, 13): current shape is (5, 13)',
    ],
  ];
  for (const [parts, message] of cases) {
    const bytes = encodeSafetensors(gru(parts));
    await assertRejects(() => decodeModel(bytes, UNTOUCHED, { vocabulary: VOCABULARY }), TypeError, message);
  }
  const only = { "weight": zeros(V, H) };
  await assertRejects(
    () => decodeModel(encodeSafetensors(only), UNTOUCHED),
    TypeError,
    "one recurrent layer: found none",
  );
});

Deno.test("a vocabulary must be there, and of the model's size", async () => {
  const bytes = encodeSafetensors(gru());
  await assertRejects(
    () => decodeModel(bytes, UNTOUCHED),
    TypeError,
    "has no vocabulary: give one of 13 tokens",
  );
  await assertRejects(
    () => decodeModel(bytes, UNTOUCHED, { vocabulary: Vocabulary.fromText("abc") }),
    TypeError,
    "Cannot load the model as its vocabulary must have 13 tokens: current size is 3",
  );
  for (
    const [vocabulary, type] of [[["a", "b"], "Array"], [{ kind: "character", tokens: ["a"] }, "Object"]]
  ) {
    await assertRejects(
      () => decodeModel(bytes, UNTOUCHED, { vocabulary: vocabulary as unknown as Vocabulary }),
      TypeError,
      `must be a Vocabulary, which Vocabulary.fromJSON() makes: current type is ${type}`,
    );
  }
});

Deno.test("weights that are not finite are refused by name, also those that float32 cannot hold", async () => {
  const refuses = (bytes: Uint8Array, message: string) =>
    assertRejects(
      () => decodeModel(bytes, UNTOUCHED, { vocabulary: VOCABULARY }),
      SyntaxError,
      message,
    );
  for (const bad of [NaN, Infinity, -Infinity]) {
    const dict = gru();
    dict["rnn.weight_hh_l0"]!.data[17] = bad;
    await refuses(
      encodeSafetensors(dict),
      `weights "rnn.weight_hh_l0" are not all finite, element 17 is ${bad}`,
    );
  }
  const wide = Object.entries(gru()).map(([name, tensor]) => [name, { dtype: "F64", ...tensor }]);
  const bytes = encodeAs(Object.fromEntries(wide));
  await assertRejects(
    () => decodeModel(bytes, UNTOUCHED, { vocabulary: VOCABULARY }),
    Error,
    "the device was touched",
  );
  new DataView(bytes.buffer).setFloat64(bytes.length - 16, 1e300, true);
  await refuses(bytes, 'weights "dense.bias" are not all finite, element 11 is Infinity');
});

testEach("tied weights are saved under both names and must agree", async (device) => {
  using model = make(device, { cell: "gru", model: { embeddingSize: H, tieWeights: true, dropout: 0.25 } });
  const bytes = await encodeModel(model, VOCABULARY);
  using loaded = (await decodeModel(bytes, device)).model;
  assertEquals(await logitsOf(loaded), await logitsOf(model));
  const { seed: _, ...expected } = model.options;
  const { seed: __, ...found } = loaded.options;
  assertEquals(found, expected);
  const { tensors, metadata } = decodeSafetensors(bytes);
  tensors["dense.weight"]!.data[5]! += 1;
  await assertRejects(
    () => decodeModel(encodeSafetensors(tensors, metadata), UNTOUCHED, { verify: false }),
    TypeError,
    'its tied weights "embedding.weight" and "dense.weight" differ',
  );
});

testEach(
  "a file of Python's save_model(), which keeps one of two tied weights and names it, is read",
  async (device) => {
    using model = make(device, { cell: "lstm", model: { embeddingSize: H, tieWeights: true } });
    const dict = await model.stateDict();
    for (
      const [gone, kept] of [["dense.weight", "embedding.weight"], [
        "embedding.weight",
        "dense.weight",
      ]] as const
    ) {
      const bytes = encodeSafetensors(renamed(dict, (name) => name === gone ? undefined : name), {
        [gone]: kept,
      });
      using loaded = (await decodeModel(bytes, device, { vocabulary: VOCABULARY })).model;
      assertEquals([loaded.options.tieWeights, await logitsOf(loaded)], [true, await logitsOf(model)]);
    }
  },
);

testEach("a vocabulary that is given takes the place of the file's", async (device) => {
  using model = make(device, { cell: "rnn" });
  const bytes = await encodeModel(model, VOCABULARY);
  const vocabulary = VOCABULARY.withUnknown("skip");
  const loaded = await decodeModel(bytes, device, { vocabulary });
  using _ = loaded.model;
  assertEquals([...loaded.vocabulary.encode("a?b")], [0, 1]);
});
