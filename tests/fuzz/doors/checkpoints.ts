/** Checkpoints: their bytes, their JSON and their tensors, sealed anew so that what stands behind the seal is tried. @module */
import { assert, assertEquals } from "@std/assert";
import {
  Corpus,
  type Device,
  GRU,
  openDevice,
  RNN,
  RNNModel,
  SGD,
  Training,
  type TrainReport,
  Vocabulary,
} from "../../../mod.ts";
import { parseFlags } from "../../../src/cli/parse_flags.ts";
import type { RunState } from "../../../src/cli/train/kept_run.ts";
import { lineOf } from "../../../src/cli/train/lines.ts";
import { readRunState } from "../../../src/cli/train/run_state.ts";
import { BLANK, PROOF, seal } from "../../../src/files/proof.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContent,
} from "../../../src/files/safetensors.ts";
import type { Random } from "../../../src/random.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../src/train/checkpoint.ts";
import type { Door } from "../door.ts";
import { faultOf } from "../door.ts";
import { mutateBytes, mutateJson, mutateText, oneIn, pick } from "../mutate.ts";

const CORPUS = Corpus.fromText("分开 不分开 ".repeat(8));

/** Makes a training anew. */
type Make = (device: Device) => { training: Training; free(): void };

const SETTING = { epochs: 3, batchSize: 2, numSteps: 5, logEvery: 1 } as const;
const MAKERS: readonly Make[] = [
  (device) => {
    const V = CORPUS.vocabulary.size;
    const model = new RNNModel(new RNN(device, { inputSize: V, hiddenSize: 3, seed: 0 }), V);
    const training = new Training(model, CORPUS, { ...SETTING, carryState: true });
    return { training, free: () => [training, model].forEach((one) => one[Symbol.dispose]()) };
  },
  (device) => {
    const V = CORPUS.vocabulary.size;
    const model = new RNNModel(
      new GRU(device, { inputSize: V, hiddenSize: 2, numLayers: 2, dropout: 0.2, seed: 0 }),
      V,
    );
    const optimizer = new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9 });
    const schedule = { kind: "plateau", patience: 1 } as const;
    const options = { ...SETTING, logEvery: "3steps", sampling: "random", optimizer, schedule } as const;
    const training = new Training(model, CORPUS, options);
    return { training, free: () => [training, optimizer, model].forEach((one) => one[Symbol.dispose]()) };
  },
];

/** What the command line keeps beside a training's state. */
const RUN: RunState = {
  lines: { log: 1, samples: 3 },
  waiting: { log: ['{"epoch":2}'], samples: ["epoch 2", " - 分开"] },
  corpus: "0".repeat(64),
  vocabulary: CORPUS.vocabulary.toJSON(),
  computes: "wasm",
  best: Infinity,
  pending: {
    epoch: 2,
    steps: 10,
    loss: 1.5,
    perplexity: 4.5,
    validationLoss: 2,
    validationPerplexity: 7.4,
    learningRate: 0.1,
    seconds: 2,
    tokensPerSecond: 1000,
  } as TrainReport,
};
const SETTINGS = parseFlags("train", ["--schedule=cosine"]);

/** A checkpoint after a few steps. */
async function checkpointOf(make: Make, device: Device): Promise<Uint8Array> {
  const { training, free } = make(device);
  for await (const _ of training.run()) break;
  const bytes = await encodeCheckpoint({ state: await training.state(), run: RUN });
  free();
  return bytes;
}

async function drawFile({ tensors, metadata }: SafetensorsContent, random: Random): Promise<Uint8Array> {
  const texts: Record<string, string> = { ...metadata };
  const parts = { ...tensors };
  for (let changes = 1 + random.integer(2); changes > 0; changes--) {
    const key = pick(Object.keys(texts), random);
    const name = pick(Object.keys(parts), random);
    const { data } = parts[name]!;
    switch (random.integer(5)) {
      case 0:
        delete parts[name];
        break;
      case 1:
        parts[name] = { shape: [data.length + 1], data: new Float32Array(data.length + 1) };
        break;
      case 2:
        parts[mutateText(name, random).toWellFormed().replace(/^__metadata__$/, "x")] = parts[name]!;
        break;
      case 3:
        parts[name] = {
          ...parts[name]!,
          data: data.map((value) => oneIn(3, random) ? pick([NaN, -1, 1e30], random) : value),
        };
        break;
      case 4:
        texts[key] = mutateText(texts[key]!, random).toWellFormed();
    }
    const json = pick(["refrain.training", "refrain.training", "refrain.run"], random);
    if (oneIn(2, random) && texts[json] === metadata[json]) {
      texts[json] = JSON.stringify(mutateJson(JSON.parse(texts[json]!), random));
    }
  }
  if (texts[PROOF] === metadata[PROOF]) texts[PROOF] = BLANK;
  const bytes = encodeSafetensors(parts, texts);
  const sealed = await seal(bytes).catch(() => bytes); // its own field was changed
  return oneIn(20, random) ? mutateBytes(sealed, random) : sealed;
}

interface Input {
  readonly bytes: Uint8Array;
  readonly make: Make;
}

/** The door. */
export const checkpoints: Door<Input> = {
  name: "checkpoints",
  async open() {
    const device = await openDevice("wasm", { threads: 1, memoryBytes: 2 ** 26 });
    const contents = await Promise.all(
      MAKERS.map(async (make) => decodeSafetensors(await checkpointOf(make, device))),
    );
    const fresh = new Map<Make, string>();
    for (const make of MAKERS) {
      const { training, free } = make(device);
      fresh.set(make, JSON.stringify(await training.state().finally(free)));
    }
    return {
      async draw(random) {
        const which = random.integer(MAKERS.length);
        return { bytes: await drawFile(contents[which]!, random), make: MAKERS[which]! };
      },
      async use({ bytes, make }) {
        const { state, run } = await decodeCheckpoint(bytes);
        const { vocabulary, pending } = readRunState(run);
        if (vocabulary) Vocabulary.fromJSON(vocabulary); // a series has none
        if (pending) lineOf(pending as TrainReport, SETTINGS);
        const { training, free } = make(device);
        try {
          training.restore(state);
        } catch (error) {
          const now = await training.state().finally(free);
          assert(JSON.stringify(now) === fresh.get(make), "a part was taken of what was refused");
          throw error;
        }
        return async () => {
          try {
            const again = await training.state();
            assertEquals(await decodeCheckpoint(await encodeCheckpoint({ state: again, run })), {
              state: again,
              run,
            });
            for await (const _ of training.run());
          } catch (error) {
            if (faultOf(error) !== undefined) throw error; // else weights are too large, which is said
          } finally {
            free();
          }
        };
      },
      held: () => device.memory.used,
      [Symbol.asyncDispose]: () => Promise.resolve(device[Symbol.dispose]()),
    };
  },
};
