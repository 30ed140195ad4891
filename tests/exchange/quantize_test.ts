/** A model's file with smaller weights: what it gives back, who else reads it, and what is refused. @module */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Adam,
  type Device,
  generate,
  type Int8Weights,
  openDevice,
  quantize,
  type RNNModel,
  Vocabulary,
} from "../../mod.ts";
import { decodeModel, encodeModel } from "../../src/exchange/model_file.ts";
import { BLANK, PROOF, seal } from "../../src/files/proof.ts";
import { decodeSafetensors, encodeSafetensors, type WrittenTensor } from "../../src/files/safetensors.ts";
import { KINDS } from "../../src/layers/recurrent/cell.ts";
import { fromInt8, toInt8 } from "../../src/tensors/int8.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { assertNoneTaken } from "../support/flipped_bits.ts";
import { makeModel } from "../support/language_models.ts";
import { lacksPython, python } from "../support/python.ts";
import { UNTOUCHED } from "../support/state_dicts.ts";
import { testEach } from "../support/test_each.ts";

const VOCABULARY = Vocabulary.fromText("床前明月光，疑是地上霜。");
const V = VOCABULARY.size;
const ORIGIN = { epoch: 3, step: 17, corpus: "0123456789abcdef".repeat(4) };

async function textOf(model: RNNModel): Promise<string> {
  let text = "";
  for await (const one of generate(model, VOCABULARY, { prefix: "床前", length: 40, seed: 1 })) {
    text += one.text;
  }
  return text;
}

/** The file of a small model. */
async function fileOf(device: Device, options: Partial<Parameters<typeof makeModel>[1]> = {}) {
  using model = makeModel(device, { vocabularySize: V, ...options });
  return await encodeModel(model, VOCABULARY, ORIGIN);
}

Deno.test("rows become int8 by half a scale at most, the largest number by none", () => {
  const rows = [[1, -0.3, 0.004], [-2, 1.999, 0], [0, 0, 0], [1e-44, -1e-44, 0], [3e38, -3e38, 1e38]];
  const data = Float32Array.from(rows.flat());
  const matrix = toInt8({ shape: [5, 3], data });
  const widened = fromInt8(matrix);
  assertEquals([...matrix.data], [127, -38, 1, -127, 127, 0, 0, 0, 0, 0, 0, 0, 127, -127, 42]);
  assertEquals([...matrix.scale.subarray(2, 4)], [1, 1]);
  for (let row = 0; row < 5; row++) {
    for (let i = 3 * row; i < 3 * row + 3; i++) {
      assert(Math.abs(widened[i]! - data[i]!) <= 0.5001 * matrix.scale[row]!, `element ${i}`);
    }
  }
});

for (const cell of KINDS) {
  testEach(
    `a model of int8 is what its file says, writes a text, and gives that file: ${cell}`,
    async (device) => {
      for (const options of [{}, { numLayers: 2, bias: false, ...cell === "lstm" && { projSize: 5 } }]) {
        const bytes = await fileOf(device, { cell, ...options });
        const { tensors } = decodeSafetensors(bytes);
        const small = await quantize(bytes);
        const { model, vocabulary, formatVersion, origin } = await decodeModel(small, device);
        using taken = model;
        const weights = await taken.stateDict();
        const int8 = taken.int8Weights();
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          const matrix = int8[name];
          assertEquals(matrix !== undefined, shape.length === 2, name);
          assertEquals(
            weights[name],
            { shape, data: matrix ? fromInt8(toInt8({ shape, data })) : data },
            name,
          );
        }
        assertEquals([vocabulary.tokens, formatVersion], [VOCABULARY.tokens, 4]);
        const { refrain: _, ...rest } = origin;
        assertEquals(rest, ORIGIN);
        assertEquals((await textOf(taken)).length, 40);
        assertEquals(await encodeModel(taken, vocabulary, ORIGIN), small);
      }
    },
  );
}

Deno.test("float16 rounds each weight, and is trained as any other model", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const bytes = await fileOf(device, { cell: "gru" });
  const { model, formatVersion } = await decodeModel(await quantize(bytes, { to: "f16" }), device);
  using taken = model;
  assertEquals([formatVersion, Object.keys(taken.int8Weights())], [3, []]);
  const weights = await taken.stateDict();
  for (const [name, { data }] of Object.entries(decodeSafetensors(bytes).tensors)) {
    assertEquals(weights[name]!.data, data.map((value) => Math.f16round(value)), name);
  }
  using _ = new Adam(taken.parameters());
});

Deno.test("files of int8 and float16 are a quarter and a half as large", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const characters = Array.from({ length: 1027 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  for (
    const [hiddenSize, vocabularySize, int8, f16] of [[256, 1027, 0.27, 0.51], [64, 65, 0.31, 0.56]] as const
  ) {
    const vocabulary = Vocabulary.fromJSON(characters.slice(0, vocabularySize));
    for (const cell of KINDS) {
      using model = makeModel(device, { cell, vocabularySize, hiddenSize });
      const bytes = await encodeModel(model, vocabulary);
      for (const [to, most] of [["int8", int8], ["f16", f16]] as const) {
        const share = (await quantize(bytes, { to })).length / bytes.length;
        assert(share <= most, `${cell} ${hiddenSize} ${to}: ${share}`);
      }
    }
  }
});

Deno.test("what cannot be quantized is refused, and so is training from int8", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  using model = makeModel(device, { vocabularySize: V });
  const bytes = await encodeModel(model, VOCABULARY);
  const small = await quantize(bytes);
  const again = "Cannot quantize the model as its weights are int8: name the one that it was made of";
  for (const to of ["int8", "f16"] as const) {
    await assertRejects(() => quantize(small, { to }), TypeError, again);
  }
  await assertRejects(
    () => quantize(bytes, { to: "int4" as "int8" }),
    RangeError,
    'Cannot quantize the model to "int4": weights become int8 or f16',
  );
  await assertRejects(
    () => quantize(encodeSafetensors(decodeSafetensors(bytes).tensors)),
    TypeError,
    "Cannot quantize the model as its file has no vocabulary",
  );
  const weights = await model.stateDict();
  weights["dense.bias"]!.data[2] = -65_520;
  model.loadStateDict(weights);
  await assertRejects(
    async () => quantize(await encodeModel(model, VOCABULARY), { to: "f16" }),
    RangeError,
    'to f16 as weights "dense.bias" must be within 65,504: element 2 is -65520; int8 takes them',
  );
  const { model: taken } = await decodeModel(small, device);
  using int8 = taken;
  assertThrows(
    () => new Adam(int8.parameters()),
    TypeError,
    "Cannot make Adam of weights of int8: train the model that they were made of, and quantize it again",
  );
  int8.loadStateDict(await model.stateDict());
  assertEquals(Object.keys(int8.int8Weights()), []);
  using _ = new Adam(int8.parameters());
});

/** The tensors of a file of int8. */
function tensorsOf(bytes: Uint8Array): Record<string, WrittenTensor> {
  const { tensors, int8 } = decodeSafetensors(bytes);
  return { ...tensors, ...int8 };
}

Deno.test("scales that are missing, of other rows, zero or not finite are one sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const small = await quantize(await fileOf(device, { cell: "rnn" }));
  const metadata = { ...decodeSafetensors(small).metadata, [PROOF]: BLANK };
  const all = tensorsOf(small);
  const weight = "rnn.weight_hh_l0";
  const scale = `${weight}.scale`;
  const { [scale]: _, ...without } = all;
  const withScale = (...numbers: number[]) => {
    const data = Float32Array.from({ length: 11 }, (_, i) => numbers[i] ?? 1);
    return { ...all, [scale]: { shape: [11], data } };
  };
  const refusals: [Record<string, WrittenTensor>, string][] = [
    [without, `weights "${weight}" of int8 lack their scales "${scale}"`],
    [withScale(1, 0), `scales "${scale}" must be positive and finite: element 1 is 0`],
    [withScale(NaN), `scales "${scale}" must be positive and finite: element 0 is NaN`],
    [withScale(1, 1, -2), `scales "${scale}" must be positive and finite: element 2 is -2`],
    [withScale(Infinity), `scales "${scale}" must be positive and finite: element 0 is Infinity`],
    [withScale(3.4e38), `weights "${weight}" are not all finite`],
    [
      { ...all, [scale]: { shape: [10], data: new Float32Array(10) } },
      `scales "${scale}" must be of shape (11,), one a row: current shape is (10,)`,
    ],
    [
      { ...all, [scale]: { shape: [11, 1], data: new Float32Array(11) } },
      `scales "${scale}" must be of shape (11,), one a row: current shape is (11, 1)`,
    ],
    [
      { ...all, "dense.bias": { shape: [V], data: new Int8Array(V) } },
      'weights "dense.bias" of int8 lack their scales "dense.bias.scale"',
    ],
    [
      {
        ...all,
        "dense.bias": { shape: [V], data: new Int8Array(V) },
        "dense.bias.scale": { shape: [V], data: new Float32Array(V).fill(1) },
      },
      `weights "dense.bias" of int8 must be a matrix: current shape is (${V},)`,
    ],
  ];
  for (const [tensors, sentence] of refusals) {
    const file = await seal(encodeSafetensors(tensors, metadata));
    await assertRejects(
      () => decodeModel(file, UNTOUCHED),
      SyntaxError,
      `Cannot read the model: ${sentence}`,
    );
  }
  const alone = { ...all, "x.scale": { shape: [1], data: Float32Array.of(1) } };
  const file = await seal(encodeSafetensors(alone, metadata));
  await assertRejects(() => decodeModel(file, UNTOUCHED), TypeError, 'unexpected keys "x.scale"');
});

Deno.test("int8 of another program has scales too, and without them is of whole numbers", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const all = tensorsOf(await quantize(await fileOf(device, { cell: "lstm" })));
  const bare = Object.fromEntries(
    Object.entries(all).map(([name, tensor]) => [name.replace("rnn.", "net."), tensor]),
  );
  const { model } = await decodeModel(encodeSafetensors(bare), device, { vocabulary: VOCABULARY });
  using taken = model;
  const int8: Int8Weights = taken.int8Weights();
  assertEquals(Object.keys(int8), ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "dense.weight"]);
  assertEquals(int8["rnn.weight_hh_l0"]!.data, all["rnn.weight_hh_l0"]!.data);
  const { "dense.weight.scale": _, ...without } = bare;
  await assertRejects(
    () => decodeModel(encodeSafetensors(without), UNTOUCHED, { vocabulary: VOCABULARY }),
    TypeError,
    'weights must not be whole numbers, save them with .float(): "dense.weight" is of type "I8"',
  );
});

Deno.test("other programs' numbers of -128 and scales of float16 stand for what they say", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const small = await quantize(await fileOf(device, { cell: "gru" }));
  const { metadata } = decodeSafetensors(small);
  const all = tensorsOf(small);
  const name = "dense.weight";
  const [rows, columns] = all[name]!.shape as [number, number];
  all[name] = { shape: [rows, columns], data: new Int8Array(rows * columns).fill(-128) };
  all[`${name}.scale`] = { shape: [rows], data: new Float32Array(rows).fill(0.25), half: true };
  const file = await seal(encodeSafetensors(all, { ...metadata, [PROOF]: BLANK }));
  const { model } = await decodeModel(file, device);
  using taken = model;
  const { [name]: weight } = await taken.stateDict();
  assertEquals([...new Set(weight!.data)], [-32]);
  assertEquals((await textOf(taken)).length, 40);
});

Deno.test("int8 among the weights of a file of float32 or float16 is refused", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const bytes = await fileOf(device, { cell: "gru" });
  for (const file of [bytes, await quantize(bytes, { to: "f16" })]) {
    const { metadata, tensors } = decodeSafetensors(file);
    const { shape } = tensors["dense.weight"]!;
    const numbers = { shape, data: new Int8Array(shape[0]! * shape[1]!) };
    const mixed = encodeSafetensors({ ...tensors, "dense.weight": numbers }, { ...metadata, [PROOF]: BLANK });
    await assertRejects(
      async () => await decodeModel(await seal(mixed), UNTOUCHED),
      SyntaxError,
      'Cannot read the model: weights "dense.weight" of int8 lack their scales "dense.weight.scale"',
    );
  }
});

Deno.test("of the bits of a file of int8 none can be turned", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const read = (bytes: Uint8Array): Promise<unknown> => decodeModel(bytes, UNTOUCHED);
  const small = await quantize(await fileOf(device, { cell: "rnn", hiddenSize: 1 }));
  await assertNoneTaken(small, { read, count: 1500 });
});

Deno.test({
  name: "Python's safetensors opens files of int8 and float16, and writes the same bytes",
  ignore: await lacksPython(["torch", "safetensors", "numpy"], "the files are not opened there"),
  fn: async () => {
    await using folder = await temporaryFolder();
    using device = await openDevice("wasm", { threads: 1 });
    const bytes = await fileOf(device, { cell: "lstm", numLayers: 2, projSize: 5 });
    const script = `
import json, sys
from safetensors import safe_open
from safetensors.torch import load_file, save_file
path = sys.argv[1]
with safe_open(path, framework="numpy") as file:
    types = {name: str(file.get_tensor(name).dtype) for name in file.keys()}
tensors = load_file(path)
save_file(tensors, path + ".again")
weights = {}
for name, tensor in tensors.items():
    scale = tensors.get(name + ".scale")
    if not name.endswith(".scale"):
        weights[name] = (tensor.float() if scale is None else tensor.float() * scale[:, None]).flatten().tolist()
print(json.dumps({"types": types, "weights": weights}))`;
    for (const to of ["int8", "f16"] as const) {
      const small = await quantize(bytes, { to });
      const path = `${folder.path}/${to}.safetensors`;
      await Deno.writeFile(path, small);
      const { types, weights } = JSON.parse(await python("-c", script, path));
      const { model } = await decodeModel(small, device);
      using taken = model;
      const expected = Object.entries(await taken.stateDict());
      assertEquals(weights, Object.fromEntries(expected.map(([name, { data }]) => [name, [...data]])));
      const matrix = to === "int8" ? "int8" : "float16";
      assertEquals(types["dense.weight"], matrix);
      assertEquals(types["dense.bias"], to === "int8" ? "float32" : "float16");
      assertEquals(
        encodeSafetensors(halved(tensorsOf(small), to === "f16")),
        await Deno.readFile(`${path}.again`),
      );
    }
  },
});

/** Float32 numbers as float16, where a file has them so. */
function halved(tensors: Record<string, WrittenTensor>, half: boolean): Record<string, WrittenTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, half }]));
}
