/** burn: records and safetensors, in either layout, and what they do not tell. Their answers: import_test.ts. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeModel, openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "../../src/files/safetensors.ts";
import { unpacked } from "../frameworks/golden.ts";
import { faultOf } from "../fuzz/door.ts";
import { numbers, type Packable, packed } from "./message_packs.ts";

const OWN = await unpacked("burn_lstm_1_own.safetensors");
const GRU = await unpacked("burn_gru_before_2_own.safetensors");

/** The LSTM's file with something changed. */
function changed(change: (tensors: Record<string, TensorData>) => void): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(OWN);
  change(tensors);
  return encodeSafetensors(tensors, metadata);
}

const array = (...shape: number[]): TensorData => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
});

/** A record of one parameter. */
function record(param: { [key: string]: Packable }, metadata: Packable = { version: "0.20.1" }): Uint8Array {
  return packed({ metadata, item: { output: { weight: { id: "a", param } } } });
}

Deno.test("what no file of burn tells is asked for or said", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  await assertRejects(
    () => importModel({ a: GRU }, device),
    RangeError,
    "Cannot import the model without reset: no file of burn tells its GRU's reset_after",
  );
  const { framework, model, notes } = await importModel({ a: OWN }, device);
  assertEquals([framework, model instanceof RNNModel], ["burn", true]);
  assert(notes.some((note) => note.includes("no clip, no input_forget, not reversed")));
  const mpk = await importModel({ a: await unpacked("burn_lstm_1.mpk") }, device);
  assertEquals([mpk.framework, mpk.version], ["burn", "0.20.1"]);
  assertEquals(await mpk.model.stateDict(), await model.stateDict());
});

Deno.test("a file of burn that is damaged or of other layers is refused in a sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const gate = "layers.0.forget_gate.hidden_transform";
  const put = (name: string, tensor: TensorData) =>
    changed((tensors) => void Object.assign(tensors, { [name]: tensor }));
  const drop = (name: string) => changed((tensors) => void delete tensors[name]);
  const square = Object.fromEntries(
    ["input", "forget", "cell", "output"].flatMap((name) =>
      ["input", "hidden"].map((side) => [`rnn.${name}_gate.${side}_transform.weight`, array(3, 3)])
    ),
  );
  const f32 = { bytes: numbers(6), shape: [2, 3], dtype: "F32" };
  for (
    const [bytes, sentence] of [
      [drop(`${gate}.weight`), `"${gate}.weight" is missing`],
      [drop(`${gate}.bias`), `"${gate}.bias" is one that not all gates have`],
      [drop("layers.0.forget_gate.input_transform.weight"), '"layers.0." lacks gates of its cell'],
      [put(`${gate}.weight`, array(5, 4)), `"${gate}.bias" must be of shape (4,)`],
      [put(`${gate}.weight`, array(5)), "must be a matrix: it has 1 axes"],
      [put(`${gate}.bias`, array(4)), `"${gate}.bias" must be of shape (5,)`],
      [put("other.weight", array(5, 8)), 'nothing tells whether "other.weight" is of an embedding'],
      [encodeSafetensors(square), "all of its matrices are square"],
      [
        encodeSafetensors({
          "rnn.forward.gate.input_transform.weight": array(4, 3),
          "out.weight": array(3, 4),
          "out.bias": array(4),
        }),
        "is of a bidirectional layer",
      ],
      [packed({ metadata: 1, item: 2 }), "its MessagePack is no record of burn"],
      [record({ ...f32, value: [] }), '"output.weight" is of a record before burn 0.14'],
      [record({ ...f32, shape: ["a"] }), '"output.weight" has no shape or numbers'],
      [record({ ...f32, shape: [2, 4] }), "of 8 numbers of F32 has 24 bytes"],
      [record({ ...f32, dtype: { QFloat: 1 } }), '"output.weight" is quantized'],
      [record({ ...f32, dtype: "Flex32" }), '"output.weight" is "Flex32": save'],
      [record({ ...f32, dtype: "I64" }), "Cannot "],
      [record(f32), "Cannot "],
    ] as [Uint8Array, string][]
  ) {
    const error = await assertRejects(() => importModel({ a: bytes }, device), Error, undefined, sentence);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
    assertEquals(faultOf(error), undefined);
  }
});

Deno.test("load() says of a file of burn what to do with it", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefgh");
  await assertRejects(
    () => decodeModel(OWN, device, { vocabulary }),
    TypeError,
    "is of a gate of burn: make a run",
  );
});
