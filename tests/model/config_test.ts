/** Files whose metadata lies: a configuration is held against the shapes, a vocabulary against its rules. @module */
import { assert, assertRejects } from "@std/assert";
import { encodeSafetensors } from "../../src/files/safetensors.ts";
import { decodeModel } from "../../src/exchange/model_file.ts";
import { gru, H, UNTOUCHED, V, VOCABULARY } from "../support/state_dicts.ts";

Deno.test("a configuration is held against the shapes, and refused before the device is touched", async () => {
  const layer = {
    inputSize: V,
    hiddenSize: H,
    numLayers: 1,
    bias: true,
    batchFirst: false,
    dropout: 0,
    bidirectional: false,
    nonlinearity: "tanh",
    projSize: 0,
  };
  const model = { embeddingSize: 0, dropout: 0, tieWeights: false };
  const { dropout: _, ...withoutDropout } = layer;
  const file = (config: unknown, vocabulary: unknown = VOCABULARY) =>
    encodeSafetensors(gru(), {
      "refrain.config": typeof config === "string" ? config : JSON.stringify(config),
      "refrain.vocabulary": JSON.stringify(vocabulary),
    });
  const good = { kind: "gru", layer, vocabularySize: V, model };
  await assertRejects(() => decodeModel(file(good), UNTOUCHED), Error, "the device was touched");
  const bad = (what: string) => `Cannot read the model: its configuration is not one of refrain, as ${what}`;
  const cases: [config: unknown, errorClass: typeof SyntaxError | typeof TypeError, message: string][] = [
    ["{", SyntaxError, "its metadata is not JSON"],
    ["null", SyntaxError, bad("it is null")],
    ["[]", SyntaxError, bad("it is []")],
    [`{"__proto__":${JSON.stringify(good)}}`, SyntaxError, bad("__proto__ is {")],
    ["{}", SyntaxError, bad("kind is absent")],
    [{ ...good, kind: "toString" }, SyntaxError, bad('kind is "toString"')],
    [{ ...good, vocabularySize: -1 }, SyntaxError, bad("vocabularySize is -1")],
    [{ ...good, layer: null }, SyntaxError, bad("layer is null")],
    [{ ...good, layer: withoutDropout }, SyntaxError, bad("layer.dropout is absent")],
    [{ ...good, layer: { ...layer, dropnut: 0 } }, SyntaxError, bad("layer.dropnut is 0")],
    [{ ...good, model: undefined }, SyntaxError, bad("model is absent")],
    [{ ...good, model: { ...model, tie: true } }, SyntaxError, bad("model.tie is true")],
    [{ ...good, layer: { ...layer, hiddenSize: "11" } }, SyntaxError, bad('layer.hiddenSize is "11"')],
    [{ ...good, layer: { ...layer, hiddenSize: 1.5 } }, SyntaxError, bad("layer.hiddenSize is 1.5")],
    [
      { ...good, layer: { ...layer, hiddenSize: 2 ** 32 } },
      SyntaxError,
      bad("layer.hiddenSize is 4294967296"),
    ],
    [{ ...good, layer: { ...layer, bias: 1 } }, SyntaxError, bad("layer.bias is 1")],
    [{ ...good, layer: { ...layer, dropout: 2 } }, SyntaxError, bad("layer.dropout is 2")],
    [{ ...good, layer: { ...layer, bidirectional: true } }, SyntaxError, bad("layer.bidirectional is true")],
    [
      { ...good, layer: { ...layer, nonlinearity: "x".repeat(999) } },
      SyntaxError,
      bad('layer.nonlinearity is "xxx'),
    ],
    [{ ...good, layer: { ...layer, projSize: 5 } }, SyntaxError, bad("layer.projSize is 5")],
    [{ ...good, layer: { ...layer, resetAfter: 0 } }, SyntaxError, bad("layer.resetAfter is 0")],
    [{ ...good, layer: { ...layer, layerNorm: 1 } }, SyntaxError, bad("layer.layerNorm is 1")],
    [
      { ...good, kind: "gru", layer: { ...layer, layerNorm: true, resetAfter: false } },
      SyntaxError,
      bad("layer.resetAfter is false"),
    ],
    [
      { ...good, kind: "lstm", layer: { ...layer, resetAfter: false } },
      SyntaxError,
      bad("layer.resetAfter is false"),
    ],
    [
      { ...good, layer: { ...layer, gateActivation: "toString" } },
      SyntaxError,
      bad('layer.gateActivation is "toString"'),
    ],
    [
      { ...good, kind: "rnn", layer: { ...layer, gateActivation: "hardSigmoid5" } },
      SyntaxError,
      bad('layer.gateActivation is "hardSigmoid5"'),
    ],
    [{ ...good, layer: { ...layer, inputSize: 5 } }, SyntaxError, bad("layer.inputSize is 5")],
    [{ ...good, model: { ...model, embeddingSize: 5 } }, SyntaxError, bad("layer.inputSize is 13")],
    [
      { ...good, model: { ...model, embeddingSize: V, tieWeights: true } },
      SyntaxError,
      bad("model.embeddingSize is 13"),
    ],
    [
      { ...good, kind: "lstm" },
      TypeError,
      '"rnn.weight_ih_l0" as its shape must be (44, 13): current shape is (33, 13)',
    ],
    [{ ...good, layer: { ...layer, numLayers: 2 } }, TypeError, 'missing keys "rnn.weight_ih_l1"'],
    [
      { ...good, layer: { ...layer, numLayers: 2 ** 31 } },
      TypeError,
      "2147483648 recurrent layers: it has 6 tensors",
    ],
    [
      { ...good, layer: { ...layer, hiddenSize: 2 ** 31 } },
      TypeError,
      '"rnn.weight_ih_l0" as its shape must be',
    ],
    [
      { ...good, layer: { ...layer, bias: false } },
      TypeError,
      'unexpected keys "rnn.bias_hh_l0", "rnn.bias_ih_l0"',
    ],
    [{ ...good, model: { ...model, embeddingSize: V } }, TypeError, 'missing keys "embedding.weight"'],
  ];
  for (const [config, errorClass, message] of cases) {
    const error = await assertRejects(() => decodeModel(file(config), UNTOUCHED), errorClass, message);
    assert(error.message.length < 300, error.message);
  }
  for (
    const vocabulary of [null, { kind: "word", tokens: ["a b"] }, { kind: "byte" }, {
      kind: "character",
      tokens: [],
    }]
  ) {
    const error = await assertRejects(() => decodeModel(file(good, vocabulary), UNTOUCHED), Error);
    assert(/^Cannot /.test(error.message), error.message);
  }
});
