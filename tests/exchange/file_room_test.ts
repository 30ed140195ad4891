/** A model file that is larger than the device is refused by its header, before it is read. @module */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  decodeModel,
  DeviceError,
  encodeModel,
  load,
  openDevice,
  RNN,
  RNNModel,
  save,
  Vocabulary,
} from "../../mod.ts";
import { loadStart } from "../../src/cli/start_training.ts";
import { parseFlags } from "../../src/cli/parse_flags.ts";
import { temporaryFolder } from "../files/temporary_folder.ts";

const vocabulary = Vocabulary.fromText("abcd");

/** A file that states tensors of float32 and has no more than a hole for them: its size is that of a sound one. */
async function writeHollow(path: string, shapes: Record<string, number[]>): Promise<number> {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + header.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  await Deno.writeFile(path, bytes);
  await Deno.truncate(path, bytes.length + end);
  return bytes.length + end;
}

Deno.test("a file that is larger than the device is refused before it is read [wasm]", async () => {
  await using folder = await temporaryFolder();
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
  const path = `${folder.path}/large.safetensors`;
  const size = await writeHollow(path, {
    "rnn.weight_ih_l0": [8000, 4],
    "rnn.weight_hh_l0": [8000, 8000],
    "dense.weight": [4, 8000],
  });
  assertEquals(size > 2 ** 27, true);
  const before = Deno.memoryUsage().external;
  const start = performance.now();
  const error = await assertRejects(() => load(path, device, { vocabulary }), DeviceError);
  assertMatch(error.message, /^Cannot load ".*: it needs 977\.5 MiB where device "wasm" holds 63\.9 MiB$/);
  assertEquals(performance.now() - start < 500, true);
  assertEquals(Deno.memoryUsage().external - before < size / 2, true);
});

Deno.test("a model that fits while nothing else is there is loaded, and no larger one [wasm]", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model.safetensors`;
  using large = await openDevice("wasm", { threads: 1 });
  using small = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  for (const [hiddenSize, fits] of [[900, true], [1100, false]] as const) {
    using model = new RNNModel(new RNN(large, { inputSize: 4, hiddenSize, seed: 0 }), 4);
    await save(path, model, vocabulary);
    if (fits) (await load(path, small)).model[Symbol.dispose]();
    else {
      await assertRejects(
        () => load(path, small),
        DeviceError,
        `Cannot load "${path}": it needs 18.6 MiB where`,
      );
      const bytes = await encodeModel(model, vocabulary);
      await assertRejects(
        () => decodeModel(bytes, small),
        DeviceError,
        "Cannot load the model: it needs 18.6 MiB where",
      );
    }
    assertEquals(small.memory.used, small.memory.scratch);
  }
});

Deno.test("a model to go on from is on the device once [wasm]", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/model.safetensors`;
  using device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 24 });
  {
    using model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 900, seed: 0 }), 4);
    await save(path, model, vocabulary);
  }
  const settings = parseFlags("train", ["--init-from", path]);
  const { model } = await loadStart(device, { ...settings, initFrom: path }, new Set(["initFrom"]));
  assertEquals(model.rnn.options.hiddenSize, 900);
  model[Symbol.dispose]();
});
