/** Flax: what its names mean, and what is refused. Its answers: import_test.ts. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDevice, RNNModel } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { unpacked } from "../frameworks/golden.ts";
import { faultOf } from "../fuzz/door.ts";
import { numbers, type Packable, packed } from "./message_packs.ts";

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** An array as Flax has it. */
function array(shape: number[], { type = "float32", bytes = numbers(product(shape)) } = {}): Packable {
  return { extension: 1, bytes: packed([shape, type, bytes]) };
}

/** A GRU of 3 units over 5 tokens, one-hot, as linen has it, some parts of it others. */
function gru(parts: { [key: string]: Packable } = {}, others: { [key: string]: Packable } = {}): Packable {
  const kernel = (rows: number) => ({ kernel: array([rows, 3]) });
  const input = { ...kernel(5), bias: array([3]) };
  const gates = { ir: input, iz: input, in: input, hr: kernel(3), hz: kernel(3) };
  const cell = { ...gates, hn: { ...kernel(3), bias: array([3]) }, ...parts };
  return { GRUCell_0: cell, Dense_0: { kernel: array([3, 5]), bias: array([5]) }, ...others };
}

Deno.test("variables, parameters alone and a training's state are one model, which says what Flax does not", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const kept =
    "what its file does not tell of its cells is taken for Flax's own: no residual, gates of sigmoid and states of tanh, not reversed";
  const count = array([], { type: "int32", bytes: new Uint8Array(4) });
  for (
    const [file, notes] of [
      [gru(), []],
      [{ params: gru() }, []],
      [{ params: { params: gru() }, step: 3 }, ['its weights are those in "params", beside "step"']],
      [gru({}, { rngs: { count } }), ['left aside, as the model needs them not: "rngs/count"']],
    ] as [Packable, string[]][]
  ) {
    const bytes = packed(file);
    const { model, framework, notes: said } = await importModel({ a: bytes }, device, { from: "flax" });
    assert(model instanceof RNNModel === false);
    assertEquals(
      [framework, new Set(said).isSupersetOf(new Set([kept, ...notes]))],
      ["flax", true],
      said.join(),
    );
    model[Symbol.dispose]();
  }
});

Deno.test("a file of Flax that is damaged or of other layers is refused in a sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const rnn = await unpacked("flax_linen_rnn_language.msgpack");
  const norm = { LayerNorm_0: { scale: array([3]), bias: array([3]) } };
  for (
    const [bytes, sentence] of [
      [rnn, "Cannot import the model without nonlinearity"],
      [
        packed(gru({}, norm)),
        '"LayerNorm_0/scale" is of a layer that refrain\'s language models do not have',
      ],
      [packed(gru({ hn: { bias: array([3]) } })), '"GRUCell_0" has no "hn", which its cell must have'],
      [packed(gru({ hz: { kernel: array([3, 4]) } })), '"GRUCell_0/hz" must be of shape (3, 3)'],
      [packed(gru({ ir: { kernel: array([2, 5, 3]) } })), "has kernels of 3 axes"],
      [packed(gru({}, { Dense_1: { kernel: array([2, 5, 5]) } })), "has a kernel of 3 axes"],
      [
        packed(gru({ ir: { kernel: array([5, 3], { bytes: numbers(14) }) } })),
        "15 numbers of float32 has 56 bytes",
      ],
      [
        packed(gru({ ir: { kernel: { extension: 1, bytes: packed([3]) } } })),
        "has no shape, type or numbers",
      ],
      [packed(gru({ ir: { kernel: array([5, 3], { type: "int8" }) } })), '"GRUCell_0" has no "ir"'],
      [packed(gru({}, { big: { __msgpack_chunked_array__: true } })), '"big" has more than 1 GiB'],
      [packed({ a: { if: norm.LayerNorm_0.bias } }), "Cannot "],
      [packed({ a: 1 }), "Cannot "],
      [rnn.subarray(0, 300), "Cannot read the MessagePack file as it is cut off"],
    ] as [Uint8Array, string][]
  ) {
    const error = await assertRejects(() => importModel({ a: bytes }, device), Error, undefined, sentence);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
    assertEquals(faultOf(error), undefined);
  }
});
