/** Arrays by name: whose they are, and what is asked for. Their answers: import_test.ts. @module */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { decodeModel, openDevice, RNNModel, Vocabulary } from "../../mod.ts";
import { importModel } from "../../src/exchange.ts";
import { chunksOf, gather } from "../../src/files/byte_chunks.ts";
import { encodeSafetensors } from "../../src/files/safetensors.ts";
import { readZip } from "../../src/files/zip.ts";
import { refrain } from "../cli/spawn.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";
import { zipFile } from "../files/zip_files.ts";
import { unpacked } from "../frameworks/golden.ts";
import { faultOf } from "../fuzz/door.ts";

const NPZ = await unpacked("numpy_torch_lstm_language.npz");

/** The archive's files. */
async function members(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const slice = (from: number, to: number) => chunksOf(NPZ.subarray(from, to));
  const entries = await readZip({ title: "it", size: NPZ.length, slice });
  return await Promise.all(
    entries.map(async ({ name, chunks }) => ({ name, bytes: await gather(chunks()) })),
  );
}

Deno.test("names that several frameworks share are asked for, and read as they are said to be", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const error = await assertRejects(() => importModel({ a: NPZ }, device), RangeError);
  assert(
    error.message.startsWith('Cannot import the model without from: "a" has names that PyTorch, candle'),
  );
  for (const from of ["pytorch", "candle"] as const) {
    const { framework, model } = await importModel({ a: NPZ }, device, { from });
    assertEquals([framework, model instanceof RNNModel], [from, true]);
    model[Symbol.dispose]();
  }
  // As Paddle has them, the linear layer would read 8 numbers, and not the 5 of the layer before.
  await assertRejects(
    () => importModel({ a: NPZ }, device, { from: "paddle" }),
    TypeError,
    "must have 5 columns",
  );
});

Deno.test("an .npz, its files one by one and safetensors are one", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const files = Object.fromEntries((await members()).map(({ name, bytes }) => [name, bytes]));
  const whole = await importModel({ a: NPZ }, device, { from: "pytorch" });
  const parts = await importModel(files, device, { from: "pytorch" });
  const weights = await whole.model.stateDict();
  assertEquals(await parts.model.stateDict(), weights);
  const bytes = encodeSafetensors(weights);
  const again = await importModel({ a: bytes }, device, { from: "candle" });
  assertEquals(await again.model.stateDict(), weights);
});

Deno.test("an archive that is none of a model is refused in a sentence", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const all = await members();
  const [first] = all;
  const packed = (list: { name: string; bytes: Uint8Array }[]) =>
    zipFile(list.map((member) => ({ ...member, method: 0 })));
  const bomb = await zipFile([{ name: "a.npy", bytes: new Uint8Array(2 ** 20), method: 8 }]);
  const view = new DataView(bomb.buffer, bomb.byteOffset);
  const directory = view.getUint32(bomb.length - 6, true);
  view.setUint32(directory + 24, 2 ** 31, true);
  for (
    const [bytes, sentence] of [
      [await packed([{ name: "arr_0.npy", bytes: first!.bytes }]), "its arrays have no names"],
      [await packed([{ name: "a.npy", bytes: first!.bytes }]), "names of no framework that is known"],
      [await packed([{ name: "a.npy", bytes: new Uint8Array(9) }]), "it does not begin as one"],
      [bomb, "its arrays unpack to 2147483648 bytes, for which it is too short"],
      [first!.bytes, "is one array"],
      [NPZ.subarray(0, 900), "Cannot "],
    ] as const
  ) {
    const error = await assertRejects(() => importModel({ a: bytes }, device), Error);
    assert(error.message.includes(sentence), `${error.message}\n${sentence}`);
    assertEquals(faultOf(error), undefined);
  }
  await assertRejects(
    () => importModel({ a: NPZ }, device, { from: "keras" }),
    TypeError,
    'Cannot import the model with from "keras": "a" is of arrays by name',
  );
});

Deno.test("import asks for the framework by its flag", async () => {
  await using folder = await temporaryFolder();
  const { path: cwd } = folder;
  await Deno.writeFile(`${cwd}/lstm.npz`, NPZ);
  await Deno.writeTextFile(`${cwd}/tokens.json`, JSON.stringify([..."abcdefgh"]));
  const words = ["import", "lstm.npz", "--vocabulary", "tokens.json", "--out", "run"];
  const asked = await refrain(words, { cwd });
  assertEquals([asked.code, asked.stderr.includes("without --from:")], [1, true]);
  const { code, stdout } = await refrain([...words, "--from", "pytorch", "--json"], { cwd });
  assertEquals([code, JSON.parse(stdout).framework], [0, "pytorch"]);
});

Deno.test("load() says of an .npz what to do with it", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefgh");
  await assertRejects(() => decodeModel(NPZ, device, { vocabulary }), SyntaxError, "make a run of it");
});

/** The same file with spaces behind its header, which may have any length. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  const old = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const file = new Uint8Array(bytes.length - old + length).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(bytes.subarray(8, 8 + old), 8);
  file.set(bytes.subarray(8 + old), 8 + length);
  return file;
}

Deno.test("safetensors are told whatever the bytes of their header's length look like", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const { model } = await importModel({ a: NPZ }, device, { from: "pytorch" });
  const bytes = encodeSafetensors(await model.stateDict());
  const likes = { pickle: 0x480, protobuf: 0x708, program: 0x5a4d, zip: 0x4b50, gzip: 0x8b1f, map: 0x681 };
  for (const length of Object.values(likes)) {
    const { framework } = await importModel({ a: padded(bytes, length) }, device, { from: "candle" });
    assertEquals(framework, "candle");
    const cut = padded(bytes, length).subarray(0, -1);
    await assertRejects(() => decodeModel(cut, device), SyntaxError, "safetensors data");
  }
  model[Symbol.dispose]();
});
