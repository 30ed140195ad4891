/**
 * Every taking of a device's memory is refused, once alone and once with all behind it: one clear sentence, nothing is left,
 * and the device does the same work as before.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  Adam,
  Corpus,
  decodeModel,
  type Device,
  DeviceError,
  encodeModel,
  evaluate,
  generate,
  openDevice,
  type RNNModel,
  score,
  train,
  Training,
} from "../../mod.ts";
import { makeModel } from "../support/language_models.ts";
import { DEVICE_NAMES } from "../support/test_each.ts";
import { usedBytesUnread } from "../support/used_bytes.ts";
import { ShortMemory } from "./short_memory.ts";

const corpus = Corpus.fromText("fa la do re mi fa sol la ".repeat(4));
const { vocabulary } = corpus;
const validation = Corpus.fromText("la sol fa mi re do", { vocabulary });
const OPTIONS = { epochs: 2, batchSize: 3, numSteps: 5, clipGradNorm: 0.5, validation };
const SIZES = { cell: "gru", vocabularySize: vocabulary.size, numLayers: 2, seed: 1 } as const;

/** What it gives is what must be the same again. */
type Work = (device: Device) => Promise<unknown>;

/** A model of the same weights for all, and a training's state within its first epoch. */
async function prepared(device: Device): Promise<Record<string, Work>> {
  using model = makeModel(device, SIZES);
  const bytes = await encodeModel(model, vocabulary);
  using training = new Training(model, corpus, OPTIONS);
  for await (const _ of training.run()) break;
  const state = await training.state();
  const make = (): RNNModel => device.scope(() => makeModel(device, SIZES));
  const load = async (): Promise<RNNModel> => (await decodeModel(bytes, device)).model;
  return {
    "loading": async () => {
      using loaded = await load();
      return await loaded.stateDict();
    },
    "training": async () => {
      using fresh = make();
      const losses: number[] = [];
      for await (const { loss, validationLoss } of train(fresh, corpus, OPTIONS)) {
        losses.push(loss, validationLoss!);
      }
      return losses;
    },
    "going on": async () => {
      using fresh = make();
      using optimizer = new Adam(fresh.parameters());
      using again = new Training(fresh, corpus, { ...OPTIONS, optimizer });
      again.restore(state);
      for await (const _ of again.run());
      return (await again.state()).weights;
    },
    "generating": async () => {
      using loaded = await load();
      return await Array.fromAsync(generate(loaded, vocabulary, { prefixes: ["fa", "la do"], length: 9 }));
    },
    "generating of one's own sampling": async () => {
      using loaded = await load();
      const options = { prefixes: ["fa", "la do"], length: 4, temperature: 0.8, top: 2, seed: 1 };
      return await Array.fromAsync(generate(loaded, vocabulary, options));
    },
    "evaluating": async () => {
      using loaded = await load();
      return (await evaluate(loaded, validation)).loss;
    },
    "scoring": async () => {
      using loaded = await load();
      return (await Array.fromAsync(score(loaded, validation))).at(-1)!.sum;
    },
  };
}

/** What a work gives; the error where it fails. */
async function tried(work: Work, device: Device): Promise<{ result?: unknown; error?: unknown }> {
  try {
    return { result: await work(device) };
  } catch (error) {
    return { error };
  }
}

const SENTENCE =
  /^Cannot (allocate \d+ bytes of \w+ memory|go on with device "webgpu": an earlier call failed): .+[^.]$/;

for (const name of DEVICE_NAMES) {
  Deno.test(`any memory that is refused ends a work in one sentence, and the next is as before [${name}]`, async () => {
    using device = await openDevice(name, { threads: 1 });
    const failures: string[] = [];
    for (const [what, work] of Object.entries(await prepared(device))) {
      const expected = await work(device);
      const used = usedBytesUnread(device);
      using counting = new ShortMemory();
      await work(device);
      counting[Symbol.dispose]();
      assertEquals(usedBytesUnread(device), used, what);
      let refused = 0;
      for (const on of [false, true]) {
        for (let at = 1; at <= counting.taken; at++) {
          const short = new ShortMemory({ at, on });
          const { error } = await tried(work, device);
          short[Symbol.dispose]();
          const where = `${what}, ${at} of ${counting.taken}${on ? " and all behind it" : ""}`;
          try {
            if (error !== undefined) refused++;
            if (error !== undefined) assertMatch((error as Error).message, SENTENCE, where);
            assert(error === undefined || error instanceof DeviceError, where);
            assertEquals(usedBytesUnread(device), used, `${where}: bytes in use`);
            const again = await tried(work, device);
            assertEquals(again, { result: expected }, `${where}: done again`);
          } catch (failure) {
            failures.push((failure as Error).message.slice(0, 600));
          }
        }
      }
      console.log(`${what}: memory was refused ${2 * counting.taken} times, ${refused} times to an end`);
    }
    assertEquals(failures, []);
  });
}

Deno.test("a device opens with less where its memory is refused, and says so where all is", async () => {
  const { Memory } = WebAssembly;
  for (const on of [false, true]) {
    let asked = 0;
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        asked++;
        if (descriptor.initial >= 256 && (on || asked === 1)) {
          throw new RangeError("could not allocate memory");
        }
        super(descriptor);
      }
    };
    const opening = openDevice("wasm", { threads: 1 });
    const { error, result } = await tried(() => opening, undefined as unknown as Device);
    WebAssembly.Memory = Memory;
    const message = 'Cannot open device "wasm": no WebAssembly memory was granted';
    assertEquals([asked > 1, (error as Error | undefined)?.message], [true, on ? message : undefined]);
    (result as Device | undefined)?.[Symbol.dispose]();
    using again = await openDevice("wasm", { threads: 1 });
    assertEquals(again.memory.size > 2 ** 24, true);
  }
});
