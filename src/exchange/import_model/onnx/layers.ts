/**
 * The layers of a chain of nodes: each node is a layer, or moves axes between layers.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { sameShape, sizeOf } from "../../../tensors/shape.ts";
import { type NamedArray, transposed } from "../arrays.ts";
import type { PlainActivation, PlainDense, PlainLayer, PlainRecurrent } from "../plain.ts";
import { unfit } from "../unfit.ts";
import { type Axis, roleOf } from "./axes.ts";
import type { Link } from "./chain.ts";
import { type OnnxNode, RECURRENT } from "./graph.ts";
import { moved } from "./moved.ts";
import { recurrentOf } from "./recurrent.ts";
import type { Source } from "./source.ts";
import { isFloat, TYPES } from "./tensor.ts";

/** Functions of single elements, and softmax. */
const FUNCTIONS: Readonly<Record<string, PlainActivation["function"]>> = {
  Relu: "relu",
  Tanh: "tanh",
  Sigmoid: "sigmoid",
  Softmax: "softmax",
  LogSoftmax: "softmax",
};

/** What has been read of a chain. */
export class Layers {
  readonly #source: Source;
  readonly layers: PlainLayer[] = [];
  /** Inputs that are states. */
  readonly states: string[] = [];
  /** The axes of what the last node gave. */
  axes: readonly Axis[];
  /** Which axis of the input is time, as soon as a layer has told. */
  time: "first" | "second" | undefined;
  /** Whether the tensor is one of ids still. */
  #isIds: boolean;
  /** Whether the input is one step, whose axes are the batch's and perhaps numbers. */
  readonly #isStep: boolean;

  /**
   * @param source The graph.
   * @param axes The axes of its input.
   * @param input Whether it is one of ids, and whether it is one step.
   */
  constructor(source: Source, axes: readonly Axis[], { isIds, isStep }: { isIds: boolean; isStep: boolean }) {
    this.#source = source;
    this.axes = axes;
    this.#isIds = isIds;
    this.#isStep = isStep;
  }

  /**
   * Takes the next node.
   *
   * @param link The node.
   * @throws {SyntaxError} If the file is damaged.
   * @throws {TypeError} If refrain has nothing such.
   */
  take({ node, to, givesStates }: Link): void {
    if (givesStates) {
      const [directions = [], rows = [], numbers = []] = this.axes;
      this.axes = [rows, [...directions, ...numbers]];
      return;
    }
    const { op, domain, name, inputs } = node;
    if (domain !== "") throw unfit(`${quote(name)} is ${quote(`${domain}.${op}`)}, which is not ONNX's own`);
    const isTable = op === "Gather" && this.#source.isWeight(inputs[0] ?? "");
    const isMoved = !isTable && moved(node, this.axes, this.#source, this.time);
    if (isMoved) {
      if (isMoved.endsAt) this.#end(isMoved.endsAt);
      this.axes = isMoved.axes;
    } else if (isTable) this.#embedding(node);
    else if (op === "OneHot") this.#oneHot(node);
    else if (op === "Cast") this.#cast(node);
    else if (this.#isIds) throw unfit(`${quote(name)} (${op}) reads ids, which only an embedding does here`);
    else if (RECURRENT.includes(op)) this.#recurrent(node, to);
    else if (op === "MatMul" || op === "Gemm") this.#dense(node);
    else if (op === "Add") this.#bias(node);
    else this.#activation(node);
  }

  #cast({ name, attributes }: OnnxNode): void {
    const to = attributes.get("to")?.integers[0];
    const stays = this.#isIds ? to === TYPES.int32 || to === TYPES.int64 : isFloat(to);
    if (!stays) throw unfit(`${quote(name)} (Cast) makes numbers of another type`);
  }

  #embedding({ name, inputs, attributes }: OnnxNode): void {
    const weight = this.#source.weight(inputs[0]!);
    if (!this.#isIds || weight.shape.length !== 2 || (attributes.get("axis")?.integers[0] ?? 0) !== 0) {
      throw unfit(`${quote(name)} (Gather) is no embedding of the model's ids`);
    }
    this.#isIds = false;
    this.layers.push({ kind: "embedding", name, arrays: { weight } });
    this.axes = [...this.axes, [{ role: "numbers", size: weight.shape[1]! }]];
  }

  #oneHot({ name, inputs, attributes }: OnnxNode): void {
    const [, depth = "", values = ""] = inputs;
    const [size, ...others] = this.#source.integers(depth) ?? [];
    const axis = attributes.get("axis")?.integers[0] ?? -1;
    const [off, on] = this.#source.numbers(values) ?? [];
    const isLast = axis === -1 || axis === this.axes.length;
    if (!this.#isIds || !isLast || !size || size < 1 || others.length > 0 || off !== 0 || on !== 1) {
      throw unfit(`${quote(name)} (OneHot) makes no one-hot rows of the model's ids`);
    }
    this.#isIds = false;
    this.layers.push({ kind: "one_hot", name, size });
    this.axes = [...this.axes, [{ role: "numbers", size }]];
  }

  #recurrent(node: OnnxNode, to: string): void {
    const isBatchFirst = (node.attributes.get("layout")?.integers[0] ?? 0) !== 0;
    const { layer, states } = recurrentOf(node, this.#source);
    const [first = [], second = []] = this.axes;
    const [steps, rows] = isBatchFirst ? [second, first] : [first, second];
    const roles = this.axes.map(roleOf);
    const time = isBatchFirst ? roles[1] : roles[0];
    const batch = time === "first" ? "second" : "first";
    const isTime = (time === "first" || time === "second") && (this.time ?? time) === time;
    const fits = roles.length === 3 && roles[2] === "numbers" &&
      (this.#isStep ? time === "one" : isTime) && roles.includes(batch);
    if (!fits) {
      throw unfit(
        `${quote(node.name)} does not read the steps of sequences in the order of the layer before`,
      );
    }
    if (isTime) this.time = time;
    this.states.push(...states);
    const out: Axis = [{ role: "numbers", size: layer.hiddenSize }];
    const directions: Axis = layer.bidirectional ? [{ role: "directions", size: 2 }] : [];
    const place = node.outputs.indexOf(to);
    if (place === 0) {
      this.layers.push(layer);
      this.axes = isBatchFirst ? [rows, steps, directions, out] : [steps, directions, rows, out];
    } else if (place === 1) {
      this.layers.push({ ...layer, outputs: "last" });
      this.axes = isBatchFirst ? [rows, directions, out] : [directions, rows, out];
    } else throw unfit(`${quote(node.name)} gives its cell state: here that stays within`);
  }

  /** The layers end with the last step of the last recurrent one: those behind it work on single steps. */
  #end(name: string): void {
    const index = this.layers.findLastIndex(({ kind }) => kind === "recurrent");
    const layer = this.layers[index] as PlainRecurrent;
    if (layer.bidirectional) {
      throw unfit(
        `${
          quote(name)
        } takes the last step of both directions: here it is that of each direction's own order`,
      );
    }
    this.layers[index] = { ...layer, outputs: "last" };
  }

  #dense(node: OnnxNode): void {
    const { op, name, inputs, attributes } = node;
    const float = (key: string): number => attributes.get(key)?.floats[0] ?? 1;
    const flag = (key: string): boolean => (attributes.get(key)?.integers[0] ?? 0) !== 0;
    if (this.#source.isWeight(inputs[0] ?? "") || flag("transA")) {
      throw unfit(`${quote(name)} multiplies with its weights from the left`);
    }
    if (float("alpha") !== 1 || float("beta") !== 1) {
      throw unfit(`${quote(name)} has alpha ${float("alpha")} and beta ${float("beta")}: both must be 1`);
    }
    const given = this.#source.weight(inputs[1] ?? "");
    const weight = given.shape.length === 2 && !(op === "Gemm" && flag("transB")) ? transposed(given) : given;
    const last = this.axes.at(-1);
    if (weight.shape.length !== 2 || !last || roleOf(last) !== "numbers") {
      throw unfit(`${quote(name)} (${op}) is no dense layer of a step's numbers`);
    }
    this.layers.push({ kind: "dense", name, arrays: { weight } });
    this.axes = [...this.axes.slice(0, -1), [{ role: "numbers", size: weight.shape[0]! }]];
    const bias = op === "Gemm" ? inputs[2] ?? "" : "";
    if (bias !== "") this.#addBias(name, this.#source.weight(bias));
  }

  #bias({ name, inputs }: OnnxNode): void {
    this.#addBias(name, this.#source.weight(inputs.find((input) => this.#source.isWeight(input))!));
  }

  #addBias(name: string, { shape, data }: NamedArray): void {
    const layer = this.layers.at(-1);
    const last = this.axes.at(-1);
    if (layer?.kind !== "dense" || "bias" in layer.arrays || !last || roleOf(last) !== "numbers") {
      throw unfit(`${quote(name)} adds numbers, and not behind a product, as a dense layer does`);
    }
    const rows = layer.arrays["weight"]!.shape[0]!;
    const isRow = sameShape(shape, [...Array(Math.max(0, shape.length - 1)).fill(1), rows]);
    if (!isRow || sizeOf(shape) !== rows) throw unfit(`${quote(name)} adds other numbers than a bias`);
    const biased: PlainDense = { ...layer, arrays: { ...layer.arrays, bias: { shape: [rows], data } } };
    this.layers[this.layers.length - 1] = biased;
  }

  #activation({ op, name, attributes }: OnnxNode): void {
    const approximate = attributes.get("approximate")?.texts[0];
    const which = op === "Gelu" ? approximate === "tanh" ? "gelu_tanh" : "gelu" : FUNCTIONS[op];
    if (!which) throw unfit(`${quote(name)} is ${quote(op)}, which refrain does not have`);
    if (which === "softmax") {
      const rank = this.axes.length;
      const axis = attributes.get("axis")?.integers[0] ?? (this.#source.graph.opset < 13 ? 1 : -1);
      if (axis !== -1 && axis !== rank - 1) {
        throw unfit(`${quote(name)} (${op}) is over axis ${axis}: it must be over the last`);
      }
    }
    this.layers.push({ kind: "activation", name, function: which });
  }
}
