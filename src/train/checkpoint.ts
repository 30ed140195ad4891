/**
 * Where a training is, as one file: the model as model files have it, and beside its weights, under names of their own,
 * the numbers that go on. What is not numbers of float32 is JSON in the file's metadata.
 *
 * ```
 * rnn.weight_hh_l0, …             the weights
 * training.optimizer.m.0, …       a running mean of the optimizer, a parameter each
 * training.carried.0, …           the state that the next step begins with, a direction of a layer each
 * training.loss                   (T·B) sums of losses
 * ```
 *
 * @module
 */
import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";
import { readOrigin, writeOrigin } from "../files/origin.ts";
import { BLANK, hasChanged, PROOF, seal, type Verdict, verdictOf } from "../files/proof.ts";
import type { StateDict } from "../tensors/module.ts";
import { parse, readStored, writeInfinity } from "./checkpoint/stored.ts";
import { reachedBy, type TrainingSetting, type TrainingState } from "./state.ts";
import { quote } from "../messages/quote.ts";

/** The version of the files that are written. */
const VERSION = "1";
/** The keys of refrain's part of the metadata, beside the proof. */
const KEY = { version: "refrain.checkpoint", training: "refrain.training", run: "refrain.run" } as const;
/** What names of tensors begin with that are no weights. */
const PREFIX = "training.";

/** What a checkpoint holds. */
export interface Checkpoint<Setting extends object = TrainingSetting> {
  /** Where the training is. */
  readonly state: TrainingState<Setting>;
  /** What whoever wrote it keeps beside it: plain data, as JSON has it. */
  readonly run: unknown;
  /** SHA-256 of the training text's ids, where it is known. */
  readonly corpus?: string;
}

/**
 * Writes a checkpoint.
 *
 * @param checkpoint The training's state, and what is kept beside it.
 * @returns The file's bytes, which prove themselves.
 *
 * @example Usage
 * ```ts
 * import { Corpus, openDevice, RNN, RNNModel, Training } from "@refrain/refrain";
 * import { assertEquals } from "@std/assert";
 *
 * using device = await openDevice("wasm", { threads: 1 });
 * const corpus = Corpus.fromText("分开 不分开 ".repeat(4));
 * const model = new RNNModel(new RNN(device, { inputSize: 4, hiddenSize: 3, seed: 0 }), 4);
 * using training = new Training(model, corpus, { epochs: 1, batchSize: 2, numSteps: 5 });
 * const state = await training.state();
 * const bytes = await encodeCheckpoint({ state, run: { best: 12.5 } });
 * assertEquals(await decodeCheckpoint(bytes), { state, run: { best: 12.5 } });
 * ```
 */
export async function encodeCheckpoint(
  { state, run, corpus }: Checkpoint<object>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, carried, loss, health, optimizer, schedule, ...place } = state;
  const { moments, ...rates } = optimizer;
  const tensors: StateDict = Object.assign(Object.create(null), weights);
  const add = (name: string, data: Float32Array): void => {
    tensors[PREFIX + name] = { shape: [data.length], data };
  };
  for (const [name, arrays] of Object.entries(moments)) {
    arrays.forEach((data, index) => add(`optimizer.${name}.${index}`, data));
  }
  carried.forEach((data, index) => add(`carried.${index}`, data));
  add("loss", loss.rows);
  const training = {
    ...place,
    loss: { total: loss.total, runs: loss.runs },
    health: health.map((words) => [...words]),
    optimizer: rates,
    ...(schedule ? { schedule } : {}),
  };
  const metadata = {
    format: "pt",
    [KEY.version]: VERSION,
    [KEY.training]: JSON.stringify(training, writeInfinity),
    [KEY.run]: JSON.stringify(run, writeInfinity),
    ...writeOrigin({ ...reachedBy(state), ...(corpus === undefined ? {} : { corpus }) }),
    [PROOF]: BLANK,
  };
  return await seal(encodeSafetensors(tensors, metadata));
}

/**
 * Whether a file says that it is a checkpoint.
 *
 * @param metadata The file's.
 * @returns Whether decodeCheckpoint() reads it, unless it is damaged.
 */
export function isCheckpoint(metadata: Readonly<Record<string, string>>): boolean {
  return metadata[KEY.version] !== undefined;
}

/**
 * Reads a checkpoint. That its numbers are those of a training, Training.restore() checks.
 *
 * @param bytes What encodeCheckpoint() gave.
 * @param options `verify`: whether it must be as refrain wrote it.
 * @returns The state and what was kept beside it.
 * @throws {SyntaxError} If the file has changed, is none of these, or is of a newer version.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  { verify = true }: { verify?: boolean } = {},
): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (!isCheckpoint(metadata)) throw new SyntaxError("Cannot go on from the file as it is no checkpoint");
  if (verify) await checkProof(bytes);
  const version = metadata[KEY.version]!;
  if (version !== VERSION) {
    throw new SyntaxError(
      `Cannot go on from the checkpoint: its format is version ${
        quote(version)
      }, this refrain reads ${VERSION}`,
    );
  }
  const { health, loss, optimizer, ...place } = readStored(metadata[KEY.training]);
  const weights: StateDict = Object.create(null);
  const own = new Map<string, Float32Array>();
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name.startsWith(PREFIX)) own.set(name.slice(PREFIX.length), tensor.data);
    else weights[name] = tensor;
  }
  const state: TrainingState = {
    ...place,
    weights,
    carried: listOf(own, "carried"),
    loss: { ...loss, rows: own.get("loss") ?? new Float32Array(0) },
    health: health.map((words) => Uint32Array.from(words)),
    optimizer: { ...optimizer, moments: momentsOf(own) },
  };
  const { corpus } = readOrigin(metadata);
  return { state, run: parse(metadata[KEY.run]), ...(corpus === undefined ? {} : { corpus }) };
}

/** Holds a checkpoint against its own SHA-256. */
async function checkProof(bytes: Uint8Array): Promise<void> {
  let verdict: Verdict;
  try {
    verdict = await verdictOf(bytes);
  } catch (cause) {
    throw hasChanged("go on from the checkpoint as it", cause);
  }
  if (verdict === "none") throw new SyntaxError("Cannot go on from the checkpoint as it lacks its SHA-256");
}

/** Tensors that are counted from 0 behind a name. */
function listOf(tensors: ReadonlyMap<string, Float32Array>, name: string): Float32Array[] {
  const list: Float32Array[] = [];
  for (let data = tensors.get(`${name}.0`); data; data = tensors.get(`${name}.${list.length}`)) {
    list.push(data);
  }
  return list;
}

function momentsOf(tensors: ReadonlyMap<string, Float32Array>): Record<string, Float32Array[]> {
  const names = new Set([...tensors.keys()].map((name) => /^optimizer\.(\w+)\.\d+$/.exec(name)?.[1]));
  names.delete(undefined);
  return Object.fromEntries([...names].map((name) => [name, listOf(tensors, `optimizer.${name}`)]));
}
