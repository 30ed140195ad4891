/**
 * The task in TensorFlow.js' layers, as its documentation trains them: model.fit() on all of an epoch's windows, nothing
 * printed, no turns for others between batches. `--device` is its backend. See bench/peers/protocol.ts.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
import { type Ready, serve, type Settings } from "../peers/protocol.ts";
import { type TaskFile, taskOf } from "./task.ts";

const VERSION: string = "4.22.0";
console.warn = (): void => {}; // it greets
const tf: any = await import(`npm:@tensorflow/tfjs@${VERSION}`);

/** (epoch's rows, T, I) of the steps from `first` on. */
function windows({ batches, batchSize: B, numSteps: T, inputSize: I }: TaskFile, first: number): any {
  const data = new Float32Array(batches.length * B * T * I);
  let at = 0;
  for (const numbers of batches) {
    for (let b = 0; b < B; b++) {
      for (let t = first; t < first + T; t++) {
        for (let i = 0; i < I; i++) data[at++] = numbers[(t * B + b) * I + i]!;
      }
    }
  }
  return tf.tensor(data, [batches.length * B, T, I]);
}

function modelOf({ numSteps, inputSize, hiddenSize, learningRate }: TaskFile, { weights }: Settings): any {
  const model = tf.sequential();
  model.add(
    tf.layers.simpleRNN({ units: hiddenSize, returnSequences: true, inputShape: [numSteps, inputSize] }),
  );
  model.add(tf.layers.dense({ units: inputSize }));
  const tensor = (name: string): any => tf.tensor(weights[name]!.data, weights[name]!.shape);
  model.setWeights([
    tf.transpose(tensor("rnn.weight_ih_l0")),
    tf.transpose(tensor("rnn.weight_hh_l0")),
    tf.add(tensor("rnn.bias_ih_l0"), tensor("rnn.bias_hh_l0")),
    tf.transpose(tensor("dense.weight")),
    tensor("dense.bias"),
  ]);
  model.compile({ optimizer: tf.train.adam(learningRate, 0.9, 0.999, 1e-8), loss: "meanSquaredError" });
  return model;
}

await serve(async (settings: Settings): Promise<Ready> => {
  const { device } = settings;
  if (device === "wasm") await import(`npm:@tensorflow/tfjs-backend-wasm@${VERSION}`);
  if (!await tf.setBackend(device)) throw new Error(`Cannot open the backend "${device}" of TensorFlow.js`);
  const task = taskOf(settings);
  const [x, y] = [windows(task, 0), windows(task, 1)];
  const model = modelOf(task, settings);
  const { batchSize } = task;
  const first = [x, y].map((all) => tf.slice(all, 0, batchSize));
  const [loss] = await model.evaluate(first[0], first[1], { batchSize }).data();
  const quietly = { batchSize, epochs: 1, shuffle: false, yieldEvery: "never", verbose: 0 };
  return {
    version: `TensorFlow.js layers ${VERSION} on ${device}`,
    losses: [loss],
    unit: async () => void await model.fit(x, y, quietly),
  };
});
