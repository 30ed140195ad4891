/** TensorFlow.js: model.json and the files of its weights, whole and not. Its answers: import_test.ts. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readTfjs } from "../../src/exchange/import_model/keras/tfjs.ts";
import type { PlainModel } from "../../src/exchange/import_model/plain.ts";
import { unpacked } from "../frameworks/golden.ts";

const WEIGHTS = await unpacked("tfjs_lstm_language.bin");
const JSON_BYTES = await unpacked("tfjs_lstm_language.model.json");

// deno-lint-ignore no-explicit-any -- what the file holds is changed at will
type Model = any;

function put(object: Model, key: string, value: unknown): void {
  object[key] = value;
}

/** Reads the model with something changed. */
function read(change: (model: Model) => void, weights: Uint8Array | undefined = WEIGHTS): PlainModel {
  const model: Model = JSON.parse(new TextDecoder().decode(JSON_BYTES));
  change(model);
  const json = { name: "model.json", bytes: new TextEncoder().encode(JSON.stringify(model)) };
  return readTfjs([{ name: "tfjs_lstm_language.bin", bytes: weights }, json]);
}

Deno.test("layers that TensorFlow.js or its converter wrote are read", () => {
  for (
    const change of [
      () => {},
      (model: Model) =>
        put(model, "modelTopology", { keras_version: "2.9.0", model_config: model.modelTopology }),
    ]
  ) {
    const { framework, layers } = read(change);
    assertEquals([framework, layers.length], ["tfjs", 5]);
    const [, lstm] = layers;
    assert(lstm?.kind === "recurrent");
    assertEquals(lstm.gateActivation, "hardSigmoid5", "its default, and what Keras 2 means");
  }
});

Deno.test("weights that are missing, cut off, of another type or named twice are refused", () => {
  const manifest = (model: Model): Model => model.weightsManifest[0];
  for (
    const [change, sentence, weights] of [
      [(model) => put(model, "format", "graph-model"), "is a graph of operations without layers"],
      [(model) => delete model.modelTopology, '"modelTopology" of "model.json" is no object'],
      [(model) => put(model, "weightsManifest", 7), '"weightsManifest" of "model.json" is no list'],
      [
        (model) => manifest(model).paths.push("more.bin"),
        'its weights are in "more.bin": give that file too',
      ],
      [(model) => manifest(model).paths.push(manifest(model).paths[0]), "give that file too"],
      [(model) => put(manifest(model).weights[0], "dtype", "int32"), 'is "int32": save the model in float32'],
      [(model) => put(manifest(model).weights[0], "quantization", {}), "is quantized"],
      [(model) => put(manifest(model).weights[0], "shape", [-1]), "is none"],
      [(model) => put(manifest(model).weights[0], "shape", [2 ** 30, 2 ** 30]), "end before"],
      [(model) => manifest(model).weights.pop(), "must have 2 arrays: it has 1"],
      [() => {}, "the files of weights end before", WEIGHTS.slice(0, -1)],
    ] as [(model: Model) => void, string, Uint8Array?][]
  ) {
    const error = assertThrows(() => read(change, weights)) as Error;
    assert(error.message.startsWith("Cannot import the model as "), error.message);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
  }
});
