/** ONNX: chains of nodes, what is refused with its reason, and damaged files. Its answers: import_test.ts. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeModel, encodeModel, openDevice, predict, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { languageModelOf } from "../../src/exchange/import_model/language_model.ts";
import { readGraph } from "../../src/exchange/import_model/onnx/graph.ts";
import { chainModel, readOnnx } from "../../src/exchange/import_model/onnx/onnx.ts";
import { Messages, MOST_FIELDS } from "../../src/exchange/import_model/onnx/protobuf.ts";
import type { OnnxTensor } from "../../src/exchange/import_model/onnx/tensor.ts";
import type { PlainModel } from "../../src/exchange/import_model/plain.ts";
import { Random } from "../../src/random.ts";
import { mutateBytes } from "../fuzz/mutate.ts";
import { unpacked } from "../frameworks/golden.ts";
import {
  BEFORE,
  BEHIND,
  BOTH,
  CELL,
  cell,
  DENSE,
  floats,
  integers,
  type Node,
  PICKED,
  read,
  REST,
  TABLE,
  TURN,
} from "./onnx_graphs.ts";

const NAME = "onnx_torch_lstm_language.onnx";
const LSTM = await unpacked(NAME);
const WEIGHTS = await unpacked(`${NAME}.data`);

Deno.test("a chain of nodes is layers, in whichever way exporters write it", () => {
  const kinds = ({ layers }: PlainModel): string => layers.map(({ kind }) => kind).join();
  const chains: [nodes: Node[], layers: string, tensors?: OnnxTensor[], more?: Parameters<typeof read>[2]][] =
    [
      [[...BEFORE!, ...REST], "embedding,recurrent,dense"],
      [[...BEFORE!, ...REST], "embedding,recurrent,dense", [], { shape: [undefined, undefined] }],
      [[...BEFORE!, ...BEHIND!, ["Gemm b,KT,k -> out", { transB: 1 }]], "embedding,recurrent,dense", [
        floats("KT", 8, 3),
      ]],
      [
        [...BEFORE!, ...BEHIND!, ["Transpose KT -> turned"], ["MatMul b,turned -> out"]],
        "embedding,recurrent,dense",
        [floats("KT", 8, 3)],
      ],
      [
        [["Cast x -> i", { to: 7 }], ["Gather table,i -> e"], TURN, CELL, ...REST],
        "embedding,recurrent,dense",
      ],
      [
        [...BEFORE!, ...REST.slice(0, -1), ["Add k,p -> q"], ["Softmax q -> out", { axis: 2 }]],
        "embedding,recurrent,dense,activation",
      ],
      [
        [...BEFORE!, ["Gather h,0 -> g"], ["Squeeze g -> gg"], ["Gelu gg -> out", { approximate: ["tanh"] }]],
        "embedding,recurrent,activation",
      ],
      [
        [...BEFORE!, ...BEHIND!, ["Gather b,last -> g", { axis: 1 }], ["Squeeze g,1 -> out"]],
        "embedding,recurrent",
      ],
      [[...BEFORE!, ["Squeeze y -> out"]], "embedding,recurrent"],
      [[...BEFORE!, ["Concat c,h -> all", { axis: 0 }], ["Gather all,-1 -> out"]], "embedding,recurrent"],
      [[...PICKED, ["Concat there,back -> out", { axis: -1 }]], "embedding,recurrent"],
      [[...BEFORE!, ["Squeeze y -> z", { axes: [1] }], ["Unsqueeze z -> u", { axes: [0] }], [
        "Squeeze u -> out",
      ]], "embedding,recurrent"],
    ];
  for (const [nodes, layers, tensors, more] of chains) {
    assertEquals(kinds(read(nodes, tensors, more)), layers);
  }
});

Deno.test("a recurrent node of rows first reads rows of steps, and gives such", () => {
  const first = { layout: 1 };
  const dense: Node[] = [["Squeeze y,2 -> b"], ...DENSE];
  const both: Node = ["LSTM e,W2,R2 -> y,h,c", { ...first, direction: ["bidirectional"] }];
  const two = integers("2", 2);
  const [numbers, joined] = [integers("numbers", 0, -1), integers("joined", 0, 0, -1)];
  for (
    const [nodes, batchFirst, outputs, notes] of [
      [[TABLE, ["LSTM e,W,R -> y,h,c", first], ...dense], true, "all", 0],
      [[TABLE, TURN, ["LSTM s,W,R -> y,h,c", first], ...dense], false, "all", 1],
      [[TABLE, both, ["Reshape h,numbers -> out"]], true, "last", 0],
      [[TABLE, both, ["Reshape y,joined -> out"]], true, "all", 0],
    ] as [Node[], boolean, string, number][]
  ) {
    const plain = read(nodes, [two, numbers, joined]);
    const layer = plain.layers[1]!;
    assertEquals(
      [plain.batchFirst, "outputs" in layer && layer.outputs, plain.notes.length],
      [batchFirst, outputs, notes],
    );
  }
});

Deno.test("a transposition of weights that keeps the order of axes turns nothing", () => {
  for (const [perm, ...shape] of [[[0, 1], 3, 8], [[1, 0], 8, 3], [undefined, 8, 3]] as const) {
    const turn: Node = ["Transpose S -> turned", perm ? { perm: [...perm] } : {}];
    const nodes: Node[] = [...BEFORE!, ...BEHIND!, turn, ["MatMul b,turned -> out"]];
    const { layers } = read(nodes, [floats("S", ...shape)]);
    const dense = layers.at(-1)!;
    assertEquals("arrays" in dense && dense.arrays["weight"]!.shape, [8, 3]);
  }
});

Deno.test("what a graph does that no layer does is refused, by the node's name", () => {
  const flat: Node[] = [["Transpose y -> t", { perm: [0, 2, 1, 3] }], ["Reshape t,flat -> z"]];
  const joined: Node[] = [TABLE, TURN, BOTH, ...flat];
  const shape = integers("flat", 0, 0, -1);
  const refused: [
    nodes: Node[],
    sentence: string,
    tensors?: OnnxTensor[],
    more?: Parameters<typeof read>[2],
  ][] = [
    [cell("LSTM s,W,R -> y", { clip: 2.5 }), '"y" has clip 2.5'],
    [cell("LSTM s,W,R -> y", { input_forget: 1 }), "input_forget"],
    [cell("LSTM s,W,R,,,,,k -> y"), "peepholes"],
    [cell("LSTM s,W,R,,k -> y"), "sequence_lens"],
    [cell("LSTM s,W,R -> y", { direction: ["reverse"] }), "reads backwards"],
    [cell("LSTM s,W,R -> y", { hidden_size: 4 }), "has hidden_size 4, and weights of 3"],
    [
      cell("LSTM s,W,R -> y", { activations: ["Sigmoid", "Tanh", "Softsign"] }),
      'has the activation "Softsign"',
    ],
    [cell("LSTM s,W,R -> y", { activations: ["Sigmoid"] }), "must have 3 activations: it has 1"],
    [
      cell("LSTM s,W,R -> y", { activations: ["HardSigmoid", "Tanh", "Tanh"], activation_alpha: [0.25] }),
      "alpha 0.25",
    ],
    [cell("GRU s,W,R -> y"), "must be of shape (1, 9, 4): current shape is (1, 12, 4)"],
    [cell("LSTM s,W,R,,,zeros,wide -> y"), "dropped weight_hr", [floats("wide", 1, 2, 5)]],
    [cell("LSTM s,W,R,,,y -> y"), "states stay within a layer"],
    [cell("LSTM s,W,R,,,sums -> y").concat([["Exp state -> sums"]]), "begins with a state that is computed"],
    [cell("LSTM s,s,R -> y"), '"s" is computed: weights must lie in the file'],
    [
      [TABLE, ["LSTM e,W,R -> y"], ["Squeeze y,1 -> z"], ["Transpose z -> s", { perm: [1, 0, 2] }], [
        "LSTM s,V,R -> v",
      ], ["Squeeze v,1 -> out"]],
      "in the order of the layer before",
      [floats("V", 1, 12, 3)],
    ],
    [[...BEFORE!, ...BEHIND!, ["Add b,b -> out"]], '"out" reads two tensors that are computed (Add)'],
    [[...BEFORE!, ["Concat y,y -> out"]], "joins several tensors"],
    [[...PICKED, ["Concat back,there -> out", { axis: -1 }]], "joins several tensors"],
    [[...PICKED, ["Concat there,back -> out", { axis: 0 }]], "joins several tensors"],
    [[TABLE, TURN, BOTH, ["Gather h,-1 -> out"]], "one of two directions"],
    [[...BEFORE!, ["Squeeze c -> out"]], "gives its cell state"],
    [
      [...BEFORE!, ["LayerNormalization y -> out"]],
      '"out" is "LayerNormalization", which refrain does not have',
    ],
    [[...BEFORE!, ["Relu@mine y -> out"]], '"mine.Relu"'],
    [[...BEFORE!, ["Gather y,1 -> out"]], "it takes step 1 of 7, and not the last"],
    [[...BEFORE!, ["Gather y,last -> out", { axis: 2 }]], "an axis that is not time"],
    [[...joined, ["Gather z,last -> out"]], "takes the last step of both directions", [shape]],
    [[TABLE, TURN, BOTH, ["Gather y,0 -> out", { axis: 1 }]], "one of two directions"],
    [[...BEFORE!, ["Slice y,0,1 -> out"]], "it takes elements 0 to 1 of 7"],
    [[...BEFORE!, ["Reshape y,cut -> out"]], "cuts through axes", [integers("cut", 3, -1)]],
    [[...BEFORE!, ["Reshape y,h -> out"]], '"h", which is computed'],
    [[...BEFORE!, ["Transpose y -> out", { perm: [0, 0, 1, 2] }]], "no order of axes"],
    [[...BEFORE!, ["Squeeze y,0 -> out"]], "more than one element"],
    [[...BEFORE!, ["Cast y -> out", { to: 7 }]], "numbers of another type"],
    [[...BEFORE!, ["Cast y -> out"]], "numbers of another type"],
    [
      [...BEFORE!, ...BEHIND!, ["Cast K -> N", { to: 10 }], ["MatMul b,N -> out"]],
      '"N" is computed: weights must lie in the file',
    ],
    [[["OneHot x,depth,K -> e"], TURN, CELL, ...REST], "makes no one-hot rows", [integers("depth", 4)]],
    [[...BEFORE!, ...BEHIND!, ["MatMul K,b -> out"]], "from the left"],
    [[...BEFORE!, ...BEHIND!, ["Gemm b,K -> out", { alpha: 2 }]], "has alpha 2 and beta 1"],
    [[...BEFORE!, ...BEHIND!, ["Add b,k -> out"]], "not behind a product"],
    [[...BEFORE!, ...BEHIND!, ["MatMul b,K -> p"], ["Add p,K -> out"]], "other numbers than a bias"],
    [[...BEFORE!, ["Softmax y -> out", { axis: 0 }]], "is over axis 0"],
    [[["Relu x -> out"]], '"out" (Relu) reads ids'],
    [[["MatMul x,K -> a"], ["MatMul a,K -> out"]], "as PyTorch's exporter unrolls nn.RNN"],
    [[["Gather table,x -> out", { axis: 1 }]], "no embedding"],
    [[CELL, ["Squeeze nothing -> out"]], 'nothing makes "nothing"'],
    [[CELL, ["Squeeze b -> a"], ["Squeeze a -> b"], ["Squeeze b -> out"]], "is made of itself"],
    [[CELL, CELL], 'two nodes make "y"'],
    [[TABLE], "its graph gives nothing", [], { outputs: [] }],
    [[...BEFORE!, ...REST], "must have 2 axes: it has 1", [], { shape: [2] }],
    [[...BEFORE!, ...REST], "must have 3 axes: it has 2", [], { type: 1 }],
    [[...BEFORE!, ...REST], "neither of ids nor of floating-point numbers", [], { type: 9 }],
    [[...BEFORE!, ...REST], "it is of opset 6", [], { opset: 6 }],
    [[...BEFORE!, ...REST], '"K" is INT8: save the model in float32', [{ ...floats("K", 3, 8), type: 3 }]],
    [[...BEFORE!, ...REST], '"K" has 96 bytes: by its shape it has 48', [{
      ...floats("K", 3, 8),
      type: 10,
    }]],
    [[...BEFORE!, ...REST], '"K" has its numbers of FLOAT16 one by one: save them as raw_data', [{
      ...floats("K", 3, 8),
      type: 10,
      isOneByOne: true,
    }]],
    [[...BEFORE!, ...REST], '"K" has 0 bytes: by its shape it has 96', [{
      ...floats("K", 3, 8),
      raw: undefined,
    }]],
  ];
  for (const [nodes, sentence, tensors, more] of refused) {
    const error = assertThrows(() => read(nodes, tensors, more), Error, undefined, sentence);
    assert(error.message.startsWith("Cannot import the model as "), error.message);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
  }
});

Deno.test("ids (T, B) are a language model where a vocabulary tells, states and other outputs are notes", () => {
  const last: Node[] = [TABLE, ["LSTM e,W,R,,,state,state -> y,h,c"], ["Squeeze y,1 -> b"], ...DENSE];
  const plain = read(last, [], { outputs: ["out", "h"] });
  assertEquals(plain.notes, [
    'its inputs "state" are states, which layers keep here',
    'of its outputs only the first is read, "out"',
  ]);
  assertEquals(languageModelOf(plain, undefined), "it reads ids of all rows a step (time_major)");
  const language = languageModelOf(plain, 8);
  assertEquals(typeof language === "string" ? language : language.notes, [
    "it reads ids (T, B) there: here they are (B, T)",
  ]);
});

Deno.test("a language model of PyTorch goes on with a text; the file of its weights is asked for", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefgh");
  const files = { [NAME]: LSTM, [`${NAME}.data`]: WEIGHTS };
  const { model, framework, version } = await importModel(files, device, { vocabulary });
  assert(model instanceof RNNModel);
  assertEquals([framework, version], ["onnx", "opset 20"]);
  const text = await predict(model, vocabulary, "ab", 5);
  const again = await decodeModel(await encodeModel(model, vocabulary), device);
  assertEquals(await predict(again.model, vocabulary, "ab", 5), text);
  const file = { name: NAME, bytes: LSTM };
  assertThrows(() => readOnnx([file]), TypeError, `its weights are in "${NAME}.data": give that file too`);
  const cut = { name: `${NAME}.data`, bytes: WEIGHTS.subarray(0, 100) };
  assertThrows(() => readOnnx([file, cut]), SyntaxError, `"${NAME}.data" ends before `);
});

Deno.test("messages that are cut off, deep, of huge sizes or of many fields are told as such", () => {
  const fields = (...bytes: number[]) => [...new Messages().fields(Uint8Array.of(...bytes))];
  assertEquals(fields(8, 0x96, 1)[0]?.value, 150);
  const negative = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
  assertEquals(fields(8, ...negative)[0]?.value, -1);
  for (
    const [bytes, sentence] of [
      [[8, ...Array(20).fill(0x80)], "a number in it has no end"],
      [[10, 5, 1], "a field in it is cut off"],
      [[10, ...negative], "a field in it is cut off"],
      [[10, ...negative.slice(0, -2), 0x7f], "a field in it is cut off"],
      [[11], "is of type 3, which nothing writes"],
      [[2, 0], "has the number 0"],
    ] as const
  ) {
    assertThrows(() => fields(...bytes), SyntaxError, sentence);
  }
  const many = new Uint8Array(2 * MOST_FIELDS + 2).map((_, i) => i % 2 === 0 ? 8 : 1);
  assertThrows(() => [...new Messages().fields(many)], TypeError, `more than ${MOST_FIELDS} fields`);
  // A graph in a node's attribute, and so on, 100,000 deep: nobody goes there.
  let deep = new Uint8Array(0);
  const wrap = (number: number, inner: Uint8Array): Uint8Array => {
    const { length } = inner;
    const size = [length % 128 + 128, (length >> 7) % 128 + 128, (length >> 14) % 128 + 128, length >> 21];
    return Uint8Array.of(8 * number + 2, ...size, ...inner);
  };
  for (let i = 0; i < 500; i++) deep = new Uint8Array(wrap(1, wrap(5, wrap(6, deep))));
  assertEquals(readGraph(wrap(7, deep)).nodes.length, 1);
});

Deno.test("damaged files of ONNX are told in a sentence", () => {
  const random = new Random(7);
  let refused = 0;
  for (let i = 0; i < 500; i++) {
    const isData = i % 5 === 0;
    const files = [{ name: NAME, bytes: isData ? LSTM : mutateBytes(LSTM, random) }, {
      name: `${NAME}.data`,
      bytes: isData ? mutateBytes(WEIGHTS, random) : WEIGHTS,
    }];
    try {
      chainModel(readGraph(files[0]!.bytes), files);
    } catch (error) {
      assert(error instanceof SyntaxError || error instanceof TypeError, String(error));
      assert(error.message.startsWith("Cannot import the model as "), String(error.stack));
      refused++;
    }
  }
  assert(refused > 100, `${refused}`);
});
