/** Files of layers that PyTorch does not have: what they say, and that nobody takes them for others. @module */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  decodeModel,
  encodeModel,
  type GateActivation,
  GRU,
  LSTM,
  openDevice,
  predict,
  RNNModel,
} from "../../mod.ts";
import { configOf } from "../../src/model/config.ts";
import { checkMarks, readMarks } from "../../src/exchange/marks.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/files/safetensors.ts";
import { gru, H, UNTOUCHED, V, VOCABULARY, zeros } from "../support/state_dicts.ts";
import { lacksPython, python } from "../support/python.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const SIZES = { inputSize: V, hiddenSize: H, seed: 3 };
const FORMS: readonly [resetAfter: boolean, gateActivation: GateActivation, marks: string[]][] = [
  [true, "sigmoid", []],
  [false, "sigmoid", ["rnn.reset_before"]],
  [true, "hardSigmoid5", ["rnn.hard_sigmoid_5"]],
  [false, "hardSigmoid6", ["rnn.hard_sigmoid_6", "rnn.reset_before"]],
];

for (const [resetAfter, gateActivation, marks] of FORMS) {
  Deno.test(`a file tells its form: resetAfter ${resetAfter}, gates ${gateActivation}`, async () => {
    using device = await openDevice("wasm", { threads: 1 });
    const form = { resetAfter, gateActivation };
    using model = new RNNModel(new GRU(device, { ...SIZES, ...form }), V);
    const bytes = await encodeModel(model, VOCABULARY);
    const { tensors, metadata } = decodeSafetensors(bytes);
    const own = Object.keys(await model.stateDict());
    assertEquals(Object.keys(tensors).filter((name) => !own.includes(name)).sort(), marks);
    const stated = JSON.parse(metadata["refrain.config"]!).layer;
    const names = Object.keys(form).filter((name) => name in stated);
    assertEquals(names.length, marks.length, "a plain layer's file is one of versions that know no other");

    const text = await predict(model, VOCABULARY, "ab", 20);
    for (const file of [bytes, encodeSafetensors(tensors, {})]) { // as a program writes it that drops metadata
      const { model: read } = await decodeModel(file, device, { vocabulary: VOCABULARY });
      using again = read;
      assertEquals(configOf(again), configOf(model));
      assertEquals(await predict(again, VOCABULARY, "ab", 20), text);
    }
    if (marks.length === 0) return;
    const { [marks[0]!]: _, ...bare } = tensors;
    await assertRejects(
      () => decodeModel(encodeSafetensors(bare, metadata), UNTOUCHED, { verify: false }),
      TypeError,
      "Cannot load the model as its configuration says ",
    );
  });
}

Deno.test("marks that contradict a layer or each other are refused", async () => {
  const mark = zeros(1);
  assertThrows(
    () => readMarks({ "rnn.hard_sigmoid_5": mark, "rnn.hard_sigmoid_6": mark }),
    TypeError,
    "Cannot load the model as it is marked with two activations of gates",
  );
  assertThrows(
    () =>
      checkMarks({ resetAfter: true, gateActivation: "sigmoid" }, {
        resetAfter: false,
        gateActivation: "sigmoid",
      }),
    TypeError,
    "Cannot load the model as its configuration says resetAfter true, and its tensors are marked as false",
  );
  const rows = (count: number) => ({
    "rnn.weight_ih_l0": zeros(count * H, V),
    "rnn.weight_hh_l0": zeros(count * H, H),
    "rnn.bias_ih_l0": zeros(count * H),
    "rnn.bias_hh_l0": zeros(count * H),
  });
  const wrong = [
    { file: gru({ ...rows(4), "rnn.reset_before": mark }), layer: "an LSTM" },
    { file: gru({ ...rows(1), "rnn.hard_sigmoid_5": mark }), layer: "an RNN" },
  ];
  for (const { file, layer } of wrong) {
    await assertRejects(
      () => decodeModel(encodeSafetensors(file, {}), UNTOUCHED, { vocabulary: VOCABULARY }),
      TypeError,
      `Cannot load the model as its tensors are marked as of another layer than ${layer}`,
    );
  }
});

Deno.test({
  name: "PyTorch names the mark in place of a wrong model",
  ignore: await lacksPython(["torch", "safetensors"], "no file is loaded by PyTorch"),
  fn: async () => {
    await using folder = await temporaryFolder();
    using device = await openDevice("wasm", { threads: 1 });
    using model = new RNNModel(new LSTM(device, { ...SIZES, gateActivation: "hardSigmoid5" }), V);
    const path = `${folder.path}/model.safetensors`;
    await Deno.writeFile(path, await encodeModel(model, VOCABULARY));
    const script = `import sys
from safetensors.torch import load_file
from torch import nn
model = nn.ModuleDict({"rnn": nn.LSTM(${V}, ${H}), "dense": nn.Linear(${H}, ${V})})
try:
    model.load_state_dict(load_file(sys.argv[1]))
except RuntimeError as error:
    print(error)
`;
    const said = await python("-c", script, path);
    assertEquals(said.includes('Unexpected key(s) in state_dict: "rnn.hard_sigmoid_5".'), true, said);
  },
});
