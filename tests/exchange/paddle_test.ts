/** Files of paddle.save(): which names are whose, and what is refused. Answers: import_test.ts. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { unpacked } from "../frameworks/golden.ts";
import { faultOf } from "../fuzz/door.ts";
import { dictionary, integer, type Operations, pickle, text, word } from "./pickles.ts";

const VOCABULARY = Vocabulary.fromText("abcde");

/** An LSTM of 3 units over 5 tokens, one-hot, and its linear layer. */
const SHAPES: Readonly<Record<string, number[]>> = {
  "rnn.weight_ih_l0": [12, 5],
  "rnn.weight_hh_l0": [12, 3],
  "rnn.bias_ih_l0": [12],
  "rnn.bias_hh_l0": [12],
  "out.weight": [3, 5],
};

/** An array of zeros. */
function array(
  shape: readonly number[],
  { type = "f4", order = "<", bytes = 4, text: latin1 = "" } = {},
): Operations {
  const length = bytes * shape.reduce((a, b) => a * b, 1);
  return [
    ["cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n", integer([0]), "C", 1, "btR("],
    [integer(1), integer(shape), "cnumpy\ndtype\n(", text(type), 0x89, 0x88, "tR("],
    [integer(3), text(order), "NNN", integer(-1), integer(-1), integer(0), "tb"],
    [
      0x89,
      latin1
        ? ["c_codecs\nencode\n(", text(latin1), text("latin1"), "tR"]
        : ["B", word(length), "\0".repeat(length)],
    ],
    "tb",
  ];
}

/** A file of such arrays, some of them others, and of their own names. */
function file(
  others: Readonly<Record<string, Operations>> = {},
  own: Record<string, string> = {},
): Uint8Array {
  const arrays = Object.entries(SHAPES).map(([name, shape]) => [name, array(shape)] as const);
  const names = dictionary(
    Object.fromEntries(Object.entries(own).map(([name, value]) => [name, text(value)])),
  );
  const table = { "StructuredToParameterName@@": names };
  return pickle(dictionary({ ...Object.fromEntries(arrays), ...others, ...table }));
}

Deno.test("Paddle's own names or a bias tell a linear layer, whose matrix is transposed; doubles are dropped", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const doubles = { "rnn.0.cell.weight_ih": array([12, 5]), "rnn.0.cell.bias_hh": array([12]) };
  for (
    const bytes of [
      file(doubles, { "out.weight": "linear_0.w_0" }),
      file({ ...doubles, "out.bias": array([5]) }),
      file({ "out.bias": array([5]), "table.weight": array([5, 5]) }, { "table.weight": "eager_tmp_3" }),
      file({
        "out.bias": array([5]),
        "rnn.0.cell.weight_hh": array([12, 3]),
        steps: array([1], { type: "i8", bytes: 8 }),
      }),
    ]
  ) {
    const { model, framework } = await importModel({ a: bytes }, device, { vocabulary: VOCABULARY });
    assertEquals([framework, model instanceof RNNModel], ["paddle", true]);
    model[Symbol.dispose]();
  }
});

Deno.test("biases that a layer goes without stand in its cell, where Paddle has zeros", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { "rnn.bias_ih_l0": _, "rnn.bias_hh_l0": __, ...shapes } = SHAPES;
  const arrays = Object.entries({ ...shapes, "rnn.0.cell.bias_ih": [12], "rnn.0.cell.bias_hh": [12] });
  const members = Object.fromEntries(arrays.map(([name, shape]) => [name, array(shape)]));
  const table = dictionary({ "out.weight": text("linear_0.w_0") });
  const bytes = pickle(dictionary({ ...members, "StructuredToParameterName@@": table }));
  const { model } = await importModel({ a: bytes }, device, { vocabulary: VOCABULARY });
  assert(model instanceof RNNModel && model.rnn.options.bias);
  model[Symbol.dispose]();
});

Deno.test("a file of paddle.save() that is damaged or names code is refused in a sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const rnn = await unpacked("paddle_rnn_checkpoint_language.pdparams");
  const linear = { "out.weight": "linear_0.w_0" };
  const first = (operations: Operations): Uint8Array => file({ "rnn.weight_ih_l0": operations }, linear);
  for (
    const [bytes, sentence] of [
      [rnn, "Cannot import the model without nonlinearity"],
      [file(), 'nothing tells whether "out.weight" is of an embedding or a linear layer'],
      [file({}, { "out.weight": "embedding_0.w_0" }), "Cannot "],
      [first(array([12, 5], { bytes: 3 })), "an array of 60 numbers of F32 has 180 bytes"],
      [first(array([12, 5], { order: "=" })), "a type of its arrays has no order"],
      [first(array([12, 5], { type: "i4" })), '"rnn.weight_ih_l0" is of type "i4"'],
      [first(["cnumpy.core.multiarray\n_reconstruct\n)RNb"]), "an array has no shape, type or numbers"],
      [first(["cnumpy\ndtype\n)R"]), "a type of its arrays has no name"],
      [first(["cbuiltins\neval\n(", text("data"), "}tR"]), 'its pickle names "builtins.eval", which is code'],
      [first(["c_codecs\nencode\n(", text("a"), text("utf-8"), "tR"]), "no text of Latin-1"],
      [first(array([12, 5], { text: "分".padEnd(240) })), "a character that is none of Latin-1"],
      [file({ "UnpackBigParamInfor@@": dictionary({}) }, linear), "save it with protocol 4"],
      [file({ "rnn.0.cell.weight_ho": array([3, 2]) }, linear), '"rnn.0.cell.weight_ho" is of a projection'],
      [file({ "rnn.weight_ih_l0_reverse": array([12, 5]) }, linear), "bidirectional"],
    ] as [Uint8Array, string][]
  ) {
    const error = await assertRejects(() => importModel({ a: bytes }, device), Error, undefined, sentence);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
    assert(!error.message.startsWith("Cannot load"), error.message);
    assertEquals(faultOf(error), undefined);
  }
});
