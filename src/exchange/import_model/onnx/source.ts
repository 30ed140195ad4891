/**
 * A graph with what is known of its tensors: which node makes each, which are weights, and whole numbers that nodes compute
 * of shapes.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { sizeOf } from "../../../tensors/shape.ts";
import { type NamedArray, transposed } from "../arrays.ts";
import type { ImportFile } from "../plain.ts";
import { damaged, unfit } from "../unfit.ts";
import { type Axis, shapeOf } from "./axes.ts";
import type { OnnxGraph, OnnxNode } from "./graph.ts";
import { integersIn, isFloat, isWide, numbersIn, type OnnxTensor } from "./tensor.ts";

/** How many nodes one behind the other are followed, beside the model's layers. */
const LONGEST = 100;

/** Operations that only hand weights on. */
const HANDING: readonly string[] = ["Identity", "Transpose", "Cast"];

/** A graph. */
export class Source {
  readonly graph: OnnxGraph;
  readonly #files: readonly ImportFile[];
  readonly #makers = new Map<string, OnnxNode>();
  readonly #integers = new Map<string, readonly number[] | undefined>();
  /** Axes of the tensors that the model's layers give, as far as they are known. */
  readonly axes = new Map<string, readonly Axis[]>();

  /**
   * @param graph The graph.
   * @param files What holds its weights.
   */
  constructor(graph: OnnxGraph, files: readonly ImportFile[]) {
    this.graph = graph;
    this.#files = files;
    for (const node of graph.nodes) {
      for (const name of node.outputs) {
        if (name === "") continue;
        if (this.#makers.has(name)) throw damaged(`two nodes make ${quote(name)}`);
        this.#makers.set(name, node);
      }
    }
  }

  /**
   * The node that makes a tensor.
   *
   * @param name The tensor.
   */
  makerOf(name: string): OnnxNode | undefined {
    return this.#makers.get(name);
  }

  /**
   * A tensor that the file holds.
   *
   * @param name Its name.
   */
  tensorOf(name: string): OnnxTensor | undefined {
    const maker = this.makerOf(name);
    return this.graph.tensors.get(name) ??
      (maker?.op === "Constant" ? maker.attributes.get("value")?.tensor : undefined);
  }

  /**
   * Whether a tensor is one of weights.
   *
   * @param name Its name.
   */
  isWeight(name: string): boolean {
    let inner = name;
    for (let i = 0; i < LONGEST; i++) {
      if (this.tensorOf(inner)) return true;
      const maker = this.makerOf(inner);
      if (!maker || !HANDING.includes(maker.op)) return false;
      inner = maker.inputs[0] ?? "";
    }
    return false;
  }

  /**
   * Weights.
   *
   * @param name The tensor's name.
   * @returns The weights, transposed where a node does so.
   * @throws {SyntaxError} If the file is damaged.
   * @throws {TypeError} If they are computed.
   */
  weight(name: string): NamedArray {
    let isTransposed = false;
    let inner = name;
    while (this.isWeight(inner)) {
      const tensor = this.tensorOf(inner);
      if (tensor) {
        const array = numbersIn(tensor, this.#files);
        if (!isTransposed) return { ...array, name };
        if (array.shape.length !== 2) throw unfit(`${quote(name)} is transposed, and no matrix`);
        return { ...transposed(array), name };
      }
      const { op, inputs, attributes } = this.makerOf(inner)!;
      const keeps = op !== "Transpose" || attributes.get("perm")?.integers.every((axis, i) => axis === i);
      if (!keeps) isTransposed = !isTransposed;
      if (op === "Cast" && !isWide(attributes.get("to")?.integers[0])) break;
      inner = inputs[0]!;
    }
    throw unfit(`${quote(name)} is computed: weights must lie in the file`);
  }

  /**
   * Whether a tensor is of zeros.
   *
   * @param tensor The tensor.
   * @throws {SyntaxError} If the file is damaged.
   * @throws {TypeError} If its numbers are missing, or of no floating-point type.
   */
  isZero(tensor: OnnxTensor): boolean {
    return numbersIn(tensor, this.#files).data.every((value) => value === 0);
  }

  /**
   * A few numbers of any type.
   *
   * @param name The tensor's name.
   * @returns The numbers; undefined where they are not known, or many.
   * @throws {SyntaxError} If the file is damaged.
   */
  numbers(name: string): readonly number[] | undefined {
    const tensor = this.tensorOf(name);
    if (!tensor || !isFloat(tensor.type)) return this.integers(name);
    return sizeOf(tensor.shape) > 64 ? undefined : [...numbersIn(tensor, this.#files).data];
  }

  /**
   * Whole numbers, which may be computed of shapes.
   *
   * @param name The tensor's name.
   * @param depth How many nodes lie behind already.
   * @returns The numbers; undefined where they are not known.
   */
  integers(name: string, depth = 0): readonly number[] | undefined {
    if (this.#integers.has(name)) return this.#integers.get(name);
    const tensor = this.tensorOf(name);
    const found = tensor ? integersIn(tensor) : depth < LONGEST ? this.#computed(name, depth + 1) : undefined;
    const numbers = found && found.length <= 64 ? found : undefined;
    this.#integers.set(name, numbers);
    return numbers;
  }

  #computed(name: string, depth: number): readonly number[] | undefined {
    const node = this.makerOf(name);
    if (!node) return undefined;
    const { op, inputs, attributes } = node;
    const number = (attribute: string): number | undefined => attributes.get(attribute)?.integers[0];
    if (op === "Shape") {
      const axes = this.axes.get(inputs[0] ?? "");
      return axes && shapeOf(axes).slice(number("start") ?? 0, number("end"));
    }
    if (op === "Constant") return (attributes.get("value_ints") ?? attributes.get("value_int"))?.integers;
    const read = inputs.map((input) => input === "" ? undefined : this.integers(input, depth));
    const [first, second, third, , fifth] = read;
    if (!first) return undefined;
    switch (op) {
      case "Identity":
      case "Cast":
      case "Reshape":
      case "Squeeze":
      case "Unsqueeze":
        return first;
      case "Concat":
        return read.every((part) => part !== undefined) ? read.flatMap((part) => [...part!]) : undefined;
      case "Gather":
        return second?.map((index) => first.at(index) ?? NaN);
      case "Slice":
        return second && third && (fifth?.[0] ?? 1) === 1 ? first.slice(second[0], third[0]) : undefined;
      case "Mul":
        return second && both(first, second, (a, b) => a * b);
      case "Add":
        return second && both(first, second, (a, b) => a + b);
      case "Sub":
        return second && both(first, second, (a, b) => a - b);
      case "Div":
        return second && both(first, second, (a, b) => Math.trunc(a / b));
    }
    return undefined;
  }
}

/** Element by element, one number beside many among them. */
function both(
  a: readonly number[],
  b: readonly number[],
  result: (a: number, b: number) => number,
): readonly number[] | undefined {
  const length = Math.max(a.length, b.length);
  if (![a, b].every((one) => one.length === length || one.length === 1)) return undefined;
  return Array.from(
    { length },
    (_, i) => result(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!),
  );
}
