/** Bytes of ONNX that are written, by the reader of messages: graphs, their names, and forms of numbers. @module */
import { assertEquals } from "@std/assert";
import { GRU, LSTM, openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { exportModel } from "../../src/exchange.ts";
import { Message } from "../../src/exchange/export_model/onnx/protobuf.ts";
import { readGraph } from "../../src/exchange/import_model/onnx/graph.ts";
import { floatsOf, Messages, textOf } from "../../src/exchange/import_model/onnx/protobuf.ts";

Deno.test("numbers, texts and messages within are read as they were written", () => {
  const inner = new Message().integer(1, 2 ** 40 + 5).text(2, "分");
  const bytes = new Message().integer(7, 300).message(3, inner).float(4, 0.5).bytes(600, Uint8Array.of(1, 2))
    .toBytes();
  const [first, second, third, fourth] = [...new Messages().fields(bytes)];
  assertEquals([first?.number, first?.value], [7, 300]);
  const within = [...new Messages().fields(second!.bytes)];
  assertEquals([within[0]?.value, textOf(within[1]!)], [2 ** 40 + 5, "分"]);
  assertEquals([third?.number, ...floatsOf(third!)], [4, 0.5]);
  assertEquals([fourth?.number, fourth?.bytes], [600, Uint8Array.of(1, 2)]);
});

Deno.test("a graph names its inputs and outputs, and holds the tokens", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcd");
  const sizes = { inputSize: 4, hiddenSize: 3, numLayers: 2, seed: 0 };
  const model = new RNNModel(new LSTM(device, sizes), 4);
  const graph = readGraph(await exportModel(model, { to: "onnx", vocabulary }));
  assertEquals([graph.producer, graph.opset], ["refrain", 14]);
  assertEquals(graph.inputs.map(({ name, shape }) => [name, ...shape]), [
    ["ids", undefined, undefined],
    ["h_0", 2, undefined, 3],
    ["c_0", 2, undefined, 3],
  ]);
  assertEquals(graph.outputs, ["logits", "h_n", "c_n"]);
  assertEquals(JSON.parse(graph.metadata!.get("refrain.vocabulary")!), vocabulary.toJSON());
  const gru = new GRU(device, { inputSize: 2, hiddenSize: 3, resetAfter: false, seed: 0 });
  const step = readGraph(await exportModel(gru, { to: "onnx", form: "step" }));
  assertEquals(step.inputs.map(({ name, shape }) => [name, ...shape]), [["x", undefined, 2], [
    "h_0",
    1,
    undefined,
    3,
  ]]);
  assertEquals([step.outputs, step.metadata?.size], [["y", "h_n"], 0]);
  const node = step.nodes.find(({ op }) => op === "GRU")!;
  assertEquals(node.attributes.get("linear_before_reset")?.integers, [0]);
});
