/** Bare state dicts, as Python writes them. @module */
import { openDevice } from "../../../mod.ts";
import { decodeModel } from "../../../src/exchange/model_file.ts";
import { drawMutant, type Mutant, originals } from "../../exchange/state_dict_mutants.ts";
import { VOCABULARY } from "../../support/state_dicts.ts";
import type { Door } from "../door.ts";
import { useModel } from "../use_model.ts";

/** The door. */
export const weights: Door<Mutant> = {
  name: "weights",
  async open() {
    const drafts = await originals();
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    return {
      draw: (random) => drawMutant(drafts, random),
      async use({ bytes, ...options }) {
        const loaded = await decodeModel(bytes, device, { ...options, vocabulary: VOCABULARY });
        return () => useModel(device, loaded);
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
