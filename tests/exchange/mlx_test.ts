/** MLX: safetensors under its own names, and what they do not tell. Its answers: import_test.ts. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { decodeModel, openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "../../src/files/safetensors.ts";
import { refrain } from "../cli/spawn.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { unpacked } from "../frameworks/golden.ts";

const RNN = await unpacked("mlx_rnn_two.safetensors");
const GRU = await unpacked("mlx_gru_two.safetensors");

/** The GRU's file with something changed. */
function changed(change: (tensors: Record<string, TensorData>) => void): Record<string, Uint8Array> {
  const { tensors } = decodeSafetensors(GRU);
  change(tensors);
  return { "model.safetensors": encodeSafetensors(tensors) };
}

Deno.test("a stack of MLX is one of refrain, and says what was supposed", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { model, framework, notes } = await importModel({ a: GRU }, device, { from: "mlx" });
  assertEquals([framework, model instanceof RNNModel, notes], ["mlx", true, [
    '"layers.0.", "layers.1." are supposed to be the layers of one stack, in this order',
  ]]);
});

Deno.test("what files of MLX do not tell is asked for, and what does not fit is refused", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const array = (...shape: number[]): TensorData => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
  });
  for (
    const [files, sentence] of [
      [{ a: RNN }, "Cannot import the model without nonlinearity: its file does not tell the activation"],
      [
        changed((tensors) => void Object.assign(tensors, { "layers.0.bhn": array(4) })),
        "must be of shape (5,): current shape is (4,)",
      ],
      [changed((tensors) => delete tensors["layers.1.Wh"]), "Cannot "],
      [changed((tensors) => void Object.assign(tensors, { "norm.weight": array(5) })), "normalization layer"],
    ] as const
  ) {
    await assertRejects(() => importModel(files, device), Error, sentence);
  }
});

Deno.test("load() says of a file of MLX what to do with it", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefgh");
  await assertRejects(
    () => decodeModel(RNN, device, { vocabulary }),
    TypeError,
    "is of a cell of MLX: make a run",
  );
});

Deno.test("import asks for the activation by its flag", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await Deno.writeFile(`${cwd}/rnn.safetensors`, RNN);
  await Deno.writeTextFile(`${cwd}/tokens.json`, JSON.stringify([..."abcdefgh"]));
  const words = ["import", "rnn.safetensors", "--vocabulary", "tokens.json", "--out", "run"];
  const asked = await refrain(words, { cwd });
  assertEquals([asked.code, asked.stderr.includes("without --nonlinearity: its file")], [1, true]);
  const { code, stdout } = await refrain([...words, "--nonlinearity", "relu", "--json"], { cwd });
  assertEquals([code, JSON.parse(stdout).config.layer.nonlinearity], [0, "relu"]);
});
