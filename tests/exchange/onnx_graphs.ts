/** Graphs of ONNX, written a line a node, for tests. @module */
import type { Attribute, OnnxGraph } from "../../src/exchange/import_model/onnx/graph.ts";
import { chainModel } from "../../src/exchange/import_model/onnx/onnx.ts";
import type { OnnxTensor } from "../../src/exchange/import_model/onnx/tensor.ts";
import type { PlainModel } from "../../src/exchange/import_model/plain.ts";

export function floats(name: string, ...shape: number[]): OnnxTensor {
  const raw = new Uint8Array(4 * shape.reduce((a, b) => a * b, 1));
  return { name, shape, type: 1, raw, integers: [], outside: undefined };
}

export function integers(name: string, ...values: number[]): OnnxTensor {
  return { name, shape: [values.length], type: 7, raw: undefined, integers: values, outside: undefined };
}

/** A node as "Op in,in -> out", and what it is told: numbers that are whole, or in a list that are none, or texts. */
export type Node = [line: string, attributes?: Record<string, number | number[] | string[]>];

function attribute(value: number | number[] | string[]): Attribute {
  const list = [value].flat();
  const texts = list.filter((one) => typeof one === "string");
  const numbers = list.filter((one) => typeof one === "number");
  return { integers: numbers, floats: numbers, texts, tensor: undefined };
}

/** Ids or numbers x through the nodes to "out". */
export function read(
  nodes: readonly Node[],
  tensors: readonly OnnxTensor[] = [],
  { shape = [2, 7], opset = 17, type = 7, outputs = ["out"] }: {
    shape?: (number | undefined)[];
    opset?: number;
    type?: number;
    outputs?: string[];
  } = {},
): PlainModel {
  const graph: OnnxGraph = {
    producer: "",
    opset,
    nodes: nodes.map(([line, told = {}]) => {
      const [, op = "", inputs = "", made = ""] = /^(\S+) (\S*) -> (\S+)$/.exec(line)!;
      const attributes = new Map(Object.entries(told).map(([key, value]) => [key, attribute(value)]));
      const outs = made.split(",");
      const [own, domain] = op.split("@");
      return {
        name: outs[0]!,
        op: own!,
        domain: domain ?? "",
        inputs: inputs.split(","),
        outputs: outs,
        attributes,
      };
    }),
    tensors: new Map([...WEIGHTED, ...tensors].map((tensor) => [tensor.name, tensor])),
    inputs: [{ name: "x", type, shape }, { name: "state", type: 1, shape: [1, 2, 3] }],
    outputs,
  };
  return chainModel(graph, []);
}

const WEIGHTED = [
  floats("table", 8, 4),
  floats("W", 1, 12, 4),
  floats("R", 1, 12, 3),
  floats("W2", 2, 12, 4),
  floats("R2", 2, 12, 3),
  floats("zeros", 1, 2, 3),
  floats("K", 3, 8),
  floats("k", 8),
  integers("last", -1),
  { ...integers("-1", -1), shape: [] },
  { ...integers("-2", -2), shape: [] },
  integers("0", 0),
  integers("1", 1),
];
export const TABLE: Node = ["Gather table,x -> e"];
export const TURN: Node = ["Transpose e -> s", { perm: [1, 0, 2] }];
export const CELL: Node = ["LSTM s,W,R -> y,h,c"];
export const [BEFORE, BEHIND]: Node[][] = [[TABLE, TURN, CELL], [
  ["Squeeze y,1 -> z"],
  ["Transpose z -> b", { perm: [1, 0, 2] }],
]];
export const DENSE: Node[] = [["MatMul b,K -> p"], ["Add p,k -> out"]];
export const REST = [...BEHIND!, ...DENSE];
export const BOTH: Node = ["LSTM s,W2,R2 -> y,h,c", { direction: ["bidirectional"] }];
/** Both directions' final states, one by one. */
export const PICKED: Node[] = [TABLE, TURN, BOTH, ["Gather h,-2 -> there"], ["Gather h,-1 -> back"]];
/** The recurrent node in the language model's chain. */
export const cell = (line: string, told?: Node[1]): Node[] => [TABLE, TURN, [line, told ?? {}], ...REST];
