/**
 * Models of other frameworks, a door for each format: damaged files, and sound ones whose configuration or weights are
 * others. Real files: tests/frameworks/. Those of pickles have a door of their own.
 *
 * @module
 */
import { GRU, LSTM, openDevice, RNN, RNNModel, Vocabulary } from "../../../mod.ts";
import { exportModel, importModel } from "../../../src/exchange.ts";
import { readZip } from "../../../src/files/zip.ts";
import { chunksOf, gather } from "../../../src/files/byte_chunks.ts";
import type { Random } from "../../../src/random.ts";
import { zipFile } from "../../files/zip_files.ts";
import { goldenCases, unpacked } from "../../frameworks/golden.ts";
import type { Door } from "../door.ts";
import { mutateBytes, mutateJson, oneIn, pick } from "../mutate.ts";

type Files = Record<string, Uint8Array>;
/** Draws the files of a mutant. */
type Draw = (random: Random) => Files | Promise<Files>;

const KERAS = ["keras_lstm_language", "keras_mixed", "tf_keras_gru_language"];
const BURN = ["burn_lstm_1.mpk", "burn_lstm_1_torch.safetensors"];
const FLAX = ["flax_linen_gru_language", "flax_nnx_lstm_language"];
const TFJS = "tfjs_lstm_language";
/** A file that does not say whose names it has, and what is said of it. */
const STATE_DICT = "model.safetensors";
const TOLD = { from: "pytorch", nonlinearity: "tanh" } as const;

function door(name: string, drawn: () => Promise<Draw>): Door<Files> {
  return {
    name,
    async open() {
      const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
      return {
        draw: await drawn(),
        async use(files) {
          const { model } = await importModel(files, device, STATE_DICT in files ? TOLD : {});
          return () => {
            const line = String(model);
            model[Symbol.dispose]();
            if (!(model instanceof RNNModel) && !line.startsWith("Sequential(")) throw new Error(line);
          };
        },
        held: () => device.memory.used,
        [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
      };
    },
  };
}

/** JSON with other values. */
function changedJson(bytes: Uint8Array, random: Random): Uint8Array {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return new TextEncoder().encode(JSON.stringify(mutateJson(value, random)) ?? "");
}

/** The files in an archive. */
async function contentsOf(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: "it", size: bytes.length, slice });
  return new Map(
    await Promise.all(
      entries.map(async ({ name, chunks }) => [name, await gather(chunks())] as const),
    ),
  );
}

/** Draws mutants of Keras's archives: of one of their files, or of all bytes. */
async function archivesOf(archives: readonly Uint8Array[]): Promise<Draw> {
  const contents = await Promise.all(archives.map(contentsOf));
  return async (random) => {
    if (oneIn(6, random)) return { model: mutateBytes(pick(archives, random), random) };
    const files = new Map(pick(contents, random));
    const name = oneIn(2, random) ? "model.weights.h5" : "config.json";
    files.set(name, (name === "config.json" ? changedJson : mutateBytes)(files.get(name)!, random));
    return { model: await zipFile([...files].map(([name, bytes]) => ({ name, bytes, method: 0 }))) };
  };
}

/** Archives of Keras 3 and 2. */
const keras = door(
  "keras",
  async () => await archivesOf(await Promise.all(KERAS.map((name) => unpacked(`${name}.keras`)))),
);

/** HDF5 files of Keras 3 and 2. */
const h5 = door("h5", async () => {
  const names = [...KERAS, "keras_lstm_language_chunks", "keras_lstm_language_packed", "keras_letters"];
  const files = await Promise.all(names.map((name) => unpacked(`${name}.h5`)));
  return (random) => ({ model: mutateBytes(pick(files, random), random) });
});

/** model.json and its weights. */
const tfjs = door("tfjs", async () => {
  const json = await unpacked(`${TFJS}.model.json`);
  const weights = await unpacked(`${TFJS}.bin`);
  return (random) => ({
    "model.json": oneIn(4, random) ? mutateBytes(json, random) : changedJson(json, random),
    [`${TFJS}.bin`]: oneIn(4, random) ? mutateBytes(weights, random) : weights,
  });
});

/** Safetensors under MLX's names, their header too. */
const mlx = door("mlx", async () => {
  const file = await unpacked("mlx_lstm_two.safetensors");
  const length = 8 + new DataView(file.buffer).getUint32(0, true);
  return (random) => {
    if (oneIn(2, random)) return { model: mutateBytes(file, random) };
    const header = changedJson(file.subarray(8, length), random);
    const size = new Uint8Array(Uint32Array.of(header.length, 0).buffer);
    return { model: Uint8Array.from([...size, ...header, ...file.subarray(length)]) };
  };
});

/** NumPy's archives, and each array in them. */
const numpy = door("numpy", async () => {
  const file = await unpacked("numpy_mlx_lstm_2.npz");
  const arrays = await contentsOf(file);
  return async (random) => {
    if (oneIn(4, random)) return { model: mutateBytes(file, random) };
    const changed = pick([...arrays.keys()], random);
    const members = [...arrays].map(([name, bytes]) => ({
      name,
      bytes: name === changed ? mutateBytes(bytes, random) : bytes,
      method: 0,
    }));
    return { model: await zipFile(members) };
  };
});

/** MessagePack of linen and nnx. */
const flax = door("flax", async () => {
  const files = await Promise.all(FLAX.map((name) => unpacked(`${name}.msgpack`)));
  return (random) => ({ model: mutateBytes(pick(files, random), random) });
});

/** Records and safetensors of burn. */
const burn = door("burn", async () => {
  const files = await Promise.all(BURN.map(unpacked));
  return (random) => ({ model: mutateBytes(pick(files, random), random) });
});

/** Graphs of every exporter, weights in a second file among them. */
const onnx = door("onnx", async () => {
  const cases = (await goldenCases()).filter(({ one }) => one.name.startsWith("onnx"));
  const all = cases.sort((a, b) => a.one.name < b.one.name ? -1 : 1).flatMap(({ forms }) => forms);
  return (random) => {
    const files = { ...pick(all, random) };
    const name = pick(Object.keys(files), random);
    return { ...files, [name]: mutateBytes(files[name]!, random) };
  };
});

/** What refrain writes for other programs: ONNX of sequences and of steps, Keras's archives, PyTorch's state dicts. */
const exports = door("exports", async () => {
  using device = await openDevice("wasm", { threads: 1 });
  const vocabulary = Vocabulary.fromText("abcdefgh");
  const sizes = { inputSize: 8, hiddenSize: 5, seed: 0 };
  const models = [
    new RNNModel(new RNN(device, sizes), 8),
    new RNNModel(new GRU(device, { ...sizes, inputSize: 4 }), 8, { embeddingSize: 4 }),
    new RNNModel(new LSTM(device, { ...sizes, numLayers: 2 }), 8),
  ];
  const inEach = (write: (model: RNNModel) => Promise<Uint8Array>): Promise<Uint8Array[]> =>
    Promise.all(models.map(write));
  const graphs = [
    ...await inEach((model) => exportModel(model, { to: "onnx", vocabulary })),
    ...await inEach((model) => exportModel(model, { to: "onnx", form: "step" })),
  ];
  const dicts = await inEach((model) => exportModel(model, { to: "safetensors", vocabulary }));
  const draw = await archivesOf(await inEach((model) => exportModel(model, { to: "keras", vocabulary })));
  return async (random) => {
    if (oneIn(3, random)) return await draw(random);
    if (oneIn(2, random)) return { model: mutateBytes(pick(graphs, random), random) };
    return { [STATE_DICT]: mutateBytes(pick(dicts, random), random) };
  };
});

/** The doors. */
export const imports: readonly Door<Files>[] = [keras, h5, tfjs, mlx, numpy, flax, burn, onnx, exports];
