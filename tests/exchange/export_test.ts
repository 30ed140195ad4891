/** Models that go out: what comes back of them, what formats cannot hold, and what is refused. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Dense,
  Dropout,
  gelu,
  GRU,
  LayerNorm,
  load,
  LSTM,
  openDevice,
  relu,
  RNN,
  RNNModel,
  Sequential,
  type Tensor,
  Vocabulary,
} from "../../mod.ts";
import { exportModel, importModel } from "../../src/exchange.ts";
import { decodeSafetensors } from "../../src/files/safetensors.ts";
import { difference, toldOf } from "../frameworks/compare.ts";
import { answersOf, differenceOf } from "../frameworks/exports/answers.ts";
import { exportCases } from "../frameworks/exports/models.ts";
import { runsOf } from "../frameworks/exports/runs.ts";
import { goldenCases } from "../frameworks/golden.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

/** The most that an output may differ. */
const TOLERANCE = 1e-5;

Deno.test("what goes out as ONNX or Keras comes back, and answers the same", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  let count = 0;
  for (const one of exportCases(device)) {
    const { logits, y } = await answersOf(one.model, one.input);
    for await (const { file, to, bytes } of runsOf(one)) {
      const { model, framework } = await importModel({ [file]: bytes }, device);
      assertEquals([framework, model instanceof RNNModel], [to, one.model instanceof RNNModel], file);
      // A step reads rows alone, so that what comes back of a layer has batches first.
      const isTurned = file.endsWith("_step.onnx") && !(one.model instanceof RNNModel) &&
        !one.model.options.batchFirst;
      if (!isTurned) {
        const again = await answersOf(model, one.input);
        const found = differenceOf((again.logits ?? again.y)!, (logits ?? y)!);
        assert(found <= TOLERANCE, `${file} differs by ${found}`);
      }
      model[Symbol.dispose]();
      count++;
    }
    one.model[Symbol.dispose]();
  }
  assertEquals(count, 9 * (4 * 3 + 3 + 2 + 2 + 1));
});

Deno.test("what came from other frameworks goes out again, and answers what it answered there", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  let count = 0;
  for (const { one, forms: [files] } of await goldenCases()) {
    if (one.refused) continue;
    const { model, framework } = await importModel(files!, device, toldOf(one));
    const isTimeFirst = framework === "onnx" && model instanceof Sequential; // and Keras's are batches first
    for (const to of isTimeFirst ? ["onnx"] as const : ["onnx", "keras"] as const) {
      const bytes = await exportModel(model, { to });
      const found = await difference(device, await importModel({ model: bytes }, device), one);
      assert(found <= TOLERANCE, `${one.name} as ${to} differs by ${found}`);
      count++;
    }
  }
  assert(count > 20, `${count}`);
});

Deno.test("parts of a Sequential go out: layers, functions, and one within another", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const lstm = new LSTM(device, {
    inputSize: 3,
    hiddenSize: 2,
    batchFirst: true,
    bidirectional: true,
    seed: 0,
  });
  const { model: inner } = await importModel({ model: await exportModel(lstm, { to: "onnx" }) }, device);
  const dense = new Dense(device, { inputSize: 4, outputSize: 5, bias: false, seed: 0 });
  const model = new Sequential(device, [inner as Sequential, new Dropout(), dense, gelu]);
  const input = { shape: [2, 4, 3], data: Array.from({ length: 24 }, (_, i) => Math.sin(i)) };
  const { y } = await answersOf(model, input);
  for (const to of ["onnx", "keras"] as const) {
    const bytes = await exportModel(model, { to });
    const again = await importModel({ model: bytes }, device);
    if (to === "onnx") assertEquals(again.version, "opset 20");
    const found = differenceOf((await answersOf(again.model, input)).y!, y!);
    assert(found <= TOLERANCE, `${to} differs by ${found}`);
  }
  const names = Object.keys(decodeSafetensors(await exportModel(model, { to: "safetensors" })).tensors);
  assertEquals(names.sort(), model.parameterNames().sort());
  const own = new Sequential(device, [inner as Sequential, new LayerNorm(device, { normalizedShape: 4 })]);
  await assertRejects(() => exportModel(own, { to: "onnx" }), TypeError, "its part 1 is LayerNorm(4)");
  const tail = new Sequential(device, [inner as Sequential, function twice(x: Tensor): Tensor {
    return x;
  }]);
  await assertRejects(() => exportModel(tail, { to: "keras" }), TypeError, "its part 1 is twice");
});

Deno.test("the vocabulary travels, and the state dict is PyTorch's", async () => {
  await using folder = await temporaryFolder();
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("分开 不");
  const model = new RNNModel(new LSTM(device, { inputSize: 4, hiddenSize: 3, projSize: 2, seed: 0 }), 4);
  const bytes = await exportModel(model, { to: "safetensors", vocabulary });
  const { tensors, metadata } = decodeSafetensors(bytes);
  assertEquals(Object.keys(tensors).sort(), model.parameterNames().sort());
  assertEquals(metadata, { format: "pt", vocabulary: JSON.stringify(vocabulary) });
  const path = `${folder.path}/model.safetensors`;
  await Deno.writeFile(path, bytes);
  const loaded = await load(path, device, { vocabulary });
  assertEquals(await loaded.model.stateDict(), await model.stateDict());
  const plain = new RNNModel(new GRU(device, { inputSize: 4, hiddenSize: 3, seed: 0 }), 4);
  for (const to of ["onnx", "keras"] as const) {
    const { vocabulary: again } = await importModel({
      model: await exportModel(plain, { to, vocabulary }),
    }, device);
    assertEquals(again?.toJSON(), vocabulary.toJSON(), to);
  }
});

Deno.test("what a format cannot hold is said, and so is what is no model", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const sizes = { inputSize: 4, hiddenSize: 3, seed: 0 };
  const projected = new RNNModel(new LSTM(device, { ...sizes, projSize: 2 }), 4);
  const before = new RNNModel(new GRU(device, { ...sizes, resetAfter: false }), 4);
  const normed = new RNN(device, { ...sizes, layerNorm: true });
  const hard = new LSTM(device, { ...sizes, gateActivation: "hardSigmoid6" });
  const both = new RNN(device, { ...sizes, bidirectional: true });
  const dense = new Sequential(device, [new Dense(device, { inputSize: 4, outputSize: 2, seed: 0 }), relu]);
  const whole = (await importModel({
    model: await exportModel(both, { to: "onnx" }),
  }, device)).model;
  const bad = new RNNModel(new RNN(device, sizes), 4);
  bad.loadStateDict({
    ...await bad.stateDict(),
    "dense.bias": { shape: [4], data: Float32Array.of(0, NaN, 0, 0) },
  });
  const vocabulary = Vocabulary.fromText("ab");
  for (
    const [model, options, sentence] of [
      [projected, { to: "onnx" }, "has a projection (projSize 2)"],
      [projected, { to: "keras" }, "has a projection (projSize 2)"],
      [before, { to: "safetensors" }, "its reset gate acts before the product"],
      [normed, { to: "safetensors" }, "its recurrent cells are normalized (layerNorm)"],
      [normed, { to: "onnx" }, "its recurrent cells are normalized (layerNorm)"],
      [hard, { to: "safetensors" }, "its gates are hard sigmoids"],
      [both, { to: "onnx", form: "step" }, "its second direction begins at the end"],
      [whole, { to: "onnx", form: "step" }, "keeps no state"],
      [dense, { to: "onnx" }, "no recurrent layer"],
      [before, { to: "keras", form: "step" }, 'with form "step": it belongs to to "onnx"'],
      [before, { to: "tflite" }, '"onnx" or "keras" or "safetensors": current value is "tflite"'],
      [before, { to: "onnx", form: "loop" }, '"sequence" or "step": current value is "loop"'],
      [before, { to: "onnx", vocabulary }, "must have 4 tokens: current size is 2"],
      [hard, { to: "onnx", vocabulary }, "with a vocabulary as it is no RNNModel"],
      [bad, { to: "onnx" }, "are not all finite"],
      ["model", { to: "onnx" }, "current type is string"],
      [before, { to: "onnx", layout: 1 }, 'unknown option "layout"'],
    ] as const
  ) {
    // deno-lint-ignore no-explicit-any -- what a caller without types may write
    await assertRejects(() => exportModel(model as any, options as any), Error, sentence);
  }
  await assertRejects(() => exportModel(before, { to: "onnx", signal: AbortSignal.abort() }), DOMException);
});
