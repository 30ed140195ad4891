/** Files of other programs: PyTorch's, pickles, NumPy's, archives. None is taken, and each is told what it is. @module */
import { openDevice } from "../../../mod.ts";
import { decodeModel } from "../../../src/exchange/model_file.ts";
import type { Door } from "../door.ts";
import { drawBytes, mutateBytes, oneIn, pick } from "../mutate.ts";

const FOLDER = new URL("../../golden/foreign/", import.meta.url);
/** Larger files are cut: their ends hold what an archive has. */
const MOST_BYTES = 4000;

/** The door. */
export const foreign: Door<Uint8Array> = {
  name: "foreign",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const files: Uint8Array[] = [];
    const entries = [...Deno.readDirSync(FOLDER)].filter(({ isFile }) => isFile);
    for (const { name } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const bytes = await Deno.readFile(new URL(name, FOLDER));
      files.push(bytes.length > MOST_BYTES ? bytes.slice(-MOST_BYTES) : bytes, bytes.slice(0, MOST_BYTES));
    }
    return {
      draw: (random) =>
        oneIn(12, random) ? drawBytes(random, random.integer(99)) : mutateBytes(pick(files, random), random),
      async use(bytes) {
        (await decodeModel(bytes, device)).model[Symbol.dispose]();
        return () => {
          throw new Error("it is a model");
        };
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
