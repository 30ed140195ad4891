/**
 * A graph of ONNX as it is written: nodes, numbers that the file holds, inputs and outputs.
 *
 * @module
 */
import { TYPES } from "../../import_model/onnx/tensor.ts";
import { Message } from "./protobuf.ts";

/** What a node is told: a whole number, several, a text, several, or numbers of float32. */
export type AttributeValue = number | readonly number[] | string | readonly string[] | Float32Array;

/** What a node makes, and what it is told. */
export interface NodeOptions {
  /** The names of what it makes, "" where nobody reads it. */
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
}

/** Types of attributes, by their numbers in the format. */
const KINDS = { integer: 2, text: 3, floats: 6, integers: 7, texts: 8 } as const;

/** A graph. */
export class GraphWriter {
  readonly #graph = new Message();

  /**
   * A node.
   *
   * @param op The operation.
   * @param inputs What it reads, "" where it reads nothing.
   * @param options What it makes, and what it is told.
   * @returns The first thing that it makes.
   */
  node(op: string, inputs: readonly string[], { outputs, attributes = {} }: NodeOptions): string {
    const node = new Message();
    for (const name of inputs) node.text(1, name);
    for (const name of outputs) node.text(2, name);
    node.text(3, outputs.find((name) => name !== "")!).text(4, op);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined) node.message(5, attribute(name, value));
    }
    this.#graph.message(1, node);
    return outputs[0]!;
  }

  /**
   * Numbers of float32.
   *
   * @param name What they are called.
   * @param shape Their shape.
   * @param data The numbers, which must stay as they are until the graph is written.
   * @returns The name.
   */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    return this.#numbers(name, shape, TYPES.float32, data);
  }

  /**
   * Whole numbers, as a vector.
   *
   * @param name What they are called.
   * @param values The numbers.
   * @returns The name.
   */
  integers(name: string, ...values: number[]): string {
    return this.#numbers(name, [values.length], TYPES.int64, BigInt64Array.from(values, BigInt));
  }

  #numbers(name: string, shape: readonly number[], type: number, data: ArrayBufferView): string {
    const tensor = new Message();
    for (const size of shape) tensor.integer(1, size);
    tensor.integer(2, type).text(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.message(5, tensor);
    return name;
  }

  /**
   * An input.
   *
   * @param name Its name.
   * @param type The type of its elements.
   * @param shape Its sizes; a letter stands for one that is open.
   * @returns The name.
   */
  input(name: string, type: number, shape: readonly (number | string)[]): string {
    this.#graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  /** An output, of float32: see input(). */
  output(name: string, shape: readonly (number | string)[]): void {
    this.#graph.message(12, valueInfo(name, TYPES.float32, shape));
  }

  /** All of it, which grows no more. */
  message(): Message {
    return this.#graph.text(2, "refrain");
  }
}

function attribute(name: string, value: AttributeValue): Message {
  const message = new Message().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, KINDS.integer);
  if (typeof value === "string") return message.text(4, value).integer(20, KINDS.text);
  if (value instanceof Float32Array) {
    for (const number of value) message.float(7, number);
    return message.integer(20, KINDS.floats);
  }
  const isText = typeof value[0] === "string";
  for (const one of value) {
    if (typeof one === "string") message.text(9, one);
    else message.integer(8, one);
  }
  return message.integer(20, isText ? KINDS.texts : KINDS.integers);
}

function valueInfo(name: string, type: number, sizes: readonly (number | string)[]): Message {
  const shape = new Message();
  for (const size of sizes) {
    shape.message(1, typeof size === "number" ? new Message().integer(1, size) : new Message().text(2, size));
  }
  const tensor = new Message().integer(1, type).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
