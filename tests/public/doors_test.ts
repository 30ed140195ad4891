/** Every public function that takes options is one that options_test.ts tries with a typo. @module */
import { assertEquals } from "@std/assert";

/** Those that are tried; load() and save() are decodeModel() and encodeModel() of a file, Recurrent is what RNN, GRU and LSTM are. */
const TRIED = [
  "Adam.constructor",
  "AdamW.constructor",
  "Corpus.fromStream",
  "Corpus.fromText",
  "Corpus.split",
  "Dense.constructor",
  "Dropout.constructor",
  "Dropout.forward",
  "Embedding.constructor",
  "Embedding.forward",
  "Forecaster.constructor",
  "GRU.constructor",
  "GRUCell.constructor",
  "LSTM.constructor",
  "LSTMCell.constructor",
  "LayerNorm.constructor",
  "NGram.evaluate",
  "NGram.fromCorpus",
  "RMSprop.constructor",
  "RNN.constructor",
  "RNNCell.constructor",
  "RNNModel.constructor",
  "Recurrent.constructor",
  "Recurrent.forward",
  "SGD.constructor",
  "Schedule.constructor",
  "Tensor.constructor",
  "Training.constructor",
  "Vocabulary.fromCounts",
  "Vocabulary.fromText",
  "Vocabulary.fromTokens",
  "accuracy",
  "binaryCrossEntropyWithLogits",
  "concatenate",
  "consecutiveBatches",
  "crossEntropy",
  "decodeModel",
  "encodeModel",
  "evaluate",
  "exportModel",
  "fit",
  "forecast",
  "gelu",
  "generate",
  "huber",
  "importModel",
  "inspect",
  "lastStep",
  "load",
  "loadForecaster",
  "maxPool",
  "meanPool",
  "meanSquaredError",
  "openDevice",
  "paddedBatches",
  "parseSeries",
  "predict",
  "quantize",
  "randomBatches",
  "save",
  "score",
  "train",
  "windows",
];

/** Names of what has a parameter "options", wherever `deno doc` writes it. */
function* takersOf(node: unknown, names: readonly string[] = []): Generator<string, void, void> {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) yield* takersOf(child, names);
    return;
  }
  const { name, params, ...rest } = node as Record<string, unknown>;
  const path = typeof name === "string" ? [...names, name] : names;
  const parameters = Array.isArray(params) ? params as { name?: string; left?: { name?: string } }[] : [];
  if (parameters.some((parameter) => (parameter.name ?? parameter.left?.name) === "options")) {
    yield path.join(".");
  }
  yield* takersOf(Object.values(rest), path);
}

Deno.test("every function of the library that takes options is among those that are tried", async () => {
  const entries = ["mod.ts", "src/exchange.ts"].map((path) => new URL(`../../${path}`, import.meta.url).href);
  const args = ["doc", "--json", ...entries];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([...new Set(takersOf(nodes))].sort(), TRIED.toSorted());
});
