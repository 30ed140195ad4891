/**
 * Layers of Keras as plain ones: by class, what is taken, and what is refused with the reason. TensorFlow.js has the same.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { checkShape, type NamedArray, transposed } from "../arrays.ts";
import { flagIn, membersOf, sizeIn, textIn } from "../members.ts";
import type { PlainLayer } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { activationOf } from "./activations.ts";
import type { Dialect, KerasLayer } from "./chain.ts";
import { recurrentOf } from "./recurrent.ts";

/** Layers that do nothing but in training. */
const IDLE: readonly string[] = [
  "InputLayer",
  "Dropout",
  "SpatialDropout1D",
  "GaussianDropout",
  "GaussianNoise",
  "AlphaDropout",
  "ActivityRegularization",
];

/** Recurrent layers. */
const RECURRENT: readonly string[] = ["SimpleRNN", "GRU", "LSTM"];

/** Classes that are refused with a reason of their own. */
const REFUSED: Readonly<Record<string, string>> = {
  Masking:
    "a masked step repeats the last output in Keras, where it is 0 here: train the model without masks",
  CuDNNLSTM: "its arrays are in the layout of CuDNN alone: load it in Keras 2 as LSTM, and save it again",
  CuDNNGRU:
    "its arrays are in the layout of CuDNN alone: load it in Keras 2 as GRU with reset_after=True, and save it again",
  Lambda: "it is code of Python's, which a file cannot be trusted with: write it as layers",
  ConvLSTM2D: "its products are convolutions",
  RNN: "its cells stand for themselves: use SimpleRNN, GRU or LSTM",
};

/**
 * Makes plain layers of one of Keras's.
 *
 * @param layer The layer.
 * @param arrays Its weights, in the order of Keras's layer.weights.
 * @param dialect What the file means where it says nothing.
 * @returns None of a layer that does nothing; of a dense one with an activation two.
 * @throws {TypeError} If refrain has no such layer, or shapes do not fit.
 */
export function plainLayers(
  layer: KerasLayer,
  arrays: readonly NamedArray[],
  dialect: Dialect,
): PlainLayer[] {
  const { className, name, config } = layer;
  const reason = REFUSED[className];
  if (reason !== undefined) throw unfit(`${quote(name)} is ${quote(className)}: ${reason}`);
  if (IDLE.includes(className)) return [];
  if (RECURRENT.includes(className)) return [recurrentOf(layer, [arrays], dialect)];
  switch (className) {
    case "Bidirectional":
      return [bidirectional(layer, arrays, dialect)];
    case "TimeDistributed": {
      const inner = innerOf(layer, "layer");
      if (inner.className === "Dense") return dense({ ...inner, name }, arrays);
      throw unfit(`${quote(name)} is TimeDistributed of ${quote(inner.className)}: only Dense is taken`);
    }
    case "Embedding": {
      if (flagIn(config, "mask_zero", quote(name), false)) {
        throw unfit(`${quote(name)} has mask_zero: ${REFUSED["Masking"]}`);
      }
      const [weight] = expect(layer, arrays, 1);
      checkShape(weight!, [
        sizeIn(config, "input_dim", quote(name)),
        sizeIn(config, "output_dim", quote(name)),
      ]);
      return [{ kind: "embedding", name, arrays: { weight: weight! } }];
    }
    case "CategoryEncoding":
      return [oneHot(layer)];
    case "Dense":
      return dense(layer, arrays);
    case "Activation":
      return activationOf(layer, config["activation"]);
    case "Softmax":
    case "ReLU":
      return activationOf(layer, className.toLowerCase());
  }
  throw unfit(`${quote(name)} is ${quote(className)}, which refrain does not have`);
}

/**
 * Whether a layer puts each id into a row of its own, from which the next makes one-hot rows.
 *
 * @param layer The layer.
 * @param next The next one, where there is one.
 */
export function isOneEach({ className, config }: KerasLayer, next: KerasLayer | undefined): boolean {
  return className === "Reshape" && JSON.stringify(config["target_shape"]) === "[-1,1]" &&
    next?.className === "CategoryEncoding";
}

function oneHot({ name, config }: KerasLayer): PlainLayer {
  const mode = config["output_mode"] ?? "multi_hot";
  if (mode === "one_hot") return { kind: "one_hot", name, size: sizeIn(config, "num_tokens", quote(name)) };
  throw unfit(`${quote(name)} has output_mode ${quote(String(mode))}: only "one_hot" is taken`);
}

/** The layer in a wrapper. */
function innerOf(layer: KerasLayer, key: string): KerasLayer {
  const { name, config } = layer;
  const inner = membersOf(config[key], `${quote(key)} of ${quote(name)}`);
  const what = `the layer in ${quote(name)}`;
  return {
    ...layer,
    className: textIn(inner, "class_name", what),
    name: `${name}.${key}`,
    config: membersOf(inner["config"], what),
  };
}

function bidirectional(layer: KerasLayer, arrays: readonly NamedArray[], dialect: Dialect): PlainLayer {
  const { name, config } = layer;
  const inner = innerOf(layer, "layer");
  if (!RECURRENT.includes(inner.className)) {
    throw unfit(`${quote(name)} is Bidirectional of ${quote(inner.className)}, which refrain does not have`);
  }
  const { merge_mode: merge = "concat" } = config;
  if (merge !== "concat") {
    throw unfit(`${quote(name)} has merge_mode ${quote(String(merge))}: only "concat" is taken`);
  }
  if (config["backward_layer"] !== undefined) {
    checkAlike(inner, innerOf(layer, "backward_layer"), name);
  }
  const half = arrays.length / 2;
  return recurrentOf({ ...inner, name }, [arrays.slice(0, half), arrays.slice(half)], dialect);
}

/** What both directions must have in common. */
const SHARED = ["units", "activation", "recurrent_activation", "use_bias", "reset_after", "return_sequences"];

function checkAlike(forward: KerasLayer, backward: KerasLayer, name: string): void {
  const differing = forward.className !== backward.className
    ? "class_name"
    : SHARED.find((key) => JSON.stringify(forward.config[key]) !== JSON.stringify(backward.config[key]));
  if (differing !== undefined) {
    throw unfit(`${quote(name)} has directions that differ in ${quote(differing)}`);
  }
}

function dense(layer: KerasLayer, arrays: readonly NamedArray[]): PlainLayer[] {
  const { name, config } = layer;
  const units = sizeIn(config, "units", quote(name));
  const bias = flagIn(config, "use_bias", quote(name), true);
  const [kernel, vector] = expect(layer, arrays, bias ? 2 : 1);
  checkShape(kernel!, [kernel!.shape[0] ?? 0, units]);
  if (vector) checkShape(vector, [units]);
  const affine: PlainLayer = {
    kind: "dense",
    name,
    arrays: { weight: transposed(kernel!), ...(vector ? { bias: vector } : {}) },
  };
  return [affine, ...activationOf(layer, config["activation"])];
}

/**
 * Checks how many arrays a layer has.
 *
 * @param layer The layer.
 * @param arrays Its weights.
 * @param count How many it must have.
 * @returns The arrays.
 * @throws {TypeError} If it has others.
 */
function expect({ name }: KerasLayer, arrays: readonly NamedArray[], count: number): readonly NamedArray[] {
  if (arrays.length === count) return arrays;
  throw unfit(`${quote(name)} must have ${count} arrays: it has ${arrays.length}`);
}
