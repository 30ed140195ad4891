/** Models of other frameworks: what their real files become, and what they answer. tests/frameworks/ made them. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  decodeModel,
  encodeModel,
  openDevice,
  predict,
  RNNModel,
  Sequential,
  Tensor,
  Vocabulary,
} from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { difference, toldOf } from "../frameworks/compare.ts";
import { goldenCases, unpacked } from "../frameworks/golden.ts";
import { testEach } from "../support/test_each.ts";

/** As many tokens as the models have. */
const VOCABULARY = Vocabulary.fromText("abcdefgh");
const CASES = await goldenCases();

testEach("models of other frameworks answer what they answered there", async (device) => {
  let count = 0;
  for (const { one, forms } of CASES) {
    for (const files of forms) {
      const [name = ""] = Object.keys(files);
      count++;
      if (one.refused) {
        await assertRejects(() => importModel(files, device), TypeError, one.refused);
        continue;
      }
      const imported = await importModel(files, device, toldOf(one));
      assert(await difference(device, imported, one) <= 1e-5, name);
      assertEquals(imported.model instanceof RNNModel, /language|mlx|paddle|burn|candle/.test(name), name);
      imported.model[Symbol.dispose]();
    }
  }
  assertEquals(count, 88);
});

Deno.test("an imported language model goes on with a text, is saved and loads again", async () => {
  await using folder = await temporaryFolder();
  using device = await openDevice("wasm", { threads: 1 });
  const path = `${folder.path}/model.keras`;
  await Deno.writeFile(path, await unpacked("tf_keras_lstm_language.keras"));
  const { model, vocabulary, framework, version, notes } = await importModel(path, device, {
    vocabulary: VOCABULARY,
  });
  assert(model instanceof RNNModel);
  assertEquals([vocabulary, framework, version], [VOCABULARY, "keras", "2.21.0"]);
  assertEquals(notes, [
    "layers of 5, 3 units are layers of 5 here: units beside their own are zero, and stay so",
  ]);
  const text = await predict(model, VOCABULARY, "ab", 5);
  const again = await decodeModel(await encodeModel(model, VOCABULARY), device);
  assertEquals(await predict(again.model, VOCABULARY, "ab", 5), text);
});

Deno.test("imported layers have a state dict, and are trained on", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { model } = await importModel({ a: await unpacked("keras_mixed.h5") }, device);
  assert(model instanceof Sequential);
  assertEquals(model.parameterNames().slice(0, 3), ["0.weight", "1.weight_ih_l0", "1.weight_hh_l0"]);
  const before = await model.stateDict();
  model.loadStateDict(before);
  const ids = Tensor.from(device, Uint32Array.of(1, 2, 3), [1, 3]);
  assertEquals(model.forward(ids).shape, [1, 1]);
  // deno-lint-ignore no-explicit-any -- what a caller without types may write
  const other = model as any;
  await assertRejects(
    () => encodeModel(other, VOCABULARY),
    TypeError,
    "current type is Sequential, whose weights",
  );
});

Deno.test("importModel() says what it cannot take", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const bytes = await unpacked("keras_lstm_language.h5");
  const mixed = await unpacked("keras_mixed.h5");
  const text = new TextEncoder().encode("a poem");
  // deno-lint-ignore no-explicit-any -- what a caller without types may write
  const options = (value: object): any => value;
  for (
    const [Kind, call, sentence] of [
      [TypeError, () => importModel([], device), "Cannot import the model without a file"],
      [TypeError, () => importModel({ a: options([1]) }, device), "must be a Uint8Array: current type is"],
      [TypeError, () => importModel({ "a.txt": text }, device), '"a.txt" is a text: name a model file'],
      [TypeError, () => importModel({ a: bytes, b: bytes }, device), 'is one file: there is "b" too'],
      [RangeError, () => importModel("nothing.keras", device), "no such file"],
      [RangeError, () => importModel({ a: bytes }, device, options({ from: "k" })), 'current value is "k"'],
      [
        TypeError,
        () => importModel({ a: bytes }, device, { vocabulary: Vocabulary.fromText("abc") }),
        "must have 8 tokens: current size is 3",
      ],
      [
        TypeError,
        () => importModel({ a: mixed }, device, { vocabulary: VOCABULARY }),
        "it does not end with a dense layer; importModel() without a vocabulary gives its layers",
      ],
    ] as const
  ) {
    await assertRejects(call, Kind, sentence);
  }
});
