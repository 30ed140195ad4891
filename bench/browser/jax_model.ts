/**
 * The workloads in jax-js: a step, or a character, is one jitted function, its gradients by hand in tfjs_cells.ts's formulas.
 *
 * jax-js has neither a loop nor a scatter within `jit()`: time steps are unrolled, and the gradient of rows that were looked
 * up is a one-hot product, as its own gradient is.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
import type { Ready, Settings } from "../peers/protocol.ts";
import { readyWith } from "../peers/ready_with.ts";
import { RECURRENCES } from "../peers/tfjs_cells.ts";
import type { GenerationFile, TrainingFile } from "../peers/workload_files.ts";

type Tensor = any;
/** By PyTorch's names, matrices transposed. */
type Tensors = Record<string, Tensor>;

/** jax-js, once it is there. */
let jax: any;

/** Each operation of jax-js takes its arguments away: what is used again is counted up before. */
const kept = (value: Tensor): Tensor => typeof value === "number" ? value : value.ref;
const one = (name: string) => (a: Tensor): Tensor => jax.numpy[name](kept(a));
const two = (name: string) => (a: Tensor, b: Tensor): Tensor => jax.numpy[name](kept(a), kept(b));
/** What jax-js joins in one kernel: it adds more of them to the result, eight by eight, each time with a copy of all. */
const MOST_JOINED = 8;

function concat(values: readonly Tensor[], axis = 0): Tensor {
  if (values.length <= MOST_JOINED) return jax.numpy.concatenate(values.map(kept), axis);
  const groups = Array.from(
    { length: Math.ceil(values.length / MOST_JOINED) },
    (_, i) => concat(values.slice(i * MOST_JOINED, (i + 1) * MOST_JOINED), axis),
  );
  return concat(groups, axis);
}

function split(value: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  if (typeof parts === "number") return jax.numpy.split(kept(value), parts, axis);
  const ends = parts.map((_, i) => parts.slice(0, i + 1).reduce((a, b) => a + b));
  return jax.numpy.split(kept(value), ends.slice(0, -1), axis);
}

/** What tfjs_cells.ts uses of TensorFlow.js. */
const LIKE_TFJS = {
  add: two("add"),
  sub: (a: Tensor, b: Tensor) =>
    typeof a === "number" ? two("add")(one("negative")(b), a) : two("subtract")(a, b),
  mul: two("multiply"),
  matMul: two("matmul"),
  tanh: one("tanh"),
  square: one("square"),
  transpose: one("transpose"),
  sigmoid: (a: Tensor) => jax.nn.sigmoid(kept(a)),
  split,
  concat,
};
const { add, sub, mul, matMul, transpose, square } = LIKE_TFJS;
const sum = (value: Tensor, axis?: number): Tensor => jax.numpy.sum(kept(value), axis);

/** Rows of the vocabulary are a multiple of this: its kernels have tiles where a size divides by them, else none. */
const MULTIPLE = 16;
/** The logit of a row that is there for that alone. */
const NEVER = -1e30;

function parametersOf({ weights, workload: { vocabularySize } }: Settings): Tensors {
  const more = paddedSize(vocabularySize) - vocabularySize;
  return Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => {
      let value = jax.numpy.array(data).reshape(shape);
      if (name === "rnn.weight_ih_l0") value = jax.numpy.pad(value, [[0, 0], [0, more]]);
      if (name === "dense.weight") value = jax.numpy.pad(value, [[0, more], [0, 0]]);
      if (name === "dense.bias") value = jax.numpy.concatenate([value, jax.numpy.full([more], NEVER)]);
      return [
        name,
        name.startsWith("rnn.weight") ? jax.jit((x: Tensor) => x.transpose().add(0))(value) : value,
      ];
    }),
  );
}

const paddedSize = (size: number): number => Math.ceil(size / MULTIPLE) * MULTIPLE;

const zerosLike = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, jax.numpy.zeros(shape)]));

/** One layer's worth of zeros for each. */
function zeroStates(
  batch: number,
  { cell, numLayers, hiddenSize }: TrainingFile | GenerationFile,
): Tensor[][] {
  const names = cell === "lstm" ? ["h", "c"] : ["h"];
  return Array.from({ length: numLayers }, () => names.map(() => jax.numpy.zeros([batch, hiddenSize])));
}

/** By comparing: its own looks rows up in a matrix, which it makes anew each time. */
const oneHot = (ids: Tensor, size: number): Tensor => {
  const { numpy } = jax;
  const equal = numpy.equal(
    kept(ids).reshape([-1, 1]),
    numpy.arange(0, size, 1, { dtype: numpy.int32 }).reshape([1, -1]),
  );
  return equal.astype(numpy.float32);
};

/** What looked-up rows give back: its own way is a scatter, fast on WebGPU; on WebAssembly one thread takes it, in 0.3 s. */
function gradientOfRows(weight: Tensor, ids: Tensor, dRows: Tensor): Tensor {
  if (jax.defaultDevice() === "wasm") return matMul(transpose(oneHot(ids, weight.shape[0])), dRows);
  const [rows, back] = jax.vjp((w: Tensor) => jax.numpy.take(w, kept(ids), 0), [kept(weight)]);
  rows.dispose();
  return back(kept(dRows))[0];
}

/** Logits (T·B, V) of ids (T·B), the states after them, and the way back. */
function forward(
  p: Tensors,
  { ids, states, steps, workload }: {
    ids: Tensor;
    states: Tensor[][];
    steps: number;
    workload: TrainingFile | GenerationFile;
  },
) {
  const finals: Tensor[][] = [];
  const backwards: ((dOutput: Tensor, gradients: Tensors) => Tensor)[] = [];
  let output: Tensor;
  for (let l = 0; l < workload.numLayers; l++) {
    const below = output;
    const [ih, hh, bih, bhh] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) =>
      `rnn.${name}_l${l}`
    );
    const x = below ? matMul(below, p[ih!]) : jax.numpy.take(kept(p[ih!]), kept(ids), 0);
    const given = { input: add(x, p[bih!]), states: states[l]!, steps };
    const pass = RECURRENCES[workload.cell]!(LIKE_TFJS, { ...given, weightHh: p[hh!], biasHh: p[bhh!] });
    finals.push(pass.finals);
    output = pass.output;
    backwards.push((dOutput, gradients) => {
      const { dInput, dHidden } = pass.backward(dOutput);
      gradients[ih!] = below ? matMul(transpose(below), dInput) : gradientOfRows(p[ih!], ids, dInput);
      gradients[bih!] = sum(dInput, 0);
      gradients[hh!] = matMul(transpose(pass.previous), dHidden);
      gradients[bhh!] = sum(dHidden, 0);
      return below && matMul(dInput, transpose(p[ih!]));
    });
  }
  const logits = add(matMul(output, transpose(p["dense.weight"])), p["dense.bias"]);
  const backward = (dLogits: Tensor): Tensors => {
    const gradients: Tensors = {
      "dense.weight": matMul(transpose(dLogits), output),
      "dense.bias": sum(dLogits, 0),
    };
    let dOutput = matMul(dLogits, p["dense.weight"]);
    for (const back of backwards.toReversed()) dOutput = back(dOutput, gradients);
    return gradients;
  };
  return { logits, finals, backward };
}

/** Ids (B, T) as (T·B). */
function timeMajor(ids: number[], batch: number, steps: number): Tensor {
  const order = Int32Array.from(ids.keys(), (i) => ids[i % batch * steps + Math.floor(i / batch)]!);
  return jax.numpy.array(order);
}

const BETAS = [0.9, 0.999] as const;

/** Adam, its bias corrections by `power`, which is (β₁ᵗ, β₂ᵗ). */
function adam(p: Tensors, m: Tensors, v: Tensors, gradients: Tensors, power: Tensor[], rate: number) {
  const next: Record<"p" | "m" | "v", Tensors> = { p: {}, m: {}, v: {} };
  const [first, second] = power.map((value) => sub(1, value));
  for (const [name, g] of Object.entries(gradients)) {
    const [m_, v_] = [
      add(mul(m[name], BETAS[0]), mul(g, 1 - BETAS[0])),
      add(mul(v[name], BETAS[1]), mul(square(g), 1 - BETAS[1])),
    ];
    const root = add(jax.numpy.sqrt(two("divide")(v_, second)), 1e-8);
    next.m[name] = m_;
    next.v[name] = v_;
    next.p[name] = sub(p[name], mul(two("divide")(two("divide")(m_, first), root), rate));
  }
  return next;
}

/** The steps of a training: each call is one, and returns its loss, the only thing that is read. */
function trainingSteps(settings: Settings, workload: TrainingFile): () => Promise<number> {
  const { batchSize, numSteps, vocabularySize, learningRate, clipGradNorm } = workload;
  const rows = batchSize * numSteps;
  const ids = timeMajor(workload.inputs, batchSize, numSteps);
  const targets = timeMajor(workload.targets, batchSize, numSteps);
  const step = jax.jit(({ p, m, v, states, power, ids, targets }: any) => {
    const { logits, finals, backward } = forward(p, { ids, states, steps: numSteps, workload });
    const logProbabilities = jax.nn.logSoftmax(logits, -1);
    const hits = oneHot(targets, paddedSize(vocabularySize));
    const loss = mul(sum(mul(logProbabilities, hits)), -1 / rows);
    const gradients = backward(mul(sub(jax.numpy.exp(kept(logProbabilities)), hits), 1 / rows));
    const norm = jax.numpy.sqrt(Object.values(gradients).map((g) => sum(square(g))).reduce(add));
    const scale = jax.numpy.minimum(1, two("divide")(clipGradNorm, norm));
    const scaled = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, mul(g, scale)]));
    const powers = [mul(power[0], BETAS[0]), mul(power[1], BETAS[1])];
    return { loss, states: finals, power: powers, ...adam(p, m, v, scaled, powers, learningRate) };
  });
  const p = parametersOf(settings);
  let state: any = { p, m: zerosLike(p), v: zerosLike(p), states: zeroStates(batchSize, workload) };
  state.power = [jax.numpy.array(1), jax.numpy.array(1)];
  return async () => {
    const { loss, ...next } = step({ ...state, ids: kept(ids), targets: kept(targets) });
    state = next;
    return (await loss.data())[0];
  };
}

/** A generation: ids (streams, length); nothing is read back before its end. */
function generation(settings: Settings, workload: GenerationFile): () => Promise<number[][]> {
  const p = parametersOf(settings);
  const next = jax.jit(({ p, ids, states }: any) => {
    const { logits, finals } = forward(p, { ids, states, steps: 1, workload });
    return { ids: jax.numpy.argmax(logits, 1), states: finals };
  });
  return async () => {
    const drawn: Tensor[] = [];
    let ids = jax.numpy.array(Int32Array.from(workload.ids));
    let states = zeroStates(workload.ids.length, workload);
    for (let i = 0; i < workload.length; i++) {
      ({ ids, states } = next({ p: jax.tree.ref(p), ids, states }));
      drawn.push(kept(ids));
    }
    jax.tree.dispose([ids, states]);
    return await jax.numpy.stack(drawn, 1).jsAsync();
  };
}

/**
 * Makes a workload ready.
 *
 * @param package_ The package, with a default device.
 * @param settings What is timed.
 */
export function readyIn(package_: any, settings: Settings): Promise<Omit<Ready, "version">> {
  jax = package_;
  return readyWith(settings, { generation, trainingSteps });
}
