/**
 * The workloads in TensorFlow.js, tuned by hand: the one-hot product is a gather, its gradient a scatter, gradients are
 * written out (tfjs_cells.ts), and all is tidied. Deno and a browser give it their own package and backend.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
import type { Ready, Settings } from "./protocol.ts";
import { readyWith } from "./ready_with.ts";
import { RECURRENCES } from "./tfjs_cells.ts";
import type { GenerationFile, TrainingFile } from "./workload_files.ts";

/** TensorFlow.js, once it is there. */
let tf: any;

type Tensor = any;

/** Parameters of a layer: products' matrices transposed, so that the first layer's are rows to look up. */
interface Layer {
  weightIh: Tensor;
  weightHh: Tensor;
  biasIh: Tensor;
  biasHh: Tensor;
}

/** The model, and its gradients. */
class Model {
  readonly layers: Layer[];
  readonly dense: { weight: Tensor; bias: Tensor };
  readonly recurrence;

  constructor({ weights, workload: { cell, numLayers } }: Pick<Settings, "weights" | "workload">) {
    const variable = (name: string): Tensor =>
      tf.tidy(() => {
        const { data, shape } = weights[name]!;
        const value = tf.tensor(data, shape);
        return tf.variable(shape.length === 2 ? tf.transpose(value) : value);
      });
    this.recurrence = RECURRENCES[cell]!;
    this.layers = Array.from({ length: numLayers }, (_, l) => ({
      weightIh: variable(`rnn.weight_ih_l${l}`),
      weightHh: variable(`rnn.weight_hh_l${l}`),
      biasIh: variable(`rnn.bias_ih_l${l}`),
      biasHh: variable(`rnn.bias_hh_l${l}`),
    }));
    this.dense = { weight: variable("dense.weight"), bias: variable("dense.bias") };
  }

  /** Logits (T·B, V) of ids (T·B), the states after them, and the way back. */
  forward(ids: Tensor, states: Tensor[][], steps: number) {
    const finals: Tensor[][] = [];
    const backwards: ((dOutput: Tensor, add: Add) => Tensor)[] = [];
    let output: Tensor;
    this.layers.forEach((layer, l) => {
      const below = output;
      const x = below ? tf.matMul(below, layer.weightIh) : tf.gather(layer.weightIh, ids);
      const given = { input: tf.add(x, layer.biasIh), states: states[l]!, steps };
      const pass = this.recurrence(tf, { ...given, weightHh: layer.weightHh, biasHh: layer.biasHh });
      finals.push(pass.finals);
      output = pass.output;
      backwards.push((dOutput, add) => {
        const { dInput, dHidden } = pass.backward(dOutput);
        const [rows, columns] = layer.weightIh.shape;
        const dIn = below
          ? tf.matMul(tf.transpose(below), dInput)
          : tf.scatterND(tf.expandDims(ids, 1), dInput, [rows, columns]);
        add(layer.weightIh, dIn);
        add(layer.biasIh, tf.sum(dInput, 0));
        add(layer.weightHh, tf.matMul(tf.transpose(pass.previous), dHidden));
        add(layer.biasHh, tf.sum(dHidden, 0));
        return below && tf.matMul(dInput, tf.transpose(layer.weightIh));
      });
    });
    const logits = tf.add(tf.matMul(output, this.dense.weight), this.dense.bias);
    const backward = (dLogits: Tensor, add: Add): void => {
      add(this.dense.weight, tf.matMul(tf.transpose(output), dLogits));
      add(this.dense.bias, tf.sum(dLogits, 0));
      let dOutput = tf.matMul(dLogits, tf.transpose(this.dense.weight));
      for (const back of backwards.toReversed()) dOutput = back(dOutput, add);
    };
    return { logits, finals, backward };
  }
}

/** Takes the gradient of a parameter. */
type Add = (parameter: Tensor, gradient: Tensor) => void;

/** One layer's worth of zeros for each. */
function zeroStates(
  batch: number,
  { cell, numLayers, hiddenSize }: TrainingFile | GenerationFile,
): Tensor[][] {
  const names = cell === "lstm" ? ["h", "c"] : ["h"];
  return Array.from({ length: numLayers }, () => names.map(() => tf.zeros([batch, hiddenSize])));
}

/** Ids (B, T) as (T·B). */
function timeMajor(ids: number[], batch: number, steps: number): Tensor {
  return tf.tensor1d(Array.from(ids.keys(), (i) => ids[i % batch * steps + Math.floor(i / batch)]!), "int32");
}

/** The steps of a training: each call is one, and returns its loss, the only thing that is read. */
function trainingSteps(settings: Settings, workload: TrainingFile): () => Promise<number> {
  const { batchSize, numSteps, vocabularySize, learningRate, clipGradNorm } = workload;
  const model = new Model(settings);
  const rows = batchSize * numSteps;
  const optimizer = tf.train.adam(learningRate, 0.9, 0.999, 1e-8);
  const ids = timeMajor(workload.inputs, batchSize, numSteps);
  const targets = timeMajor(workload.targets, batchSize, numSteps);
  const places = tf.stack([tf.range(0, rows, 1, "int32"), targets], 1);
  const ones = tf.ones([rows]);
  let states = zeroStates(batchSize, workload);
  return async () => {
    const [loss, ...next] = tf.tidy(() => {
      const { logits, finals, backward } = model.forward(ids, states, numSteps);
      const probabilities = tf.softmax(logits);
      const mean = tf.neg(tf.mean(tf.log(tf.gatherND(probabilities, places))));
      const hits = tf.scatterND(places, ones, [rows, vocabularySize]);
      const gradients: { name: string; tensor: Tensor }[] = [];
      backward(
        tf.mul(tf.sub(probabilities, hits), 1 / rows),
        ({ name }, tensor) => gradients.push({ name, tensor }),
      );
      const norm = tf.sqrt(tf.addN(gradients.map(({ tensor }) => tf.sum(tf.square(tensor)))));
      const scale = tf.minimum(1, tf.div(clipGradNorm, norm));
      optimizer.applyGradients(
        gradients.map(({ name, tensor }) => ({ name, tensor: tf.mul(tensor, scale) })),
      );
      return [mean, ...finals.flat()];
    });
    tf.dispose(states);
    const perLayer = next.length / workload.numLayers;
    states = states.map((_, l) => next.slice(l * perLayer, (l + 1) * perLayer));
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
}

/** A generation: ids (streams, length); nothing is read back before its end. */
function generation(settings: Settings, workload: GenerationFile): () => Promise<number[][]> {
  const { ids, length } = workload;
  const model = new Model(settings);
  const first = tf.tensor1d(ids, "int32");
  return async () => {
    const drawn: Tensor[] = [];
    let [current, states]: [Tensor, Tensor[][]] = [first, zeroStates(ids.length, workload)];
    for (let i = 0; i < length; i++) {
      const [next, ...finals] = tf.tidy(() => {
        const { logits, finals } = model.forward(current, states, 1);
        return [tf.argMax(logits, 1), ...finals.flat()];
      });
      tf.dispose(states);
      current = next;
      drawn.push(next);
      states = [finals];
    }
    const all = tf.stack(drawn, 1);
    const result = await all.array();
    tf.dispose([all, drawn, states]);
    return result;
  };
}

/**
 * Makes a workload ready.
 *
 * @param package_ TensorFlow.js, with a backend.
 * @param settings What is timed.
 */
export function readyIn(package_: any, settings: Settings): Promise<Omit<Ready, "version">> {
  tf = package_;
  return readyWith(settings, { generation, trainingSteps });
}
