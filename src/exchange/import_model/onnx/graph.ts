/**
 * The graph of a model of ONNX: nodes, tensors by their names, inputs and outputs. Graphs within nodes and functions are
 * not read.
 *
 * @module
 */
import { quote } from "../../../messages/quote.ts";
import { damaged, unfit } from "../unfit.ts";
import { floatsOf, Messages, textOf } from "./protobuf.ts";
import { type OnnxTensor, pairOf, readTensor } from "./tensor.ts";

/** Recurrent operations. */
export const RECURRENT: readonly string[] = ["RNN", "GRU", "LSTM"];

/** What a node is told. */
export interface Attribute {
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly texts: readonly string[];
  readonly tensor: OnnxTensor | undefined;
}

/** An operation. */
export interface OnnxNode {
  /** What the file calls it, or what it makes. */
  readonly name: string;
  /** Which operation. */
  readonly op: string;
  /** Whose operation; "" is ONNX's own. */
  readonly domain: string;
  /** What it reads, "" where it reads nothing. */
  readonly inputs: readonly string[];
  /** What it makes, "" where nobody reads it. */
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** An input of the graph. */
export interface OnnxInput {
  readonly name: string;
  /** The type of its elements, as tensors have it. */
  readonly type: number;
  /** Its sizes, undefined where any is taken. */
  readonly shape: readonly (number | undefined)[];
}

/** A graph. */
export interface OnnxGraph {
  /** What wrote the file. */
  readonly producer: string;
  /** The version of ONNX's operations. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  /** Weights and other numbers that the file holds. */
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Inputs that are none of these. */
  readonly inputs: readonly OnnxInput[];
  /** The names of what it gives. */
  readonly outputs: readonly string[];
  /** What the file says of itself. */
  readonly metadata?: ReadonlyMap<string, string>;
}

/**
 * Reads a model.
 *
 * @param bytes The file.
 * @returns Its graph.
 * @throws {SyntaxError} If the file is damaged.
 * @throws {TypeError} If it has none, or more than is read.
 */
export function readGraph(bytes: Uint8Array): OnnxGraph {
  const messages = new Messages();
  let producer = "";
  let opset = 1;
  let content: Uint8Array | undefined;
  const metadata = new Map<string, string>();
  for (const field of messages.fields(bytes)) {
    if (field.number === 2) producer = textOf(field);
    else if (field.number === 7) content = field.bytes;
    else if (field.number === 8) {
      const [domain, version] = operatorSet(messages, field.bytes);
      if (isOwn(domain)) opset = version;
    } else if (field.number === 14) metadata.set(...pairOf(messages, field.bytes));
  }
  if (!content) throw damaged("it has no graph");
  const nodes: OnnxNode[] = [];
  const tensors = new Map<string, OnnxTensor>();
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  for (const field of messages.fields(content)) {
    if (field.number === 1) nodes.push(readNode(messages, field.bytes));
    else if (field.number === 5) {
      const tensor = readTensor(messages, field.bytes);
      tensors.set(tensor.name, tensor);
    } else if (field.number === 11) inputs.push(readInput(messages, field.bytes));
    else if (field.number === 12) outputs.push(readInput(messages, field.bytes).name);
    else if (field.number === 15) throw unfit("it has sparse weights: save them as they are");
  }
  return {
    producer,
    opset,
    nodes,
    tensors,
    inputs: inputs.filter(({ name }) => !tensors.has(name)),
    outputs,
    metadata,
  };
}

/** Whether an operation is ONNX's own. */
function isOwn(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

function operatorSet(messages: Messages, bytes: Uint8Array): [domain: string, version: number] {
  let domain = "";
  let version = 1;
  for (const field of messages.fields(bytes)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = field.value;
  }
  return [domain, version];
}

function readNode(messages: Messages, bytes: Uint8Array): OnnxNode {
  const texts: Record<number, string[]> = { 1: [], 2: [], 3: [], 4: [], 7: [] };
  const attributes = new Map<string, Attribute>();
  for (const field of messages.fields(bytes)) {
    if (field.number === 5) {
      const [name, attribute] = readAttribute(messages, field.bytes);
      attributes.set(name, attribute);
    } else texts[field.number]?.push(textOf(field));
  }
  const { 1: inputs = [], 2: outputs = [], 3: names = [], 4: ops = [], 7: domains = [] } = texts;
  const [op = ""] = ops;
  const domain = isOwn(domains[0] ?? "") ? "" : domains[0]!;
  return { name: names[0] || outputs[0] || op, op, domain, inputs, outputs, attributes };
}

function readAttribute(messages: Messages, bytes: Uint8Array): [name: string, attribute: Attribute] {
  let name = "";
  const integers: number[] = [];
  const floats: number[] = [];
  const texts: string[] = [];
  let tensor: OnnxTensor | undefined;
  for (const field of messages.fields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2 || field.number === 7) {
      if (field.bytes.length > 4096) throw unfit(`an attribute has ${field.bytes.length / 4} numbers`);
      floats.push(...floatsOf(field));
    } else if (field.number === 3 || field.number === 8) {
      for (const value of messages.integers(field)) integers.push(value);
    } else if (field.number === 4 || field.number === 9) texts.push(textOf(field));
    else if (field.number === 5) tensor = readTensor(messages, field.bytes);
  }
  return [name, { integers, floats, texts, tensor }];
}

/** An input's or output's name and type. */
function readInput(messages: Messages, bytes: Uint8Array): OnnxInput {
  let name = "";
  let type = 0;
  const shape: (number | undefined)[] = [];
  for (const field of messages.fields(bytes)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const kind of messages.fields(field.bytes)) {
      if (kind.number !== 1) throw unfit(`${quote(name)} is no tensor`);
      for (const part of messages.fields(kind.bytes)) {
        if (part.number === 1) type = part.value;
        if (part.number !== 2) continue;
        for (const dimension of messages.fields(part.bytes)) {
          const size = [...messages.fields(dimension.bytes)].find(({ number }) => number === 1)?.value;
          shape.push(size !== undefined && size > 0 ? size : undefined);
        }
      }
    }
  }
  return { name, type, shape };
}
