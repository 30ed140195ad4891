/**
 * Models of TensorFlow.js, saved as model.json and its weights, with what they answer to an input: cases for run.ts.
 *
 *     deno run -A --no-lock tfjs_models.ts FOLDER
 *
 * @module
 */
import { Random } from "../../src/random.ts";
import type { Case } from "./compare.ts";

const PACKAGE = "@tensorflow/tfjs";
const tf = await import(`npm:${PACKAGE}@4.22.0`);
const { layers } = tf;
const [folder] = Deno.args;
const [T, B, I, H, V] = [7, 2, 4, 5, 8];
const random = new Random(0, 0);
const cases: Case[] = [];

/** A number from N(0, 1). */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

function drawn(shape: readonly number[], scale: number): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * normal());
}

/** What is used of its types. */
interface Saved {
  modelTopology: object;
  weightSpecs: object[];
  weightData: ArrayBuffer;
}

async function add(
  name: string,
  parts: unknown[],
  { ids = false, golden = false, refused = "" } = {},
): Promise<void> {
  const model = tf.sequential({ layers: parts });
  model.setWeights(
    model.getWeights().map(({ shape }: { shape: number[] }) => tf.tensor(drawn(shape, 0.6), shape)),
  );
  const files = [`tfjs_${name}.model.json`, `tfjs_${name}.bin`] as const;
  await model.save(tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }: Saved) => {
    const weightsManifest = [{ paths: [files[1]], weights: weightSpecs }];
    const json = { format: "layers-model", modelTopology, weightsManifest };
    await Deno.writeTextFile(`${folder}/${files[0]}`, JSON.stringify(json));
    await Deno.writeFile(`${folder}/${files[1]}`, new Uint8Array(weightData));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
  }));
  const shape = ids ? [B, T] : [B, T, I];
  const data = ids ? Array.from({ length: B * T }, () => random.integer(V)) : [...drawn(shape, 1)];
  const one = { name: `tfjs ${name}`, files: [files], golden, input: { shape, data } };
  const last = model.layers.at(-1);
  if (last.activation?.getClassName?.() === "softmax") {
    last.activation = tf.layers.activation({ activation: "linear" }).activation;
  }
  const y = model.predict(tf.tensor(data, shape, ids ? "int32" : "float32"));
  const output = { shape: y.shape, data: [...await y.data()] };
  cases.push(refused ? { ...one, refused } : { ...one, output });
}

type Options = Record<string, unknown>;
const input = { inputShape: [null, I] };
for (const kind of ["simpleRNN", "gru", "lstm"]) {
  const cell = (options: Options = {}): unknown =>
    layers[kind]({ units: H, returnSequences: true, ...options });
  await add(kind, [cell(input)]);
  await add(`${kind}_two`, [cell(input), cell({ units: 3 })]);
  await add(`${kind}_bidirectional`, [
    layers.bidirectional({ layer: cell(), mergeMode: "concat", ...input }),
  ]);
  await add(`${kind}_no_bias`, [cell({ useBias: false, ...input })]);
  await add(`${kind}_last`, [cell({ returnSequences: false, ...input })]);
  if (kind !== "simpleRNN") {
    await add(`${kind}_sigmoid`, [cell({ recurrentActivation: "sigmoid", ...input })]);
  }
  const language = [
    layers.embedding({ inputDim: V, outputDim: I, inputShape: [null] }),
    cell(),
    layers.dropout({ rate: 0.1 }),
    cell({ units: 3 }),
    layers.dense({ units: V, activation: "softmax" }),
  ];
  await add(`${kind}_language`, language, { ids: true, golden: kind !== "simpleRNN" });
}
await add("relu", [layers.simpleRNN({ units: H, activation: "relu", ...input })]);
const masked = layers.embedding({ inputDim: V, outputDim: I, inputShape: [null], maskZero: true });
await add("masked", [masked, layers.lstm({ units: H })], { ids: true, refused: "mask_zero" });
const inner = (...parts: unknown[]): unknown => tf.sequential({ layers: parts });
const first = layers.lstm({ units: H, returnSequences: true, ...input });
const second = layers.gru({ units: 3, returnSequences: true, inputShape: [null, 4] });
await add("nested", [
  inner(first, layers.dense({ units: 4 })),
  inner(inner(second), layers.dense({ units: 4 })),
  layers.dense({ units: 2 }),
]);
await Deno.writeTextFile(`${folder}/tfjs.json`, JSON.stringify(cases));
