/**
 * What int8 costs of the loss of a text that is held out: small models of four texts are trained, and their last tenth is
 * measured in float32, with float16 weights, with the float32 numbers that int8 weights stand for, and by the sums of integers
 * of the kernel that generates, of which a part is computed by its reference too.
 *
 *     deno run -A bench/int8_loss.ts --data FOLDER [--texts shakespeare-lstm,…] [--hidden-size 128] [--runs FOLDER]
 *       [--threads 1]
 *
 * FOLDER has tinyshakespeare.txt, timemachine.txt and tang300.txt. What --runs has is not trained again.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import {
  Corpus,
  crossEntropy,
  decodeModel,
  type Device,
  encodeModel,
  openDevice,
  quantize,
  RNNModel,
  Tensor,
  train,
} from "../mod.ts";
import { stepsPerEpoch } from "../src/data/batches.ts";
import { makeLayer } from "../src/layers/make_layer.ts";
import type { Kind } from "../src/layers/recurrent/cell.ts";
import { fail, namesOf, numberOf, unknown } from "./flags.ts";
import { table } from "./harness.ts";
import { kernelLoss, referenceLoss, type Rows } from "./int8_loss/teacher.ts";

/** What is trained, and on what. */
interface Recipe {
  readonly text: string;
  readonly kind: Kind;
  readonly embeddingSize?: number;
  readonly epochs: number;
  readonly batchSize: number;
}

const RECIPES: Readonly<Record<string, Recipe>> = {
  "shakespeare-lstm": { text: "tinyshakespeare.txt", kind: "lstm", epochs: 3, batchSize: 32 },
  "shakespeare-rnn": { text: "tinyshakespeare.txt", kind: "rnn", epochs: 3, batchSize: 32 },
  "timemachine-gru": { text: "timemachine.txt", kind: "gru", epochs: 10, batchSize: 32 },
  "tang-lstm": { text: "tang300.txt", kind: "lstm", embeddingSize: 64, epochs: 10, batchSize: 16 },
};
const NUM_STEPS = 64;
/** Parts of what is held out, and how many of their tokens the reference computes. */
const PARTS = 32;
const REFERENCE_STEPS = 16;

const flags = parseArgs(Deno.args, {
  string: ["data", "texts", "hidden-size", "runs", "threads"],
  unknown,
}) as Partial<Record<string, string>>;
const DATA = flags["data"] ?? fail("Cannot measure without --data FOLDER");
const names = namesOf("texts", flags["texts"] ?? Object.keys(RECIPES).join(), Object.keys(RECIPES));
const hiddenSize = numberOf("hidden-size", flags["hidden-size"] ?? "128");

/** The file of a trained model. */
async function trained(device: Device, name: string, corpus: Corpus): Promise<Uint8Array> {
  const path = flags["runs"] === undefined ? undefined : `${flags["runs"]}/${name}-${hiddenSize}.safetensors`;
  const kept = path === undefined ? undefined : await Deno.readFile(path).catch(() => undefined);
  if (kept) return kept;
  const { kind, embeddingSize = 0, epochs, batchSize } = RECIPES[name]!;
  const { size } = corpus.vocabulary;
  const layer = makeLayer(device, kind, { inputSize: embeddingSize || size, hiddenSize, seed: 0 });
  using model = new RNNModel(layer, size, { embeddingSize });
  const sampling = "consecutive";
  const maxSteps = epochs * stepsPerEpoch(corpus.size, { batchSize, numSteps: NUM_STEPS, sampling });
  const reports = train(model, corpus, {
    epochs,
    batchSize,
    numSteps: NUM_STEPS,
    sampling,
    seed: 0,
    learningRate: 3e-3,
    clipGradNorm: 1,
    schedule: { kind: "cosine", unit: "step", maxSteps },
    logEvery: 1,
  });
  for await (const { epoch, loss } of reports) {
    console.error(`${name}: epoch ${epoch}, loss ${loss.toFixed(3)}`);
  }
  const bytes = await encodeModel(model, corpus.vocabulary);
  if (path === undefined) return bytes;
  await Deno.mkdir(flags["runs"]!, { recursive: true });
  await Deno.writeFile(path, bytes);
  return bytes;
}

/** A text in parts of one length, each of which begins with the last token of the one before. */
function partsOf({ ids }: Corpus): Rows {
  const length = Math.floor((ids.length - 1) / PARTS);
  const parts = Array.from(
    { length: PARTS },
    (_, part) => Uint32Array.from(ids.subarray(part * length, (part + 1) * length + 1)),
  );
  return { parts };
}

/** The mean loss of all parts in float32. */
async function floatLoss(model: RNNModel, { parts }: Rows): Promise<number> {
  const { device } = model;
  const steps = parts[0]!.length - 1;
  const take = (from: number): Tensor<"u32"> =>
    Tensor.from(device, Uint32Array.from(parts.flatMap((part) => [...part.subarray(from, from + steps)])), [
      parts.length,
      steps,
    ]);
  using ids = take(0);
  using targets = take(1);
  using loss = device.scope(() => crossEntropy(model.forward(ids)[0], targets));
  return (await loss.data())[0]!;
}

async function rowOf(name: string): Promise<string[]> {
  using device = await openDevice("wasm", { threads: numberOf("threads", flags["threads"] ?? "1") });
  const text = Corpus.fromText(await Deno.readTextFile(`${DATA}/${RECIPES[name]!.text}`));
  const [training, rest] = text.split(0.1);
  const rows = partsOf(rest);
  const few = { parts: rows.parts.map((part) => part.subarray(0, REFERENCE_STEPS + 1)) };
  const bytes = await trained(device, name, training);
  const small = await quantize(bytes);
  const { model } = await decodeModel(bytes, device);
  const { model: half } = await decodeModel(await quantize(bytes, { to: "f16" }), device);
  const { model: int8 } = await decodeModel(small, device);
  const exact = await floatLoss(model, rows);
  const more = (loss: number): string =>
    `${loss < exact ? "" : "+"}${(100 * (loss / exact - 1)).toFixed(4)} %`;
  const apart = Math.abs(await kernelLoss(int8, few) - await referenceLoss(int8, few));
  return [
    name,
    `${PARTS * (rows.parts[0]!.length - 1)}`,
    (small.length / bytes.length).toFixed(3),
    exact.toFixed(4),
    more(await floatLoss(half, rows)),
    more(await floatLoss(int8, rows)),
    more(await kernelLoss(int8, rows)),
    apart.toExponential(1),
  ];
}

const rows: string[][] = [];
for (const name of names) rows.push(await rowOf(name));
console.log(table(
  [
    "model",
    "tokens",
    "file",
    "float32",
    "f16",
    "int8 as float32",
    "int8 by its kernel",
    "kernel − reference",
  ],
  rows,
));
