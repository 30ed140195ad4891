/**
 * Layers as nodes of ONNX, of sequences (T, B, ·).
 *
 * @module
 */
import { transposed } from "../../import_model/arrays.ts";
import type { PlainActivation, PlainDense, PlainLayer, PlainRecurrent } from "../../import_model/plain.ts";
import type { AttributeValue, GraphWriter } from "./graph.ts";
import { writeRecurrent } from "./recurrent.ts";
import type { States } from "./states.ts";

/** Functions of single elements. */
const FUNCTIONS: Readonly<Record<PlainActivation["function"], string>> = {
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  gelu: "Gelu",
  gelu_tanh: "Gelu",
  softmax: "Softmax",
};

/**
 * Writes a layer.
 *
 * @param graph The graph.
 * @param layer The layer.
 * @param x What it reads.
 * @param states The states of the graph.
 * @returns What it gives.
 */
export function writeLayer(graph: GraphWriter, layer: PlainLayer, x: string, states: States): string {
  const { name } = layer;
  const node = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Record<string, AttributeValue | undefined> = {},
  ): string => graph.node(op, inputs, { outputs: [output], attributes });
  switch (layer.kind) {
    case "embedding": {
      const { shape, data } = layer.arrays["weight"]!;
      return node("Gather", [graph.floats(`${name}.weight`, shape, data), x], name);
    }
    case "one_hot": {
      const depth = graph.integers(`${name}.depth`, layer.size);
      return node("OneHot", [x, depth, graph.floats(`${name}.values`, [2], Float32Array.of(0, 1))], name);
    }
    case "recurrent":
      return recurrent(graph, layer, x, states);
    case "dense":
      return dense(graph, layer, x);
    case "activation": {
      const approximate = layer.function === "gelu_tanh" ? "tanh" : undefined;
      return node(FUNCTIONS[layer.function], [x], name, { approximate });
    }
  }
}

/** A node gives (T, D, B, H), or of the last step (D, B, H): both directions are put side by side. */
function recurrent(graph: GraphWriter, layer: PlainRecurrent, x: string, states: States): string {
  const { name, bidirectional, outputs } = layer;
  const { begins, ends } = states.next();
  const isLast = outputs === "last";
  const y = `${name}.${isLast ? "h" : "y"}`;
  writeRecurrent(graph, layer, { x, states: begins, outputs: isLast ? ["", y] : [y, ...ends] });
  if (!bidirectional) {
    const axis = graph.integers(`${name}.directions`, isLast ? 0 : 1);
    return graph.node("Squeeze", [y, axis], { outputs: [name] });
  }
  const perm = isLast ? [1, 0, 2] : [0, 2, 1, 3];
  const turned = graph.node("Transpose", [y], { outputs: [`${name}.turned`], attributes: { perm } });
  const shape = graph.integers(`${name}.shape`, ...isLast ? [0, -1] : [0, 0, -1]);
  return graph.node("Reshape", [turned, shape], { outputs: [name] });
}

function dense(graph: GraphWriter, { name, arrays }: PlainDense, x: string): string {
  const { shape, data } = transposed(arrays["weight"]!);
  const { bias } = arrays;
  const product = bias ? `${name}.product` : name;
  graph.node("MatMul", [x, graph.floats(`${name}.weight`, shape, data)], { outputs: [product] });
  if (!bias) return product;
  const added = graph.floats(`${name}.bias`, bias.shape, bias.data);
  return graph.node("Add", [product, added], { outputs: [name] });
}
