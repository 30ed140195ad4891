/**
 * A generation as an ONNX model, built from refrain's weights: gather, product, gates, product, argmax; one character at
 * a time with the state as input and output, or all of them in a Loop.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any -- types would load the package whenever the project is checked
import type { TensorData } from "../../src/files/safetensors.ts";
import type { GenerationFile } from "./workload_files.ts";

const { onnx } = (await import(`npm:onnx-proto@${"8.0.1" as string}`)).default;
const { FLOAT, INT64, BOOL } = onnx.TensorProto.DataType;

/** What an operation reads and writes. */
type Node = [operation: string, inputs: string[], outputs: string[], attributes?: Record<string, number>];

function node([opType, input, output, attributes = {}]: Node): any {
  const attribute = Object.entries(attributes).map(([name, i]) => ({
    name,
    i,
    type: onnx.AttributeProto.AttributeType.INT,
  }));
  return { opType, input, output, attribute };
}

function value(name: string, elemType: number, dims: number[]): any {
  return { name, type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
}

function floats(name: string, { data, shape }: TensorData): any {
  return {
    name,
    dataType: FLOAT,
    dims: shape,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function transposed({ data, shape: [rows, columns] }: TensorData): TensorData {
  const [R, C] = [rows!, columns!];
  return { shape: [C, R], data: Float32Array.from(data.keys(), (i) => data[i % R * C + Math.floor(i / R)]!) };
}

/** The first layer's weights by character, (V, G·H), both biases added. */
function lookupTable(weights: Record<string, TensorData>): TensorData {
  const { data, shape } = transposed(weights["rnn.weight_ih_l0"]!);
  const columns = shape[1]!;
  const [ih, hh] = ["ih", "hh"].map((which) => weights[`rnn.bias_${which}_l0`]!.data);
  return { shape, data: data.map((weight, i) => weight + ih![i % columns]! + hh![i % columns]!) };
}

/** From ids, h (and c) to next_ids, next_h (and next_c). */
function stepNodes(cell: string): Node[] {
  const gates: Node[] = [
    ["Gather", ["table", "ids"], ["x"]],
    ["Gemm", ["h", "weight_hh", "x"], ["z"]],
  ];
  const cells: Record<string, Node[]> = {
    rnn: [["Tanh", ["z"], ["next_h"]]],
    lstm: [
      ["Split", ["z"], ["zi", "zf", "zg", "zo"], { axis: 1 }],
      ...["i", "f", "o"].map((gate): Node => ["Sigmoid", [`z${gate}`], [gate]]),
      ["Tanh", ["zg"], ["g"]],
      ["Mul", ["f", "c"], ["fc"]],
      ["Mul", ["i", "g"], ["ig"]],
      ["Add", ["fc", "ig"], ["next_c"]],
      ["Tanh", ["next_c"], ["tanh_c"]],
      ["Mul", ["o", "tanh_c"], ["next_h"]],
    ],
  };
  if (!cells[cell]) throw new Error(`Cannot build an ONNX model of cell "${cell}"`);
  const output: Node[] = [
    ["Gemm", ["next_h", "weight", "bias"], ["logits"]],
    ["ArgMax", ["logits"], ["next_ids"], { axis: 1, keepdims: 0 }],
  ];
  return [...gates, ...cells[cell], ...output];
}

/** The model's file: inputs ids and states, outputs next_ids and next states; with a loop `all` (length, streams). */
export function encodeOnnx(
  weights: Record<string, TensorData>,
  { cell, hiddenSize, streams, length }: GenerationFile,
  loop: boolean,
): Uint8Array {
  const states = cell === "lstm" ? ["h", "c"] : ["h"];
  const carried = (prefix: string): any[] => [
    value(`${prefix}ids`, INT64, [streams]),
    ...states.map((name) => value(`${prefix}${name}`, FLOAT, [streams, hiddenSize])),
  ];
  const initializer = [
    floats("table", lookupTable(weights)),
    floats("weight_hh", transposed(weights["rnn.weight_hh_l0"]!)),
    floats("weight", transposed(weights["dense.weight"]!)),
    floats("bias", weights["dense.bias"]!),
  ];
  const nodes = stepNodes(cell).map(node);
  let graph: any = { name: "step", node: nodes, initializer, input: carried(""), output: carried("next_") };
  if (loop) {
    const rename = (name: string): string => ["ids", ...states].includes(name) ? `body_${name}` : name;
    const body = {
      name: "body",
      initializer, // within the body: of an LSTM 0.95 of the time that weights of the graph around it take
      node: [
        ...nodes.map((one) => ({ ...one, input: one.input.map(rename) })),
        node(["Identity", ["condition"], ["next_condition"]]),
        node(["Identity", ["next_ids"], ["drawn"]]),
      ],
      input: [value("iteration", INT64, []), value("condition", BOOL, []), ...carried("body_")],
      output: [value("next_condition", BOOL, []), ...carried("next_"), value("drawn", INT64, [streams])],
    };
    const { GRAPH } = onnx.AttributeProto.AttributeType;
    const last = ["ids", ...states].map((name) => `last_${name}`);
    const counts = [
      { name: "count", dataType: INT64, dims: [], int64Data: [length] },
      { name: "true", dataType: BOOL, dims: [], int32Data: [1] },
    ];
    const repeat = {
      ...node(["Loop", ["count", "true", "ids", ...states], [...last, "all"]]),
      attribute: [{ name: "body", g: body, type: GRAPH }],
    };
    const output = [value("all", INT64, [length, streams])];
    graph = {
      name: "loop",
      node: [repeat],
      initializer: counts,
      input: carried(""),
      output,
    };
  }
  return onnx.ModelProto.encode({ irVersion: 7, opsetImport: [{ domain: "", version: 13 }], graph }).finish();
}
