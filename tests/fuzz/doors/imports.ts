/** Models of other frameworks: damaged files, and sound ones whose configuration or weights are others. @module */
import { importModel, openDevice, RNNModel } from "../../../mod.ts";
import { readZip } from "../../../src/files/zip.ts";
import { chunksOf, gather } from "../../../src/files/byte_chunks.ts";
import { zipFile } from "../../files/zip_files.ts";
import { unpacked } from "../../frameworks/golden.ts";
import type { Door } from "../door.ts";
import { mutateBytes, mutateJson, oneIn, pick } from "../mutate.ts";

/** Real files: tests/frameworks/keras_models.py. */
const TFJS = "tfjs_lstm_language";
const NAMES = ["keras_lstm_language", "keras_mixed", "tf_keras_gru_language"];

/** The files in an archive of Keras. */
async function contentsOf(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const slice = (from: number, to: number) => chunksOf(bytes.subarray(from, to));
  const entries = await readZip({ title: "it", size: bytes.length, slice });
  return new Map(
    await Promise.all(
      entries.map(async ({ name, chunks }) => [name, await gather(chunks())] as const),
    ),
  );
}

/** The door. */
export const imports: Door<Record<string, Uint8Array>> = {
  name: "imports",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const legacy = await Promise.all(NAMES.map((name) => unpacked(`${name}.h5`)));
    const archives = await Promise.all(NAMES.map((name) => unpacked(`${name}.keras`)));
    const json: unknown = JSON.parse(new TextDecoder().decode(await unpacked(`${TFJS}.model.json`)));
    const weights = await unpacked(`${TFJS}.bin`);
    const mlx = await unpacked("mlx_lstm_two.safetensors");
    const contents = await Promise.all(archives.map(contentsOf));
    return {
      async draw(random): Promise<Record<string, Uint8Array>> {
        if (oneIn(4, random)) {
          const mutant = JSON.stringify(mutateJson(json, random)) ?? "";
          return { "model.json": new TextEncoder().encode(mutant), [`${TFJS}.bin`]: weights };
        }
        if (oneIn(6, random)) return { model: mutateBytes(mlx, random) };
        if (oneIn(3, random)) return { model: mutateBytes(pick(legacy, random), random) };
        if (oneIn(6, random)) return { model: mutateBytes(pick(archives, random), random) };
        const files = new Map(pick(contents, random));
        const name = oneIn(2, random) ? "model.weights.h5" : "config.json";
        const bytes = files.get(name)!;
        const changed = (): Uint8Array => {
          const config: unknown = JSON.parse(new TextDecoder().decode(bytes));
          return new TextEncoder().encode(JSON.stringify(mutateJson(config, random)) ?? "");
        };
        files.set(name, name === "config.json" ? changed() : mutateBytes(bytes, random));
        return { model: await zipFile([...files].map(([name, bytes]) => ({ name, bytes, method: 0 }))) };
      },
      async use(files) {
        const { model } = await importModel(files, device);
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
